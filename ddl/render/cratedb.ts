import { tableDefinitions, type TableDefinition } from '../table-definition.js';
import { qualified, quoteName, quoteNames, quoteText, type ColumnShape } from './table.js';

/** Where and how the tables are made on CrateDB. */
export interface CrateRenderOptions {
  /** Default: `mlflow`. */
  readonly schema?: string | undefined;
  /** Primary shards of every table, instead of ddl/storage.ts. */
  readonly shards?: number | undefined;
  /** `number_of_replicas` of every table, instead of ddl/storage.ts. */
  readonly replicas?: number | string | undefined;
}

/**
 * One `CREATE TABLE IF NOT EXISTS` per table, in order of creation, without a final semicolon.
 * The schema needs no statement: CrateDB makes it with its first table.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-table.html
 */
export function renderCrate(options: CrateRenderOptions = {}): string[] {
  return tableDefinitions().map((table) => renderCrateTable(table, options));
}

export function renderCrateTable(
  table: TableDefinition,
  options: CrateRenderOptions = {},
): string {
  const { storage } = table;
  const lines = [
    ...table.columns.map((column) =>
      crateColumn(column, storage.largeText.includes(column.name)),
    ),
    `PRIMARY KEY (${quoteNames(table.primaryKey)})`,
  ];
  const clusteredBy =
    storage.clusteredBy === undefined ? '' : ` BY (${quoteName(storage.clusteredBy)})`;
  const shards = options.shards ?? storage.shards;
  const replicas = String(options.replicas ?? storage.replicas);
  return [
    `CREATE TABLE IF NOT EXISTS ${qualified(options.schema ?? 'mlflow', table.name)} (`,
    lines.map((line) => `  ${line}`).join(',\n'),
    `) CLUSTERED${clusteredBy} INTO ${String(shards)} SHARDS`,
    `WITH (number_of_replicas = ${quoteText(replicas)})`,
  ].join('\n');
}

/** A column as CREATE TABLE and ADD COLUMN spell it. */
export function crateColumn(column: ColumnShape, large: boolean): string {
  const parts = [quoteName(column.name), crateType(column.type)];
  if (column.generated !== undefined) parts.push(`GENERATED ALWAYS AS (${column.generated})`);
  if (column.default !== undefined) parts.push(`DEFAULT ${column.default}`);
  if (column.notNull) parts.push('NOT NULL');
  if (large) parts.push('INDEX OFF STORAGE WITH (columnstore = false)');
  return parts.join(' ');
}

/** From this length on a VARCHAR holds what users write, below it ids and words of MLflow's own. */
const USER_TEXT_LENGTH = 250;

/** CrateDB's type for a type of the definitions. */
export function crateType(type: string): string {
  if (type === 'jsonb') return 'OBJECT(IGNORED)';
  const length = Number(/^varchar\((\d+)\)$/.exec(type)?.[1] ?? 0);
  // CrateDB counts UTF-16 units, MLflow and PostgreSQL characters, of which one may take two.
  if (length >= USER_TEXT_LENGTH) return `VARCHAR(${String(length * 2)})`;
  return type.toUpperCase();
}
