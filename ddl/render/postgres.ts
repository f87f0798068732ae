import {
  qualified,
  quoteName,
  quoteNames,
  tableShapes,
  type ColumnShape,
  type IndexShape,
  type TableShape,
} from './table.js';

export interface PostgresRenderOptions {
  /** Default: `mlflow`. */
  readonly schema?: string | undefined;
}

/**
 * `CREATE SCHEMA`, then per table a `CREATE TABLE` and its indexes, all `IF NOT EXISTS`, without a
 * final semicolon. Indexes are MLflow's own, but for those that a primary key already serves.
 *
 * @see https://www.postgresql.org/docs/current/sql-createtable.html
 */
export function renderPostgres(options: PostgresRenderOptions = {}): string[] {
  const schema = options.schema ?? 'mlflow';
  return [
    `CREATE SCHEMA IF NOT EXISTS ${quoteName(schema)}`,
    ...tableShapes().flatMap((table) => renderPostgresTable(table, schema)),
  ];
}

export function renderPostgresTable(table: TableShape, schema = 'mlflow'): string[] {
  const name = qualified(schema, table.name);
  const lines = [
    ...table.columns.map(postgresColumn),
    `PRIMARY KEY (${quoteNames(table.primaryKey)})`,
  ].map((line) => `  ${line}`);
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (\n${lines.join(',\n')}\n)`,
    ...table.indexes.map((index) => renderPostgresIndex(table.name, index, schema)),
  ];
}

export function renderPostgresIndex(table: string, index: IndexShape, schema: string): string {
  return (
    `CREATE INDEX IF NOT EXISTS ${quoteName(index.name)}` +
    ` ON ${qualified(schema, table)} (${quoteNames(index.columns)})`
  );
}

/** A column as CREATE TABLE and ADD COLUMN spell it. */
export function postgresColumn(column: ColumnShape): string {
  const parts = [quoteName(column.name), column.type.toUpperCase()];
  if (column.generated !== undefined) {
    parts.push(`GENERATED ALWAYS AS (${column.generated}) STORED`);
  }
  if (column.default !== undefined) parts.push(`DEFAULT ${postgresDefault(column.default)}`);
  if (column.notNull) parts.push('NOT NULL');
  return parts.join(' ');
}

/** PostgreSQL's spelling of a default of the definitions. */
export function postgresDefault(expression: string): string {
  return expression === 'gen_random_text_uuid()' ? 'gen_random_uuid()::text' : expression;
}
