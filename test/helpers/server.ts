import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { inject } from 'vitest';

import { callsFile } from '../coverage/calls.js';

const MAIN = join(import.meta.dirname, '../../dist/src/cli/main.js');
const RECORDER = join(import.meta.dirname, '../coverage/record-client-calls.ts');
const RECORDING = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-strip-types',
  ...['--import', RECORDER],
];
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 15_000;

export interface TestServer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly process: ChildProcess;
  /** All that it printed so far. */
  output(): string;
  /** Asks it to finish, as a service manager would; waits until it has. */
  stop(): Promise<void>;
  /** Ends it with no chance to finish anything, as a power cut would. */
  kill9(): Promise<void>;
}

export interface StartOptions {
  /** A temporary folder: what isn't given a place lands there. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/**
 * Starts the built `mlflow-cratedb server` on a free port; needs `npm run build` before. What the
 * stock client calls on it is noted for docs/coverage.md.
 */
export function startServer({
  backendStoreUri,
  ...options
}: StartOptions & { readonly backendStoreUri?: string | undefined }): Promise<TestServer> {
  const uri = backendStoreUri === undefined ? [] : ['--backend-store-uri', backendStoreUri];
  const backend = backendStoreUri?.startsWith('crate:') === true ? 'CrateDB' : 'embedded';
  const folder = inject('clientCalls');
  if (folder === undefined) return start(process.execPath, [MAIN, 'server', ...uri], options);
  return start(process.execPath, [...RECORDING, MAIN, 'server', ...uri], {
    ...options,
    env: { CLIENT_CALLS_FILE: callsFile(folder, backend), ...options.env },
  });
}

/** Starts the stock `mlflow server` on an empty SQLite database. */
export function startStockServer({
  python,
  ...options
}: StartOptions & { readonly python: string }): Promise<TestServer> {
  return start(
    python,
    [
      ...['-m', 'mlflow', 'server', '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(options.cwd, 'mlflow.db')}`],
      ...['--artifacts-destination', join(options.cwd, 'artifacts')],
    ],
    { ...options, env: { MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', ...options.env } },
  );
}

/** Starts the server of the Python mlflow-cratedb, which talks HTTP to CrateDB. */
export function startPythonCratedbServer({
  python,
  backendStoreUri,
  ...options
}: StartOptions & {
  readonly python: string;
  readonly backendStoreUri: string;
}): Promise<TestServer> {
  return start(
    join(dirname(python), 'mlflow-cratedb'),
    [
      ...['server', '--workers', '1', '--backend-store-uri', backendStoreUri],
      ...['--artifacts-destination', join(options.cwd, 'artifacts')],
    ],
    {
      ...options,
      env: {
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
        // Its workers are started by name.
        PATH: `${dirname(python)}${delimiter}${process.env['PATH'] ?? ''}`,
        ...options.env,
      },
    },
  );
}

/** Starts the stock `mlflow models serve`, which answers `POST /invocations`. */
export function startModelServer({
  python,
  modelUri,
  ...options
}: StartOptions & { readonly python: string; readonly modelUri: string }): Promise<TestServer> {
  return start(
    python,
    ['-m', 'mlflow', 'models', 'serve', '--model-uri', modelUri, '--env-manager', 'local'],
    options,
  );
}

async function start(
  command: string,
  leading: readonly string[],
  { cwd, env = {}, args = [] }: StartOptions,
): Promise<TestServer> {
  const port = await freePort();
  const child = spawn(
    command,
    [...leading, '--host', '127.0.0.1', '--port', String(port), ...args],
    // A group of its own: the stock server's workers are its children.
    { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = once(child, 'exit');

  const signal = (name: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // The whole group has ended.
    }
  };
  const kill9 = async () => {
    signal('SIGKILL');
    await ended;
  };
  const server: TestServer = {
    url: `http://127.0.0.1:${String(port)}`,
    process: child,
    output: () => output,
    kill9,
    async stop() {
      if (hasEnded(child)) return;
      signal('SIGTERM');
      await Promise.race([ended, sleep(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      if (!hasEnded(child)) await kill9();
    },
  };
  await untilHealthy(server);
  return server;
}

async function untilHealthy(server: TestServer): Promise<void> {
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (!hasEnded(server.process) && Date.now() < giveUpAt) {
    try {
      if ((await fetch(`${server.url}/health`)).ok) return;
    } catch {
      // Not listening yet.
    }
    await sleep(100);
  }
  await server.kill9();
  throw new Error(`The server did not start:\n${server.output()}`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}
