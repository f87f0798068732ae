/**
 * One process a data folder: PGlite itself would let two write to the same files.
 *
 * The lock is a folder that `proper-lockfile` makes atomically and keeps fresh. Beside it a small
 * file names the holder, so that a refusal can say who, a lock left by a killed process is taken
 * over within two seconds, and one that merely looks stale (its process was busy) is not.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import lockfile from 'proper-lockfile';

/** The data folder is open in another process. */
export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the machine started, ms since the epoch: after a restart, process ids mean nothing. */
  readonly bootTime: number;
}

const STALE_MS = 10_000;
/** The least that proper-lockfile takes; enough where the holder is known to be dead. */
const DEAD_HOLDER_STALE_MS = 2_000;

/** The folders that this process holds. */
const openHere = new Set<string>();

/** Locks the folder, which is made where it is missing; answers the release. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  if (openHere.has(folder)) throw inUse(folder, thisProcess());
  const holderFile = join(folder, 'holder.json');
  const options = {
    lockfilePath: join(folder, 'lock'),
    update: 1_000,
    onCompromised: (error: Error) => {
      process.emitWarning(`The lock of ${folder} was lost: ${error.message}`);
    },
  };

  const release = await acquire();
  const holder = await readHolder(holderFile);
  if (holder !== undefined && isAlive(holder)) {
    await release();
    throw inUse(folder, holder);
  }
  await writeFile(holderFile, JSON.stringify(thisProcess()));
  openHere.add(folder);
  return async () => {
    openHere.delete(folder);
    await rm(holderFile, { force: true });
    await release();
  };

  async function acquire(): Promise<() => Promise<void>> {
    const giveUpAt = Date.now() + STALE_MS + DEAD_HOLDER_STALE_MS;
    for (;;) {
      const holder = await readHolder(holderFile);
      const dead = holder !== undefined && !isAlive(holder);
      try {
        return await lockfile.lock(folder, {
          ...options,
          stale: dead ? DEAD_HOLDER_STALE_MS : STALE_MS,
        });
      } catch (error) {
        if (!isLocked(error)) throw error;
        if (!dead || Date.now() > giveUpAt) throw inUse(folder, holder);
        await sleep(100);
      }
    }
  }
}

function inUse(folder: string, holder: Holder | undefined): DataFolderInUseError {
  const by =
    holder === undefined ? 'another process' : `process ${String(holder.pid)} on ${holder.host}`;
  return new DataFolderInUseError(
    `The data folder ${folder} is already open in ${by}. ` +
      'Stop that process, or give this one another folder.',
  );
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ELOCKED';
}

function thisProcess(): Holder {
  return { pid: process.pid, host: hostname(), bootTime: Date.now() - uptime() * 1_000 };
}

/** A holder on another machine can't be seen from here, so it counts as alive. */
function isAlive(holder: Holder): boolean {
  const here = thisProcess();
  if (holder.host !== here.host) return true;
  if (Math.abs(holder.bootTime - here.bootTime) > 60_000) return false;
  // What this process holds is known without the file: the number is that of a predecessor, for
  // example in a restarted container.
  if (holder.pid === here.pid) return false;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
