import { type TableName, tableNames } from '../../ddl/index.js';

/** Ours alone: no source has them. */
export const OWN_TABLES: ReadonlySet<string> = new Set<TableName>([
  'experiment_names',
  'registered_model_names',
  'sequences',
  'intents',
  'webhook_deliveries',
  'schema_migration',
  'schema_version',
]);

/**
 * Experiments first: their ids and names are taken then, whatever a server does meanwhile. Runs,
 * traces and models after all that belongs to them, so that none is seen without it: a server on the
 * target takes in a registered model as soon as its row is there.
 */
const FIRST: readonly TableName[] = ['workspaces', 'experiments', 'experiment_tags'];
const LAST: readonly TableName[] = [
  'model_versions',
  'registered_models',
  'runs',
  'trace_info',
  'logged_models',
];

/** MLflow's tables, in the order in which they are written. */
export const importOrder: readonly TableName[] = [
  ...FIRST,
  ...tableNames.filter(
    (name) => !OWN_TABLES.has(name) && !FIRST.includes(name) && !LAST.includes(name),
  ),
  ...LAST,
];
