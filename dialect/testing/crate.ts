import { startContainer } from './container.js';
import { findExecutable, startExecutable } from './executable.js';
import { askVersion } from './probe.js';
import type { RunningCrate } from './running-crate.js';

const LOCAL_URL = 'crate://crate@localhost:5432/';

/**
 * A CrateDB for tests, by the first way that works:
 *
 * 1. the environment variable `CRATEDB_URL` (`none`: there shall be none);
 * 2. one that answers on localhost:5432, if it is a CrateDB and not a PostgreSQL;
 * 3. the executable `crate` on PATH, started for this process alone;
 * 4. a container, where `testcontainers` is installed and Docker answers.
 *
 * Resolves to undefined when there is none. Needs the package `pg` when called, not when imported.
 *
 * @param warn Told why a way that looked open failed. Default: `console.warn`.
 * @throws Error when `CRATEDB_URL` is set and no CrateDB answers there: whoever names a server
 *   does not want its tests skipped.
 */
export async function findCrate(
  warn: (line: string) => void = (line) => console.warn(line),
): Promise<RunningCrate | undefined> {
  const named = process.env['CRATEDB_URL'] ?? '';
  if (named === 'none') return undefined;
  if (named !== '') {
    const answer = await askVersion(named);
    if (answer?.isCrate !== true) {
      throw new Error(`CRATEDB_URL: ${answer?.version ?? 'no server'} answers, not a CrateDB`);
    }
    return found(named, answer.version, 'CRATEDB_URL');
  }

  const local = await askVersion(LOCAL_URL);
  if (local?.isCrate === true) return found(LOCAL_URL, local.version, 'localhost:5432');

  const executable = await findExecutable();
  if (executable !== undefined) {
    try {
      return await startExecutable(executable);
    } catch (error) {
      warn(error instanceof Error ? error.message : String(error));
    }
  }

  try {
    return await startContainer();
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

function found(url: string, version: string, where: string): RunningCrate {
  const shortVersion = /^CrateDB \S+/.exec(version)?.[0] ?? version;
  return { url, source: `${where} (${shortVersion})`, stop: () => Promise.resolve() };
}
