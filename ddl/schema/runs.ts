import { boolean, doublePrecision, index, primaryKey, text } from 'drizzle-orm/pg-core';

import { int64, mlflow } from './columns.js';

// Runs with their metrics, params and tags.

/** A run. Its name, user and source are also tags, as MLflow keeps them. */
export const runs = mlflow.table(
  'runs',
  {
    run_uuid: text().primaryKey(),
    name: text(),
    source_type: text(),
    source_name: text(),
    entry_point_name: text(),
    user_id: text(),
    status: text(),
    start_time: int64(),
    end_time: int64(),
    deleted_time: int64(),
    source_version: text(),
    lifecycle_stage: text(),
    artifact_uri: text(),
    experiment_id: int64(),
  },
  (table) => [index('index_runs_experiment_id').on(table.experiment_id)],
);

/**
 * Every point of every metric. Unlike the schema this follows, it has a primary key (MLflow's own
 * has it too): a batch sent twice leaves one set of points. It begins with the run, so that the key
 * also serves as the index of a run's history.
 */
export const metrics = mlflow.table(
  'metrics',
  {
    run_uuid: text().notNull(),
    key: text().notNull(),
    value: doublePrecision().notNull(),
    timestamp: int64().notNull(),
    step: int64().notNull(),
    is_nan: boolean().notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.run_uuid,
        table.key,
        table.timestamp,
        table.step,
        table.value,
        table.is_nan,
      ],
    }),
    index('index_metrics_run_uuid_key_step').on(table.run_uuid, table.key, table.step),
  ],
);

/** The newest point per metric: by step, then timestamp, then value. */
export const latestMetrics = mlflow.table(
  'latest_metrics',
  {
    run_uuid: text().notNull(),
    key: text().notNull(),
    value: doublePrecision().notNull(),
    timestamp: int64().notNull(),
    step: int64().notNull(),
    is_nan: boolean().notNull(),
  },
  (table) => [primaryKey({ columns: [table.run_uuid, table.key] })],
);

/** A param: written once, up to 6,000 characters. */
export const params = mlflow.table(
  'params',
  {
    run_uuid: text().notNull(),
    key: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.run_uuid, table.key] })],
);

/** A tag of a run: up to 8,000 characters. */
export const tags = mlflow.table(
  'tags',
  {
    run_uuid: text().notNull(),
    key: text().notNull(),
    value: text(),
  },
  (table) => [primaryKey({ columns: [table.run_uuid, table.key] })],
);
