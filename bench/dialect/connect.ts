import { CrateDialect, parseCrateUrl } from 'mlflow-cratedb/dialect';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';

const SCHEMA = 'bench_dialect';

export interface Reading {
  readonly id: string;
  readonly sensor: string;
  readonly at: Date;
  readonly value: number;
}

export interface BenchDB {
  readonly 'bench_dialect.readings': Reading;
  readonly readings: Reading;
}

export interface Databases {
  readonly url: string;
  readonly httpUrl: string;
  readonly pool: pg.Pool;
  readonly crate: Kysely<BenchDB>;
  readonly http: Kysely<BenchDB>;
  /** Kysely's own PostgreSQL dialect, over a pool of its own. */
  readonly postgres: Kysely<BenchDB>;
  /** Empties the table. */
  readonly fresh: () => Promise<void>;
}

/** Every contender gets as many connections as the dialect has by default. */
const MAX = 10;

export async function withTables<T>(
  url: string,
  run: (databases: Databases) => Promise<T>,
): Promise<T> {
  const { hosts, user, password } = parseCrateUrl(url);
  const login = { ...hosts[0], user, password: password ?? '', max: MAX };
  const pool = new pg.Pool(login);
  const crate = new Kysely<BenchDB>({
    dialect: new CrateDialect({ url: withSchema(url), refresh: 'manual', max: MAX }),
  });
  const { rows } = await sql<{ port: { http: number } }>`select port from sys.nodes limit 1`.execute(
    crate,
  );
  const httpUrl = withSchema(url, rows[0]?.port.http);
  const http = new Kysely<BenchDB>({
    dialect: new CrateDialect({ url: httpUrl, refresh: 'manual', max: MAX }),
  });
  const postgres = new Kysely<BenchDB>({
    dialect: new PostgresDialect({ pool: new pg.Pool(login) }),
  });
  const make = async () => {
    await pool.query(`drop table if exists ${SCHEMA}.readings`);
    await pool.query(`create table ${SCHEMA}.readings (id text primary key, sensor text,
      at timestamp with time zone, value double precision) clustered into 1 shards
      with (number_of_replicas = 0, refresh_interval = 0)`);
  };
  // Not dropped: statements that were prepared for the table would be of no more use.
  const fresh = async () => {
    await pool.query(`refresh table ${SCHEMA}.readings`);
    await pool.query(`delete from ${SCHEMA}.readings`);
    await pool.query(`optimize table ${SCHEMA}.readings with (only_expunge_deletes = true)`);
  };
  try {
    await make();
    return await run({ url: withSchema(url), httpUrl, pool, crate, http, postgres, fresh });
  } finally {
    await pool.query(`drop table if exists ${SCHEMA}.readings`);
    await Promise.all([pool.end(), crate.destroy(), http.destroy(), postgres.destroy()]);
  }
}

function withSchema(url: string, httpPort?: number): string {
  const at = new URL(url);
  at.searchParams.set('schema', SCHEMA);
  if (httpPort !== undefined) {
    at.port = String(httpPort);
    at.searchParams.set('transport', 'http');
  }
  return at.href;
}
