import { doublePrecision, integer, primaryKey, text, varchar } from 'drizzle-orm/pg-core';

import { int64, mlflow } from './columns.js';

// Scorers, their versions, and online scoring.

/** A scorer. Its name is unique per experiment. */
export const scorers = mlflow.table('scorers', {
  experiment_id: int64().notNull(),
  scorer_name: varchar({ length: 256 }).notNull(),
  scorer_id: varchar({ length: 36 }).primaryKey(),
});

/** A version of a scorer, serialized. */
export const scorerVersions = mlflow.table(
  'scorer_versions',
  {
    scorer_id: varchar({ length: 36 }).notNull(),
    scorer_version: integer().notNull(),
    serialized_scorer: text().notNull(),
    creation_time: int64(),
  },
  (table) => [primaryKey({ columns: [table.scorer_id, table.scorer_version] })],
);

/** Which share of new traces a scorer judges. */
export const onlineScoringConfigs = mlflow.table('online_scoring_configs', {
  online_scoring_config_id: varchar({ length: 36 }).primaryKey(),
  scorer_id: varchar({ length: 36 }).notNull(),
  sample_rate: doublePrecision().notNull(),
  experiment_id: int64().notNull(),
  filter_string: text(),
});
