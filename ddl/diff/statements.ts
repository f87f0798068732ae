import type { SchemaDefinition } from '../definition.js';
import { renderAddColumn, renderTable } from '../render/alter.js';
import { renderPostgresIndex } from '../render/postgres.js';
import { qualified, quoteText } from '../render/table.js';
import type { ResolvedTarget } from '../target.js';
import type { Difference, SchemaChange } from './change.js';

/** The difference with the statements that undo it, if it is safe to. */
export function withStatements(
  difference: Difference,
  definition: SchemaDefinition,
  target: ResolvedTarget,
): SchemaChange {
  return {
    ...difference,
    sql: difference.safe ? statementsFor(difference, definition, target) : [],
  };
}

function statementsFor(
  { kind, table: name, column: columnName, expected }: Difference,
  { tables }: SchemaDefinition,
  target: ResolvedTarget,
): string[] {
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) return [];
  switch (kind) {
    case 'missing-table':
      return renderTable(table, target);
    case 'missing-column': {
      const column = table.columns.find((candidate) => candidate.name === columnName);
      if (column === undefined) return [];
      const large = table.storage.largeText.includes(column.name);
      return [renderAddColumn(name, column, large, target)];
    }
    case 'missing-index':
      return table.indexes
        .filter(({ columns }) => columns.join(', ') === expected)
        .map((index) => renderPostgresIndex(name, index, target.schema));
    case 'column-policy':
      return [
        `ALTER TABLE ${qualified(target.schema, name)}` +
          ` SET (column_policy = ${quoteText(expected ?? '')})`,
      ];
    default:
      return [];
  }
}
