import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  /** For example `http://127.0.0.1:5000`. */
  readonly url: string;
  /** Resident memory in bytes. */
  memory(): number;
  stop(): Promise<void>;
}

/** What a user runs. */
export const MAIN = fileURLToPath(new URL('./cli/main.js', import.meta.resolve('mlflow-cratedb')));

/** Starts the server as a user would; resolves when it says where it listens. */
export async function startServer(uri: string): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    [MAIN, 'server', '--backend-store-uri', uri, '--port', '0'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const url = await Promise.race([
    listeningUrl(child),
    exited.then(([code]) => {
      throw new Error(`The server ended with exit code ${code} before it listened.`);
    }),
  ]);
  return {
    url,
    memory: () => residentBytes(child.pid!),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const url = /listening\s+(http:\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}

function residentBytes(pid: number): number {
  if (process.platform === 'linux') {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1_024;
  }
  const kibibytes = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(kibibytes) * 1_024;
}
