import { type TableName, tableNames } from '../../ddl/index.js';

/** Ours alone: no source has them. */
const OWN_TABLES: ReadonlySet<string> = new Set<TableName>([
  'experiment_names',
  'registered_model_names',
  'sequences',
  'intents',
  'webhook_deliveries',
  'schema_migration',
  'schema_version',
]);

/**
 * Experiments first: their ids and names are taken then, whatever a server does meanwhile. Runs and
 * traces after all that belongs to them, so that none is seen without it.
 */
const FIRST: readonly TableName[] = ['workspaces', 'experiments', 'experiment_tags'];
const LAST: readonly TableName[] = ['runs', 'trace_info', 'logged_models'];

/** MLflow's tables, in the order in which they are written. */
export const importOrder: readonly TableName[] = [
  ...FIRST,
  ...tableNames.filter(
    (name) => !OWN_TABLES.has(name) && !FIRST.includes(name) && !LAST.includes(name),
  ),
  ...LAST,
];
