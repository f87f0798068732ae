import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { createApp, serve } from '../../src/http/index.js';
import { openStore } from '../../src/index.js';

const run = promisify(execFile);

/** Fills an installation with the stock client. */
export async function fill(python: string, trackingUri: string, cwd: string): Promise<void> {
  await runPython(python, 'fill.py', trackingUri, cwd);
}

/** All that the stock client sees of one. */
export async function dump(python: string, trackingUri: string, cwd: string): Promise<unknown> {
  return JSON.parse(await runPython(python, 'dump.py', trackingUri, cwd)) as unknown;
}

async function runPython(python: string, script: string, uri: string, cwd: string) {
  const { stdout } = await run(python, [join(import.meta.dirname, script), uri], {
    cwd,
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      MLFLOW_ALLOW_FILE_STORE: 'true',
      MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
    },
  });
  return stdout;
}

/** What the stock client sees of our server on a database. */
export async function dumpOfOurs(
  python: string,
  backendUri: string,
  cwd: string,
): Promise<unknown> {
  const store = await openStore(backendUri, { artifactsDestination: join(cwd, 'served') });
  const server = await serve(createApp(store), { port: 0 });
  try {
    return await dump(python, server.url, cwd);
  } finally {
    await server.close();
    await store.close();
  }
}
