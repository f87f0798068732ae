import { index, primaryKey, text } from 'drizzle-orm/pg-core';

import { int64, mlflow } from './columns.js';

// Datasets and what links them (and models) to runs.

/** A dataset by its digest, once per experiment. Source, schema and profile can be megabytes. */
export const datasets = mlflow.table(
  'datasets',
  {
    dataset_uuid: text().notNull(),
    experiment_id: int64().notNull(),
    name: text().notNull(),
    digest: text().notNull(),
    dataset_source_type: text().notNull(),
    dataset_source: text().notNull(),
    dataset_schema: text(),
    dataset_profile: text(),
  },
  (table) => [
    primaryKey({ columns: [table.experiment_id, table.name, table.digest] }),
    index('index_datasets_dataset_uuid').on(table.dataset_uuid),
    index('index_datasets_experiment_id_dataset_source_type').on(
      table.experiment_id,
      table.dataset_source_type,
    ),
  ],
);

/** An edge: dataset or model (source) to run or trace (destination), also outputs of a run. */
export const inputs = mlflow.table(
  'inputs',
  {
    input_uuid: text().notNull(),
    source_type: text().notNull(),
    source_id: text().notNull(),
    destination_type: text().notNull(),
    destination_id: text().notNull(),
    step: int64().notNull().default(0),
  },
  (table) => [
    primaryKey({
      columns: [
        table.source_type,
        table.source_id,
        table.destination_type,
        table.destination_id,
      ],
    }),
    index('index_inputs_destination_type_destination_id_source_type').on(
      table.destination_type,
      table.destination_id,
      table.source_type,
    ),
    index('index_inputs_input_uuid').on(table.input_uuid),
  ],
);

/** A tag of such an edge, for example its context (training, eval). */
export const inputTags = mlflow.table(
  'input_tags',
  {
    input_uuid: text().notNull(),
    name: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.input_uuid, table.name] })],
);
