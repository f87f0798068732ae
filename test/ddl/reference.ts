import { readFileSync } from 'node:fs';

import type { TableShape } from '../../ddl/render/table.js';

export interface ReferenceTable {
  readonly primaryKey: readonly string[];
  /** Name to type, with ` NOT NULL` where it is so, in order. */
  readonly columns: Readonly<Record<string, string>>;
}

/** The tables that SQL, dashboards and programs written for MLflow in CrateDB expect. */
export const reference = JSON.parse(
  readFileSync(new URL('reference-schema.json', import.meta.url), 'utf8'),
) as Record<string, ReferenceTable>;

/** Where ours is stronger, on purpose: `table.column` to our type. Each has its note. */
export const stronger: Record<string, string> = {
  'logged_model_metrics.metric_value': 'DOUBLE PRECISION',
  'budget_policies.budget_amount': 'DOUBLE PRECISION NOT NULL',
  'endpoints.experiment_id': 'BIGINT',
  'issues.experiment_id': 'BIGINT NOT NULL',
  'evaluation_dataset_records.inputs': 'OBJECT(IGNORED) NOT NULL',
  'evaluation_dataset_records.expectations': 'OBJECT(IGNORED)',
  'evaluation_dataset_records.tags': 'OBJECT(IGNORED)',
  'evaluation_dataset_records.source': 'OBJECT(IGNORED)',
  'evaluation_dataset_records.outputs': 'OBJECT(IGNORED)',
  'jobs.status_details': 'OBJECT(IGNORED)',
  'spans.dimension_attributes': 'OBJECT(IGNORED)',
};

export const strongerKeys: Record<string, readonly string[]> = {
  metrics: ['run_uuid', 'key', 'timestamp', 'step', 'value', 'is_nan'],
};

/** Columns of ours in tables of the reference. */
export const ownColumns: Record<string, Record<string, string>> = {
  ...Object.fromEntries(
    [
      'registered_models',
      'registered_model_tags',
      'registered_model_aliases',
      'model_versions',
      'model_version_tags',
    ].map((table) => [table, { generation: 'BIGINT' }]),
  ),
  webhooks: { events: 'TEXT' },
};

export const ownTables = ['experiment_names', 'intents', 'registered_model_names', 'schema_migration', 'schema_version', 'sequences', 'webhook_deliveries'];

/** A column of the reference as ours should be: synonyms resolved, key columns never null. */
export function expectedType(table: string, column: string): string {
  const { primaryKey, columns } = reference[table]!;
  const type = stronger[`${table}.${column}`] ?? columns[column]!;
  const normal = type.replace(/^DOUBLE(?! PRECISION)/, 'DOUBLE PRECISION');
  const isNullableKey = primaryKey.includes(column) && !normal.endsWith(' NOT NULL');
  return isNullableKey ? `${normal} NOT NULL` : normal;
}

export function crateType(column: TableShape['columns'][number]): string {
  const type = column.type === 'jsonb' ? 'OBJECT(IGNORED)' : column.type.toUpperCase();
  return column.notNull ? `${type} NOT NULL` : type;
}
