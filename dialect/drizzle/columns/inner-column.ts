import { type ColumnBuilderBase, getTableColumns } from 'drizzle-orm';
import { type PgColumn, type PgColumnBuilderBase, pgTable } from 'drizzle-orm/pg-core';

/** The column that a builder makes, for use inside of another type. */
export function innerColumn(builder: PgColumnBuilderBase): PgColumn {
  const { column } = getTableColumns(pgTable('inner', { column: builder }));
  return column;
}

/** What a column of this builder holds, without null. */
export type DataOf<Builder extends ColumnBuilderBase> = Builder['_'] extends { $type: infer Type }
  ? Type
  : Builder['_']['data'];
