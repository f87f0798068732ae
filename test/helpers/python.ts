import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import lockfile from 'proper-lockfile';

const run = promisify(execFile);

/** The version whose behaviour this package follows. */
export const MLFLOW_VERSION = '3.12.0';

const CACHE = join(import.meta.dirname, '../../.cache');
const OLDEST_PYTHON = '3.10';
/** For tests that may be the first to want the environment. */
export const INSTALL_TIMEOUT_MS = 600_000;

/**
 * A Python interpreter that has the stock `mlflow`: the one that `MLFLOW_TEST_PYTHON` names (`none`:
 * there shall be none), or that of a virtual environment in `.cache`, made when it isn't there yet,
 * which takes one to two minutes.
 *
 * Resolves to undefined, and prints why, where there is no Python or nothing to install from.
 *
 * @throws Error when `MLFLOW_TEST_PYTHON` has another version of mlflow, or none.
 */
export async function pythonWithMlflow(): Promise<string | undefined> {
  const named = process.env['MLFLOW_TEST_PYTHON'] ?? '';
  if (named === 'none') return missingPackage('stock mlflow', 'MLFLOW_TEST_PYTHON says none');
  if (named !== '') {
    const version = await mlflowVersion(named);
    if (version === MLFLOW_VERSION) return named;
    throw new Error(`MLFLOW_TEST_PYTHON has mlflow ${version ?? '(none)'}, not ${MLFLOW_VERSION}`);
  }

  return environment(`venv-mlflow-${MLFLOW_VERSION}`, `mlflow==${MLFLOW_VERSION}`);
}

/**
 * A Python interpreter that has the program whose tables `ddl adopt` takes over: the one that
 * `MLFLOW_CRATEDB_TEST_PYTHON` names (`none`: there shall be none), or that of a virtual environment in
 * `.cache`. Resolves to undefined, and prints why, where neither can be had.
 */
export async function pythonWithMlflowCratedb(): Promise<string | undefined> {
  const requirement = `mlflow-cratedb==${MLFLOW_VERSION}`;
  const named = process.env['MLFLOW_CRATEDB_TEST_PYTHON'] ?? '';
  if (named === 'none') return missingPackage(requirement, 'MLFLOW_CRATEDB_TEST_PYTHON says none');
  return named === '' ? environment(`venv-mlflow-cratedb-${MLFLOW_VERSION}`, requirement) : named;
}

/**
 * The Python interpreter of a virtual environment in `.cache` with one package, made when it isn't
 * there yet. Resolves to undefined, and prints why, where that can't be done.
 */
export async function environment(name: string, requirement: string): Promise<string | undefined> {
  const missing = (reason: string) => missingPackage(requirement, reason);
  const folder = join(CACHE, name);
  const python = join(folder, 'bin', 'python');
  const marker = join(folder, 'installed');
  if (existsSync(marker)) return python;

  const base = await findPython();
  if (base === undefined) return missing(`no python3 of ${OLDEST_PYTHON} or newer on PATH`);
  await mkdir(CACHE, { recursive: true });
  // Test files run side by side, and only one of them shall install.
  const release = await lockfile.lock(folder, {
    realpath: false,
    stale: 30_000,
    retries: { forever: true, minTimeout: 500, maxTimeout: 2_000 },
  });
  try {
    if (existsSync(marker)) return python;
    console.log(`installing ${requirement} into ${folder}, once`);
    await rm(folder, { recursive: true, force: true });
    await run(base, ['-m', 'venv', folder], { timeout: INSTALL_TIMEOUT_MS });
    await run(python, ['-m', 'pip', 'install', '--quiet', requirement], {
      timeout: INSTALL_TIMEOUT_MS,
    });
    await writeFile(marker, '');
    return python;
  } catch (error) {
    return missing(lastLine(error));
  } finally {
    await release();
  }
}

function missingPackage(requirement: string, reason: string): string | undefined {
  console.warn(`${requirement}: none, its tests are skipped (${reason})`);
  return undefined;
}

async function findPython(): Promise<string | undefined> {
  const oldest = OLDEST_PYTHON.replace('.', ',');
  const isNewEnough = `import sys; sys.exit(sys.version_info < (${oldest}))`;
  for (const candidate of ['python3', 'python']) {
    try {
      await run(candidate, ['-c', isNewEnough]);
      return candidate;
    } catch {
      // Not there, or too old: the next one.
    }
  }
  return undefined;
}

async function mlflowVersion(python: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(python, [
      '-c',
      'import importlib.metadata; print(importlib.metadata.version("mlflow"))',
    ]);
    return stdout.trim();
  } catch {
    return undefined;
  }
}

function lastLine(error: unknown): string {
  const text =
    error instanceof Error && 'stderr' in error && typeof error.stderr === 'string'
      ? error.stderr
      : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
