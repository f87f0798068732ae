/** The stock Python programs, in a virtual environment of the project's own, made once. */
import { execFile, spawn } from 'node:child_process';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import lockfile from 'proper-lockfile';

import { parseCrateUrl } from '../../dialect/index.js';

export const MLFLOW_VERSION = '3.12.0';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../.cache', import.meta.url));

/**
 * A Python that has the stock mlflow. `MLFLOW_TEST_PYTHON` names one that is there already;
 * otherwise it is installed, which takes a minute or two the first time.
 */
export function pythonWithMlflow(): Promise<string | undefined> {
  const given = process.env['MLFLOW_TEST_PYTHON'];
  if (given !== undefined && given !== '') return Promise.resolve(given);
  return environment(`venv-mlflow-${MLFLOW_VERSION}`, [`mlflow==${MLFLOW_VERSION}`]);
}

/** Runs SQL through `crash`, CrateDB's shell; answers what it printed. */
export type CrashShell = (crateUrl: string, sql: string) => Promise<string>;

export async function crashShell(): Promise<CrashShell | undefined> {
  const python = await environment('venv-crash', ['crash']);
  if (python === undefined) return undefined;
  return async (crateUrl, sql) => {
    const { host } = parseCrateUrl(crateUrl);
    const httpPort = process.env['CRATEDB_HTTP_PORT'] ?? (await httpPortOf(crateUrl));
    const child = spawn(join(python, '..', 'crash'), ['--hosts', `http://${host}:${httpPort}`], {
      env: { ...process.env, CRATEPW: '' },
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.stdin.end(sql.trim().endsWith(';') ? sql : `${sql};\n`);
    await new Promise((resolve) => child.on('close', resolve));
    return output;
  };
}

/** crash speaks HTTP; the node tells on which port. */
async function httpPortOf(crateUrl: string): Promise<string> {
  const { default: pg } = await import('pg');
  const { host, port, user } = parseCrateUrl(crateUrl);
  const client = new pg.Client({ host, port, user });
  await client.connect();
  try {
    const { rows } = await client.query<{ http: number }>(
      "SELECT port['http'] AS http FROM sys.nodes LIMIT 1",
    );
    return String(rows[0]?.http ?? 4200);
  } finally {
    await client.end();
  }
}

/** The environment's interpreter; `undefined`, with the reason printed, where there is no Python. */
async function environment(
  name: string,
  packages: readonly string[],
): Promise<string | undefined> {
  const folder = join(cache, name);
  const python = join(folder, 'bin', 'python');
  const ready = join(folder, '.ready');
  await mkdir(cache, { recursive: true });
  // Several test files want it at once; one makes it, the others wait.
  const unlock = await lockfile.lock(cache, {
    lockfilePath: `${folder}.lock`,
    stale: 30_000,
    retries: { retries: 400, minTimeout: 1_000, maxTimeout: 1_000 },
  });
  try {
    if (await exists(ready)) return python;
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...packages], { maxBuffer: 1 << 24 });
    await writeFile(ready, '');
    return python;
  } catch (error) {
    console.log(`No Python with ${packages.join(', ')}: ${String(error).split('\n')[0] ?? ''}`);
    return undefined;
  } finally {
    await unlock();
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
