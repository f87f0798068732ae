import {
  AliasNode,
  IdentifierNode,
  ListNode,
  type OperationNode,
  RawNode,
  TableNode,
  UsingNode,
} from 'kysely';

import type { AnyQueryNode } from './nodes.js';

/** Something a query reads from or writes to: an item of FROM, JOIN, INTO, UPDATE or USING. */
export interface Source {
  /** The table, where it is one and no subquery or function. */
  readonly table: TableNode | undefined;
  readonly alias: string | undefined;
}

/** All sources of one query, its subqueries left aside. */
export function sourcesOf(query: AnyQueryNode): Source[] {
  const sources: Source[] = [];
  switch (query.kind) {
    case 'SelectQueryNode':
      for (const item of query.from?.froms ?? []) addSource(item, sources);
      break;
    case 'InsertQueryNode':
      if (query.into !== undefined) addSource(query.into, sources);
      return sources;
    case 'UpdateQueryNode':
      if (query.table !== undefined) addSource(query.table, sources);
      for (const item of query.from?.froms ?? []) addSource(item, sources);
      break;
    case 'DeleteQueryNode':
      for (const item of query.from.froms) addSource(item, sources);
      if (query.using !== undefined) addSource(query.using, sources);
      break;
  }
  for (const join of query.joins ?? []) addSource(join.table, sources);
  return sources;
}

/** Tables that raw SQL names by `sql.table`, whatever stands around them. */
export function rawTables(node: OperationNode): TableNode[] {
  if (!RawNode.is(node)) return [];
  return node.parameters.flatMap((parameter) =>
    TableNode.is(parameter) ? [parameter] : rawTables(parameter),
  );
}

function addSource(node: OperationNode, sources: Source[]): void {
  if (TableNode.is(node)) {
    sources.push({ table: node, alias: undefined });
  } else if (AliasNode.is(node)) {
    const alias = IdentifierNode.is(node.alias) ? node.alias.name : undefined;
    sources.push({ table: TableNode.is(node.node) ? node.node : undefined, alias });
  } else if (ListNode.is(node)) {
    for (const item of node.items) addSource(item, sources);
  } else if (UsingNode.is(node)) {
    for (const item of node.tables) addSource(item, sources);
  } else {
    sources.push({ table: undefined, alias: undefined });
  }
}
