import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { realpathSync } from 'node:fs';

import pg from 'pg';

import { findExecutable } from './executable.js';

const run = promisify(execFile);
const NOBODY = 65_534;
const READY_MS = 30_000;

export interface PostgresServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** A PostgreSQL of its own in a folder; undefined where there is no executable `postgres`. */
export async function postgresServer(parent: string): Promise<PostgresServer | undefined> {
  const found = findExecutable('postgres');
  if (found === undefined) return undefined;
  const binaries = dirname(realpathSync(found));
  const folder = join(parent, 'postgres');
  await mkdir(folder);
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) {
    await chown(folder, NOBODY, NOBODY);
    await run('chmod', ['755', parent]);
  }
  const data = join(folder, 'data');
  await run(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'mlflow', '-A', 'trust', '--no-sync'],
    user,
  );
  const port = await freePort();
  const child = spawn(
    join(binaries, 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      '-k',
      folder,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'fsync=off',
    ],
    { ...user, stdio: 'ignore' },
  );
  const url = `postgresql://mlflow@127.0.0.1:${String(port)}/postgres`;
  await untilReady(url, child);
  return { url, stop: () => stop(child) };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const giveUpAt = Date.now() + READY_MS;
  for (;;) {
    const client = new pg.Client(url);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > giveUpAt) throw error;
      await sleep(50);
    }
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // At once, cutting off whoever is connected.
  child.kill('SIGINT');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  return address.port;
}

/**
 * The tables as MLflow's own models define them for PostgreSQL, with all rows of the SQLite database.
 * By SQL that Python prints, so that it needs no driver.
 */
export async function copyIntoPostgres(python: string, sqlite: string, url: string): Promise<void> {
  const { stdout } = await run(python, [join(import.meta.dirname, 'postgres_copy.py'), sqlite], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const line of stdout.trim().split('\n')) {
      const { sql, rows } = JSON.parse(line) as { sql: string; rows?: unknown[][] };
      if (rows === undefined) await client.query(sql);
      for (const row of rows ?? []) await client.query(sql, row);
    }
  } finally {
    await client.end();
  }
}
