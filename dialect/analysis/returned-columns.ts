import {
  AliasNode,
  ColumnNode,
  type OperationNode,
  ReferenceNode,
  type ReturningNode,
} from 'kysely';

import type { AnyQueryNode } from './nodes.js';

/** What comes back of rows that the statement may have updated; see `StatementAnalysis`. */
export function returnedOfUpdated(query: AnyQueryNode): readonly string[] | 'all' | undefined {
  if (query.kind === 'UpdateQueryNode') return columnsOf(query.returning);
  // Of a conflict, DO NOTHING returns no row.
  if (query.kind === 'InsertQueryNode' && query.onConflict?.updates !== undefined) {
    return columnsOf(query.returning);
  }
  return undefined;
}

function columnsOf(returning: ReturningNode | undefined): readonly string[] | 'all' | undefined {
  if (returning === undefined) return undefined;
  const columns: string[] = [];
  for (const { selection } of returning.selections) {
    const column = columnOf(selection);
    if (column === undefined) return 'all';
    columns.push(column);
  }
  return columns;
}

function columnOf(node: OperationNode): string | undefined {
  if (AliasNode.is(node)) return columnOf(node.node);
  if (ReferenceNode.is(node)) return columnOf(node.column);
  return ColumnNode.is(node) ? node.column.name : undefined;
}
