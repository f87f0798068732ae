import { primaryKey, text } from 'drizzle-orm/pg-core';

import { int64, mlflow, workspaceName } from './columns.js';

// Experiments and their tags.

/** An experiment. Its name is unique per workspace by `experiment_names`. */
export const experiments = mlflow.table('experiments', {
  experiment_id: int64().primaryKey(),
  name: text().notNull(),
  artifact_location: text(),
  lifecycle_stage: text(),
  creation_time: int64(),
  last_update_time: int64(),
  workspace: workspaceName(),
});

/** A tag of an experiment: up to 250 characters of key, 5,000 of value. */
export const experimentTags = mlflow.table(
  'experiment_tags',
  {
    key: text().notNull(),
    value: text(),
    experiment_id: int64().notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.experiment_id] })],
);

/**
 * Ours: who holds an experiment's name. CrateDB has no unique constraint but the primary key, so a
 * name is claimed here first (`ON CONFLICT DO NOTHING RETURNING`) and the experiment written after.
 * `token` is the claim's own random text: it tells a writer that repeats its claim from one that
 * lost it.
 */
export const experimentNames = mlflow.table(
  'experiment_names',
  {
    workspace: workspaceName(),
    name: text().notNull(),
    experiment_id: int64().notNull(),
    token: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspace, table.name] })],
);
