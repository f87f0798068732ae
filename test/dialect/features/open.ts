import { Kysely, sql } from 'kysely';

import { CrateDialect, type StatementEvent } from '../../../dialect/index.js';
import type { FeatureContext } from './feature.js';
import { createTables, dropTables, type FeatureDB, resetRows } from './tables.js';

export interface OpenFeatures {
  readonly context: FeatureContext;
  close(): Promise<void>;
}

/** Makes the tables of the features on a server; `close` drops them. The URL names no schema. */
export async function openFeatures(url: string, schema: string): Promise<OpenFeatures> {
  const otherSchema = `${schema}_other`;
  const sent: StatementEvent[] = [];
  const instances: Kysely<FeatureDB>[] = [];
  const open: FeatureContext['open'] = (plugins = [], log = () => undefined) => {
    const db = new Kysely<FeatureDB>({
      dialect: new CrateDialect({ url, schema, onStatement: (event) => sent.push(event) }),
      plugins,
      log,
    });
    instances.push(db);
    return db;
  };
  const db = open();
  await createTables(db);
  await sql`CREATE TABLE IF NOT EXISTS ${sql.table(`${otherSchema}.place`)} (id INTEGER PRIMARY KEY, name TEXT) CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`.execute(
    db,
  );
  return {
    context: {
      db,
      schema,
      otherSchema,
      sent,
      clear: () => {
        sent.length = 0;
      },
      reset: () => resetRows(db),
      open,
    },
    close: async () => {
      await dropTables(db);
      await sql`DROP TABLE IF EXISTS ${sql.table(`${otherSchema}.place`)}`.execute(db);
      for (const instance of instances) await instance.destroy();
    },
  };
}
