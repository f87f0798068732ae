/** Whole processes: many that start at once, and one that is killed. */
import { spawn } from 'node:child_process';

import { describe, expect, inject, it } from 'vitest';

import { diffSchema, schemaStatus } from '../../ddl/index.js';
import { openCrate, withBackend, type Backend } from './backends.js';
import { recordedVersion } from './runners.js';

const crateUrl = inject('crateUrl');

/** Provisions, prints each statement, and at last what it did. Of the build, as it is published. */
const PROGRAM = `
  import pg from 'pg';
  import { provision } from 'mlflow-cratedb/ddl';
  const [connectionString, schema, leaseMs] = process.argv.slice(1);
  const pool = new pg.Pool({ connectionString, max: 2 });
  const done = await provision(
    { execute: (statement) => pool.query(statement) },
    { engine: 'cratedb', schema, shards: 1, replicas: 0, leaseMs: Number(leaseMs),
      onEvent: ({ kind, text }) => console.log(JSON.stringify({ kind, text })) },
  );
  const { rows } = await pool.query(\`SELECT count(*) AS n FROM "\${schema}".runs\`);
  console.log(JSON.stringify({ done: done?.statements ?? [], rows }));
  await pool.end();
`;

function start(backend: Backend, leaseMs: number) {
  const { hostname, port, username } = new URL(crateUrl!);
  const url = `postgresql://${username || 'crate'}@${hostname}:${port || '5432'}/`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM, url, backend.schema, String(leaseMs)],
    { cwd: new URL('../..', import.meta.url) },
  );
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    child,
    ended,
    errors: () => errors,
    lines: () =>
      output
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { kind?: string; text?: string; done?: string[] }),
  };
}

describe.skipIf(crateUrl === undefined)('provisioning processes (CrateDB)', () => {
  it('ten at once make each table once, and all of them can read it', () =>
    withBackend(() => openCrate(crateUrl!), async (backend) => {
      const programs = Array.from({ length: 10 }, () => start(backend, 30_000));
      const codes = await Promise.all(programs.map(({ ended }) => ended));
      expect(programs.map(({ errors }) => errors()).join('')).toBe('');
      expect(codes).toEqual(codes.map(() => 0));
      const steps = programs.flatMap(({ lines }) => lines().filter(({ kind }) => kind === 'step'));
      const made = steps.map(({ text }) => text).sort();
      expect(made).toEqual([...new Set(made)]);
      expect(made).toContain('create table runs');
      for (const { lines } of programs) expect(lines().at(-1)).toMatchObject({ rows: [{ n: '0' }] });
      expect(await diffSchema(backend, { ...backend, shards: 1, replicas: 0 })).toEqual([]);
    }));

  it('what a process leaves that was killed, the next one completes', () =>
    withBackend(() => openCrate(crateUrl!), async (backend) => {
      const killed = start(backend, 1_000);
      await new Promise<void>((resolve) => {
        killed.child.stdout.on('data', () => {
          if (killed.lines().some(({ text }) => text === 'create table params')) resolve();
        });
      });
      killed.child.kill('SIGKILL');
      expect(await killed.ended).toBeNull();
      expect(await schemaStatus(backend, backend)).toMatchObject({ state: 'partial' });

      const next = start(backend, 1_000);
      expect(await next.ended).toBe(0);
      expect(next.errors()).toBe('');
      expect(next.lines().map(({ text }) => text)).not.toContain('create table workspaces');
      expect(await diffSchema(backend, { ...backend, shards: 1, replicas: 0 })).toEqual([]);
      expect(await recordedVersion(backend)).toEqual(expect.any(Number));
    }));
});
