import { integer, text } from 'drizzle-orm/pg-core';

import { int64, mlflow } from './columns.js';

// Ours: what takes the place of transactions, and the version of all this. No table of MLflow's.

/**
 * Ours: counters, for example of experiment ids and of a model's versions. The next value comes
 * from one atomic statement (`ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`), since
 * CrateDB has no sequences. A crash may leave a gap, but no number is used twice.
 */
export const sequences = mlflow.table('sequences', {
  name: text().primaryKey(),
  value: int64().notNull(),
});

/**
 * Ours: work of several steps under way. Where MLflow opens a transaction, the whole of the work is
 * written here by one insert; every step can be repeated, and the row goes last. Whoever meets one
 * whose `lease_until` (ms since the epoch) is over finishes it: a crash leaves nothing half done.
 */
export const intents = mlflow.table('intents', {
  intent_id: text().primaryKey(),
  kind: text().notNull(),
  payload: text().notNull(),
  owner: text().notNull(),
  lease_until: int64().notNull(),
  created_at: int64().notNull(),
});

/**
 * Ours: who provisions or migrates these tables right now, until when (ms of the database's clock)
 * the others keep away, and how many steps of which version are done. Made before anything else, so
 * that its shape is the same in every version; as is that of `schema_version`.
 */
export const schemaMigration = mlflow.table('schema_migration', {
  component: text().primaryKey(),
  owner: text().notNull(),
  lease_until: int64().notNull(),
  version: integer().notNull(),
  step: integer().notNull(),
});

/** Ours: the version of these tables in this database, so that a later program knows its steps. */
export const schemaVersion = mlflow.table('schema_version', {
  component: text().primaryKey(),
  version: integer().notNull(),
  applied_at: int64().notNull(),
});
