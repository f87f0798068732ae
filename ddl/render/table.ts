import { is, SQL } from 'drizzle-orm';
import { getTableConfig, PgDialect, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';

import { tables, type TableName } from '../schema/index.js';

/** A table as the renderers read it: plain values, nothing of drizzle's. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly ColumnShape[];
  readonly primaryKey: readonly string[];
  readonly indexes: readonly IndexShape[];
}

export interface ColumnShape {
  readonly name: string;
  /** PostgreSQL's name of the type, in lower case: `varchar(36)`, `bigint`, `jsonb`. */
  readonly type: string;
  readonly notNull: boolean;
  /** The literal or expression after DEFAULT. */
  readonly default?: string;
  /** The expression of a generated column. */
  readonly generated?: string;
}

export interface IndexShape {
  readonly name: string;
  readonly columns: readonly string[];
}

/** All tables, in order of creation. */
export function tableShapes(): (TableShape & { readonly name: TableName })[] {
  return Object.entries(tables).map(([name, table]) => shapeOf(name as TableName, table));
}

function shapeOf<Name extends string>(
  name: Name,
  table: PgTable,
): TableShape & { readonly name: Name } {
  const config = getTableConfig(table);
  const composite = config.primaryKeys[0]?.columns ?? [];
  const primaryKey = (
    composite.length > 0 ? composite : config.columns.filter((column) => column.primary)
  ).map((column) => column.name);
  return {
    name,
    columns: config.columns.map(columnShape),
    primaryKey,
    indexes: config.indexes.map(({ config: { name: indexName, columns } }) => ({
      name: indexName ?? `index_${name}_${columns.map(indexedName).join('_')}`,
      columns: columns.map(indexedName),
    })),
  };
}

function columnShape(column: PgColumn): ColumnShape {
  const generated = column.generated?.as;
  return {
    name: column.name,
    type: column.getSQLType(),
    notNull: column.notNull,
    ...(column.default === undefined ? {} : { default: sqlText(column.default) }),
    ...(generated === undefined ? {} : { generated: sqlText(generated) }),
  };
}

function indexedName(column: unknown): string {
  if (typeof column === 'object' && column !== null && 'name' in column) {
    if (typeof column.name === 'string') return column.name;
  }
  throw new Error('An index on an expression is not rendered');
}

function sqlText(value: unknown): string {
  if (is(value, SQL)) return new PgDialect().sqlToQuery(value).sql;
  if (typeof value === 'string') return quoteText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`A default of type ${typeof value} is not rendered`);
}

export function quoteText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteNames(names: readonly string[]): string {
  return names.map(quoteName).join(', ');
}

/** `"schema"."table"` */
export function qualified(schema: string, name: string): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}
