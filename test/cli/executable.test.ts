import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RestClient } from '../helpers/rest-client.js';
import { startServer } from '../helpers/server.js';

// Built by `npm test` before the tests run: what is tested is what is published.
const EXECUTABLE = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

interface Program {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
  readonly ended: Promise<number | null>;
}

let folder: string;
const programs: Program[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlflow-cli-'));
});
afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.process.kill('SIGKILL');
    await program.ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: string[]): Program {
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const program: Program = {
    process: child,
    output: () => output,
    errors: () => errors,
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
  programs.push(program);
  return program;
}

/** The URL, once the server says that it listens. */
async function urlOf(program: Program): Promise<string> {
  const ended = program.ended.then(() => true);
  for (;;) {
    const url = /MLFLOW_TRACKING_URI=(\S+)/.exec(program.output())?.[1];
    if (url !== undefined) return url;
    const waited = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 25));
    if (await Promise.race([ended, waited])) throw new Error(program.errors());
  }
}

describe('the executable', () => {
  it('serves the embedded default, says where, and stops at SIGTERM', async () => {
    const program = start('server', '--port', '0');
    const url = await urlOf(program);
    expect(program.output()).toContain(join('mlflow-data', 'artifacts'));
    const created = await fetch(`${url}/api/2.0/mlflow/experiments/create`, {
      method: 'POST',
      body: '{"name":"first"}',
      headers: { 'Content-Type': 'application/json' },
    });
    expect([created.status, await created.text()]).toEqual([200, '{"experiment_id":"1"}']);

    const second = start('server', '--port', '0');
    expect(await second.ended).toBe(4);
    expect(second.errors()).toMatch(/^mlflow-cratedb: The data folder .* is already open in .*\n$/);

    program.process.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(program.errors()).toBe('');
    await expect(fetch(`${url}/health`)).rejects.toThrow();

    const again = start('server', '--port', '0');
    const found = await fetch(
      `${await urlOf(again)}/api/2.0/mlflow/experiments/get-by-name?experiment_name=first`,
    );
    expect(found.status).toBe(200);
    again.process.kill('SIGINT');
    expect(await again.ended).toBe(0);
  });

  it('stops at the first SIGTERM too while a database that is silent is opened', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const connected = once(silent, 'connection');
    const { port } = silent.address() as AddressInfo;
    const uri = `crate://crate@127.0.0.1:${port}`;
    const program = start('server', '--backend-store-uri', uri, '--port', '0');
    const [socket] = (await connected) as [Socket];
    program.process.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(program.output()).toBe('SIGTERM: stopped before the database was open\n');
    expect(program.errors()).toBe('');
    socket.destroy();
    silent.close();
  });

  it('a port in use: one line, exit code 5', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const program = start('server', '--backend-store-uri', 'pglite:memory', '--port', String(port));
    expect(await program.ended).toBe(5);
    expect(program.errors()).toBe(
      `mlflow-cratedb: Cannot listen on 127.0.0.1:${port}: the port is in use. ` +
        'Choose another with --port.\n',
    );
    other.close();
  });

  it.each([
    ['a database that is away', 'crate://crate@127.0.0.1:1', 3, /Cannot use .*ECONNREFUSED.*/],
    [
      'a foreign URI',
      'mysql://u:secret@h/x',
      2,
      /The backend store URI 'mysql:…' is not supported/,
    ],
    ['a URI with an unknown option', 'crate://h/?nope=1', 2, /CrateDB URL: unknown option 'nope'/],
  ])('%s: one line, its exit code', async (_name, uri, exitCode, line) => {
    const program = start('server', '--backend-store-uri', uri, '--port', '0');
    expect(await program.ended).toBe(exitCode);
    expect(program.errors()).toMatch(line);
    expect(program.errors().trim().split('\n')).toHaveLength(1);
    expect(program.errors()).not.toContain('secret');
  });

  it('an unknown option: one line, exit code 2', async () => {
    const program = start('server', '--bogus');
    expect(await program.ended).toBe(2);
    expect(program.errors()).toBe("mlflow-cratedb: unknown option '--bogus'\n");
  });

  it('refuses sources of model versions that the environment does not allow', async () => {
    const server = await startServer({
      cwd: folder,
      env: { MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX: '^s3:' },
    });
    try {
      const client = new RestClient(server.url);
      await client.post('registered-models/create', { name: 'm' });
      const create = async (source: string) =>
        (await client.post('model-versions/create', { name: 'm', source })).body;
      expect(await create('gs://bucket/m')).toMatchObject({
        error_code: 'INVALID_PARAMETER_VALUE',
        message: "Invalid model version source: 'gs://bucket/m'.",
      });
      expect(await create('s3://bucket/m')).toMatchObject({ model_version: { version: '1' } });
    } finally {
      await server.stop();
    }
  });
});
