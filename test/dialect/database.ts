import { Kysely, sql } from 'kysely';

import {
  CrateDialect,
  type CrateDialectOptions,
  type CrateUrlConfig,
  type StatementEvent,
} from '../../dialect/index.js';
import { type TransportName, transportUrl } from './transport-url.js';

/** Tables of the tests. */
export interface TestDB {
  runs: { run_uuid: string; name: string | null; status: string };
  params: { run_uuid: string; key: string; value: string | null };
  metrics: { run_uuid: string; key: string; step: number | string | bigint; value: number };
}

/** Compiles only: there is no server behind it. */
export function compilingDb(schema = 'mlflow'): Kysely<TestDB> {
  return new Kysely<TestDB>({ dialect: new CrateDialect({ url: 'crate://nowhere', schema }) });
}

export interface CrateTest {
  readonly db: Kysely<TestDB>;
  readonly schema: string;
  readonly url: string;
  /** What was sent, since the last {@link clear}. */
  readonly sent: StatementEvent[];
  clear(): void;
  /** Texts of the REFRESH statements among them. */
  refreshes(): string[];
  /** Another instance on the same schema, as another process would be. */
  another(options?: CrateDialectOptions): Kysely<TestDB>;
  close(): Promise<void>;
}

const TABLES = [
  'runs (run_uuid text primary key, name text, status text not null) CLUSTERED INTO 2 SHARDS',
  'params (run_uuid text, key text, value text, primary key (run_uuid, key)) CLUSTERED BY (run_uuid) INTO 2 SHARDS',
  'metrics (run_uuid text, key text, step bigint, value double precision check (value > -1000), primary key (run_uuid, key, step)) CLUSTERED BY (run_uuid) INTO 2 SHARDS',
];

/** Fresh tables, never refreshed by themselves, in a schema of the test file's own. */
export async function openCrate(
  url: string,
  schema: string,
  options: Omit<CrateUrlConfig, 'url'> = {},
  transport: TransportName = 'pg',
): Promise<CrateTest> {
  const base = await transportUrl(url.replace(/\?.*$/, ''), transport);
  const sent: StatementEvent[] = [];
  const instances: Kysely<TestDB>[] = [];
  const open = (more: Omit<CrateUrlConfig, 'url'>) => {
    const db = new Kysely<TestDB>({ dialect: new CrateDialect({ url: base, schema, ...more }) });
    instances.push(db);
    return db;
  };
  const db = open({ ...options, onStatement: (event) => sent.push(event) });
  await dropTables(db, schema);
  for (const table of TABLES) {
    const storage = 'WITH (refresh_interval = 0, number_of_replicas = 0)';
    await sql.raw(`CREATE TABLE "${schema}".${table} ${storage}`).execute(db);
  }
  sent.length = 0;
  return {
    db,
    schema,
    url: base,
    sent,
    clear: () => {
      sent.length = 0;
    },
    refreshes: () => sent.filter((event) => event.kind === 'refresh').map((event) => event.sql),
    another: (more = {}) => open(more),
    close: async () => {
      await dropTables(db, schema);
      for (const instance of instances) await instance.destroy();
    },
  };
}

async function dropTables(db: Kysely<TestDB>, schema: string): Promise<void> {
  const { rows } = await sql<{
    table_name: string;
    table_type: string;
  }>`select table_name, table_type from information_schema.tables where table_schema = ${schema}`.execute(
    db,
  );
  for (const row of rows) {
    const kind = row.table_type === 'VIEW' ? 'VIEW' : 'TABLE';
    await sql.raw(`DROP ${kind} IF EXISTS "${schema}"."${row.table_name}"`).execute(db);
  }
}
