import type { TableDefinition } from '../table-definition.js';
import type { ResolvedTarget } from '../target.js';
import { crateColumn, renderCrateTable } from './cratedb.js';
import { postgresColumn, renderPostgresTable } from './postgres.js';
import { qualified, type ColumnShape } from './table.js';

/** The statements that make one table with its indexes. */
export function renderTable(table: TableDefinition, target: ResolvedTarget): string[] {
  return target.engine === 'cratedb'
    ? [renderCrateTable(table, target)]
    : renderPostgresTable(table, target.schema);
}

/** CrateDB knows no `ADD COLUMN IF NOT EXISTS`: whoever sends this looks first. */
export function renderAddColumn(
  table: string,
  column: ColumnShape,
  largeText: boolean,
  target: ResolvedTarget,
): string {
  const text =
    target.engine === 'cratedb' ? crateColumn(column, largeText) : postgresColumn(column);
  return `ALTER TABLE ${qualified(target.schema, table)} ADD COLUMN ${text}`;
}
