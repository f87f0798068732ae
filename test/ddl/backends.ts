import { randomBytes } from 'node:crypto';

import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';

import type { StatementRunner } from '../../ddl/index.js';

/** A database to provision, in schemas of its own, all of whose tables are dropped at the end. */
export interface Backend extends StatementRunner {
  readonly engine: 'cratedb' | 'postgres';
  readonly schema: string;
  readonly query: (
    text: string,
    values?: unknown[],
  ) => Promise<{ rows: Record<string, unknown>[] }>;
  readonly close: () => Promise<void>;
}

export async function openPGlite(): Promise<Backend> {
  const pglite = await PGlite.create();
  const query: Backend['query'] = (text, values) => pglite.query(text, values);
  return {
    engine: 'postgres',
    schema: 'mlflow',
    query,
    execute: (text) => query(text),
    close: () => pglite.close(),
  };
}

/** Ten connections at most, as ten servers would have. */
export function openCrate(url: string): Promise<Backend> {
  const schema = `ddl_test_${randomBytes(4).toString('hex')}`;
  const { hostname: host, port, username: user, password } = new URL(url);
  const pool = new pg.Pool({ host, port: Number(port || 5432), user, password, max: 10 });
  const query: Backend['query'] = (text, values) => pool.query(text, values);
  return Promise.resolve({
    engine: 'cratedb',
    schema,
    query,
    execute: (text) => query(text),
    close: async () => {
      const { rows } = await pool.query(
        'SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema ~ $1',
        [`${schema}.*`],
      );
      for (const row of rows) {
        const name = `"${row.table_schema}"."${row.table_name}"`;
        await pool.query(`ALTER TABLE ${name} RESET ("blocks.read_only")`);
        await pool.query(`DROP TABLE ${name}`);
      }
      await pool.end();
    },
  });
}

export async function withBackend<T>(
  open: () => Promise<Backend>,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const backend = await open();
  try {
    return await work(backend);
  } finally {
    await backend.close();
  }
}

export async function tablesOf({ schema, query }: Backend): Promise<string[]> {
  const { rows } = await query(
    'SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY table_name',
    [schema],
  );
  return rows.map((row) => String(row['table_name']));
}
