import { PGlite } from '@electric-sql/pglite';
import { parseCrateUrl } from 'mlflow-cratedb/dialect';
import { provision } from 'mlflow-cratedb/ddl';
import pg from 'pg';

/** A database as a hand-written program reaches it. */
export interface Connection {
  readonly engine: 'cratedb' | 'postgres';
  readonly schema: string;
  /** `name`: prepared under it, once a connection. Without one, the text is new each time. */
  query(name: string | undefined, text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export type Row = Readonly<Record<string, unknown>>;

/** As many connections as the store has by default. */
export function connectToCrate(url: string): Connection {
  const { hosts, user, password, schema } = parseCrateUrl(url);
  const pool = new pg.Pool({ ...hosts[0], user, password: password ?? '', max: 10 });
  return {
    engine: 'cratedb',
    schema: schema ?? 'mlflow',
    async query(name, text, values = []) {
      const prepared = name === undefined ? { text, values } : { name, text, values };
      return (await pool.query<Row>(prepared)).rows;
    },
    close: () => pool.end(),
  };
}

/** PGlite has no prepared statements to name, and one connection. */
export async function openPglite(folder: string): Promise<Connection> {
  const pglite = await PGlite.create(folder);
  await provision({ execute: (text) => pglite.query(text) }, { engine: 'postgres' });
  return {
    engine: 'postgres',
    schema: 'mlflow',
    async query(_name, text, values = []) {
      return (await pglite.query<Row>(text, values)).rows;
    },
    close: () => pglite.close(),
  };
}
