import { index, primaryKey, text, varchar } from 'drizzle-orm/pg-core';

import { int64, mlflow, object, workspaceName } from './columns.js';

// Evaluation datasets, and associations between any two things.

/** A dataset of inputs and expectations to evaluate against. */
export const evaluationDatasets = mlflow.table(
  'evaluation_datasets',
  {
    dataset_id: varchar({ length: 36 }).primaryKey(),
    name: varchar({ length: 255 }).notNull(),
    schema: text(),
    profile: text(),
    digest: varchar({ length: 64 }),
    created_time: int64(),
    last_update_time: int64(),
    created_by: varchar({ length: 255 }),
    last_updated_by: varchar({ length: 255 }),
    workspace: workspaceName(),
  },
  (table) => [
    index('idx_evaluation_datasets_workspace').on(table.workspace),
    index('index_evaluation_datasets_created_time').on(table.created_time),
    index('index_evaluation_datasets_name').on(table.name),
  ],
);

/** A tag of an evaluation dataset. */
export const evaluationDatasetTags = mlflow.table(
  'evaluation_dataset_tags',
  {
    dataset_id: varchar({ length: 36 }).notNull(),
    key: varchar({ length: 255 }).notNull(),
    value: varchar({ length: 5000 }),
  },
  (table) => [primaryKey({ columns: [table.dataset_id, table.key] })],
);

/** A record of one. Its JSON columns hold whatever users send. */
export const evaluationDatasetRecords = mlflow.table(
  'evaluation_dataset_records',
  {
    dataset_record_id: varchar({ length: 36 }).primaryKey(),
    dataset_id: varchar({ length: 36 }).notNull(),
    inputs: object().notNull(),
    expectations: object(),
    tags: object(),
    source: object(),
    source_id: varchar({ length: 36 }),
    source_type: varchar({ length: 255 }),
    created_time: int64(),
    last_update_time: int64(),
    created_by: varchar({ length: 255 }),
    last_updated_by: varchar({ length: 255 }),
    input_hash: varchar({ length: 64 }).notNull(),
    outputs: object(),
  },
  (table) => [index('index_evaluation_dataset_records_dataset_id').on(table.dataset_id)],
);

/** An edge between any two things, for example trace and run. */
export const entityAssociations = mlflow.table(
  'entity_associations',
  {
    association_id: varchar({ length: 36 }).notNull(),
    source_type: varchar({ length: 36 }).notNull(),
    source_id: varchar({ length: 36 }).notNull(),
    destination_type: varchar({ length: 36 }).notNull(),
    destination_id: varchar({ length: 36 }).notNull(),
    created_time: int64(),
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
    index('index_entity_associations_association_id').on(table.association_id),
    index('index_entity_associations_reverse_lookup').on(
      table.destination_type,
      table.destination_id,
      table.source_type,
      table.source_id,
    ),
  ],
);
