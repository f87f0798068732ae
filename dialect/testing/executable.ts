import { execFile, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { runOnce } from './probe.js';
import type { RunningCrate } from './running-crate.js';

/** Enough for a test suite on one node; CRATE_HEAP_SIZE overrides it. */
const HEAP_SIZE = '512m';
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 20_000;

/** The `crate` executable on PATH, or undefined. */
export async function findExecutable(
  path: string | undefined = process.env['PATH'],
): Promise<string | undefined> {
  for (const folder of (path ?? '').split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, 'crate');
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not here: the next folder.
    }
  }
  return undefined;
}

/**
 * Starts a CrateDB of its own: one node, on the loopback interface and free ports, its data in a
 * temporary folder that `stop()` removes.
 *
 * @throws Error with the last lines of the server's log when it ends or isn't ready in two minutes.
 * @see https://cratedb.com/docs/crate/reference/en/latest/config/node.html
 */
export async function startExecutable(executable: string): Promise<RunningCrate> {
  const folder = await mkdtemp(join(tmpdir(), 'crate-'));
  const user = await lesserUser();
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const [psql, http, transport] = await freePorts(3);
  const url = `crate://crate@localhost:${String(psql)}/`;

  const child = spawn(
    executable,
    [
      '-Cnetwork.host=127.0.0.1',
      '-Cdiscovery.type=single-node',
      `-Cpsql.port=${String(psql)}`,
      `-Chttp.port=${String(http)}`,
      `-Ctransport.tcp.port=${String(transport)}`,
      `-Cpath.data=${join(folder, 'data')}`,
      `-Cpath.logs=${join(folder, 'logs')}`,
      // Where repositories of snapshots may be.
      `-Cpath.repo=${join(folder, 'repositories')}`,
      // Memory maps need a kernel setting that an ordinary machine doesn't have.
      '-Cnode.store.allow_mmap=false',
      // No reports home from a test.
      '-Cudc.enabled=false',
      // A nearly full disk must not turn the tests' tables read-only.
      '-Ccluster.routing.allocation.disk.threshold_enabled=false',
    ],
    {
      cwd: folder,
      // A group of its own: the executable may be a script with the server as its child.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        CRATE_HEAP_SIZE: HEAP_SIZE,
        ...process.env,
        CRATE_DISABLE_GC_LOGGING: '1',
        HOME: folder,
      },
      ...user,
    },
  );

  let log = '';
  let ended: string | undefined;
  const remember = (chunk: Buffer): void => {
    log = (log + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', remember);
  child.stderr.on('data', remember);
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `ended with ${signal ?? `code ${String(code)}`}`;
  });

  const killAtExit = (): void => {
    signalGroup(child.pid, 'SIGKILL');
  };
  process.once('exit', killAtExit);
  const stop = async (): Promise<void> => {
    await endGroup(child.pid);
    process.off('exit', killAtExit);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };

  try {
    await untilReady(url, () => ended);
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${executable}: ${reason}\n${log}`, { cause: error });
  }
  return { url, source: executable, stop };
}

/**
 * Waits until the server takes a CREATE TABLE and a row. Answering `SELECT 1` comes earlier: until
 * the cluster's state is recovered, every DDL statement is refused by a cluster block.
 */
export async function untilReady(url: string, ended: () => string | undefined): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let last: unknown;
  while (Date.now() < deadline) {
    const reason = ended();
    if (reason !== undefined) throw new Error(reason);
    try {
      await runOnce(url, [
        'SELECT name FROM sys.cluster',
        'CREATE TABLE IF NOT EXISTS start_probe.probe (id INTEGER PRIMARY KEY)' +
          ' CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)',
        'INSERT INTO start_probe.probe (id) VALUES (1) ON CONFLICT DO NOTHING',
        'DROP TABLE start_probe.probe',
      ]);
      return;
    } catch (error) {
      last = error;
      await sleep(250);
    }
  }
  throw new Error(`not ready after ${String(START_TIMEOUT_MS / 1000)} s`, { cause: last });
}

/** CrateDB refuses to run as root: then `crate`, as packages name the user, or `nobody`. */
async function lesserUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['crate', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([id('-u', name), id('-g', name)]);
      return { uid, gid };
    } catch {
      // No such user: the next name.
    }
  }
  throw new Error('CrateDB does not run as root, and there is no user crate or nobody');
}

async function id(option: '-u' | '-g', name: string): Promise<number> {
  const { stdout } = await promisify(execFile)('id', [option, name]);
  return Number(stdout);
}

/** Ports that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === 'object') ports.push(address.port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Whether the group was still there. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function endGroup(pid: number | undefined): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (signalGroup(pid, 0)) {
    if (Date.now() > deadline) signalGroup(pid, 'SIGKILL');
    await sleep(50);
  }
}
