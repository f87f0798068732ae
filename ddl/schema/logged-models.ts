import { doublePrecision, integer, primaryKey, text, varchar } from 'drizzle-orm/pg-core';

import { int64, mlflow } from './columns.js';

// Logged models with their metrics, params and tags.

/** A model logged by a run (or by none). */
export const loggedModels = mlflow.table('logged_models', {
  model_id: varchar({ length: 36 }).primaryKey(),
  experiment_id: int64().notNull(),
  name: varchar({ length: 500 }).notNull(),
  artifact_location: varchar({ length: 1000 }).notNull(),
  creation_timestamp_ms: int64().notNull(),
  last_updated_timestamp_ms: int64().notNull(),
  status: integer().notNull(),
  lifecycle_stage: varchar({ length: 32 }),
  model_type: varchar({ length: 500 }),
  source_run_id: varchar({ length: 32 }),
  status_message: varchar({ length: 1000 }),
});

/**
 * A metric of a logged model. `metric_value` is a double, as MLflow has it: in 4 bytes 0.1 would
 * not come back.
 */
export const loggedModelMetrics = mlflow.table(
  'logged_model_metrics',
  {
    model_id: varchar({ length: 36 }).notNull(),
    metric_name: varchar({ length: 500 }).notNull(),
    metric_timestamp_ms: int64().notNull(),
    metric_step: int64().notNull(),
    metric_value: doublePrecision(),
    experiment_id: int64().notNull(),
    run_id: varchar({ length: 32 }).notNull(),
    dataset_uuid: varchar({ length: 36 }),
    dataset_name: varchar({ length: 500 }),
    dataset_digest: varchar({ length: 36 }),
  },
  (table) => [
    primaryKey({
      columns: [
        table.model_id,
        table.metric_name,
        table.metric_timestamp_ms,
        table.metric_step,
        table.run_id,
      ],
    }),
  ],
);

/** A param of a logged model. */
export const loggedModelParams = mlflow.table(
  'logged_model_params',
  {
    model_id: varchar({ length: 36 }).notNull(),
    experiment_id: int64().notNull(),
    param_key: varchar({ length: 255 }).notNull(),
    param_value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.model_id, table.param_key] })],
);

/** A tag of a logged model. */
export const loggedModelTags = mlflow.table(
  'logged_model_tags',
  {
    model_id: varchar({ length: 36 }).notNull(),
    experiment_id: int64().notNull(),
    tag_key: varchar({ length: 255 }).notNull(),
    tag_value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.model_id, table.tag_key] })],
);
