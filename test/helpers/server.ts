/** The built server as its own process, as a user starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const EXECUTABLE = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;

export interface ServerOptions {
  /** None: the embedded database under `cwd`. */
  readonly backendStoreUri?: string | undefined;
  /** A folder of the test's own. */
  readonly cwd: string;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface RunningServer {
  readonly url: string;
  readonly process: ChildProcess;
  /** Standard output and error so far. */
  output(): string;
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

/** Starts `mlflow-cratedb server` on a free port; resolves when it listens. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const uri = options.backendStoreUri;
  const child = spawn(
    process.execPath,
    [
      EXECUTABLE,
      'server',
      '--port',
      '0',
      ...(uri === undefined ? [] : ['--backend-store-uri', uri]),
      ...(options.args ?? []),
    ],
    { cwd: options.cwd, env: { PATH: process.env['PATH'], ...options.env } },
  );
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const ended = once(child, 'close');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };

  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const url = /MLFLOW_TRACKING_URI=(\S+)/.exec(output)?.[1];
    if (url !== undefined) {
      return {
        url,
        process: child,
        output: () => output,
        stop: () => end('SIGTERM'),
        kill: () => end('SIGKILL'),
      };
    }
    if (child.exitCode !== null || Date.now() > deadline) {
      await end('SIGKILL');
      throw new Error(`The server did not start: ${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
