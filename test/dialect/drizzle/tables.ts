import { sql } from 'drizzle-orm';
import {
  bigint,
  doublePrecision,
  integer,
  pgSchema,
  pgTable,
  pgView,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import { Kysely } from 'kysely';

import { CrateDialect, type StatementEvent } from '../../../dialect/index.js';
import { type CrateDrizzle, drizzleCrate } from '../../../dialect/drizzle/index.js';

export const runs = pgTable('runs', {
  id: text().primaryKey(),
  name: text(),
  attempts: integer().notNull().default(1),
  startedAt: timestamp('started_at', { withTimezone: true }),
});

export const metrics = pgTable(
  'metrics',
  {
    runId: text('run_id'),
    key: text(),
    step: bigint({ mode: 'bigint' }),
    value: doublePrecision(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.key, table.step] })],
);

export const runNames = pgView('run_names', { id: text(), name: text() }).existing();

/** A table that says its schema itself. */
export function archivedRuns(schema: string) {
  return pgSchema(schema).table('runs', { id: text().primaryKey(), name: text() });
}

/** Compiles only: there is no server behind it. */
export function compilingDb(): CrateDrizzle {
  return drizzleCrate({ url: 'crate://nowhere/?schema=app' });
}

export interface DrizzleTest {
  readonly db: CrateDrizzle;
  readonly kysely: Kysely<unknown>;
  readonly sent: StatementEvent[];
  /** Texts of the REFRESH statements since the last call. */
  refreshes(): string[];
  close(): Promise<void>;
}

const STORAGE = 'CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0, refresh_interval = 0)';

/** @param create tables without schema and storage: `t (id text primary key)` */
export async function openDrizzle(
  url: string,
  schema: string,
  create: readonly string[],
): Promise<DrizzleTest> {
  const sent: StatementEvent[] = [];
  const kysely = new Kysely<unknown>({
    dialect: new CrateDialect({
      url: url.replace(/\?.*$/, ''),
      schema,
      onStatement: (event) => sent.push(event),
    }),
  });
  const db = drizzleCrate({ kysely });
  await drop(db, schema);
  for (const table of create) {
    await db.execute(sql.raw(`CREATE TABLE "${schema}".${table} ${STORAGE}`));
  }
  sent.length = 0;
  return {
    db,
    kysely,
    sent,
    refreshes: () => {
      const events = sent.splice(0);
      return events.filter(({ kind }) => kind === 'refresh').map((event) => event.sql);
    },
    close: async () => {
      await drop(db, schema);
      await kysely.destroy();
    },
  };
}

async function drop(db: CrateDrizzle, schema: string): Promise<void> {
  const { rows } = await db.execute<{ table_name: string; table_type: string }>(
    sql`select table_name, table_type from information_schema.tables where table_schema = ${schema}`,
  );
  for (const { table_name, table_type } of rows) {
    const kind = table_type === 'VIEW' ? 'VIEW' : 'TABLE';
    await db.execute(sql.raw(`DROP ${kind} IF EXISTS "${schema}"."${table_name}"`));
  }
}
