import {
  AliasNode,
  CastNode,
  ColumnNode,
  IdentifierNode,
  type InsertQueryNode,
  type OperationNode,
  ParensNode,
  PrimitiveValueListNode,
  RawNode,
  ReferenceNode,
  SelectAllNode,
  type SelectQueryNode,
  ValueNode,
  ValuesNode,
} from 'kysely';

import type { RawInsert } from '../analysis/analysis.js';
import { childNodes } from '../analysis/nodes.js';

/** Values of one column, by the index of the row. */
type ColumnValues = (row: number) => unknown;

/** The rows that a multi-row INSERT sends. */
export interface SentRows {
  readonly count: number;
  /** DO NOTHING: rows that aren't written may be there already, which is no fault. */
  readonly ignoresConflicts: boolean;
  /** The columns that ON CONFLICT names. */
  readonly conflictColumns: readonly string[] | undefined;
  /** Undefined where the value is computed by the statement. */
  readonly column: (name: string) => ColumnValues | undefined;
}

/**
 * Undefined where CrateDB raises an error by itself (one row of VALUES), or where the statement may
 * leave rows out (WHERE, LIMIT, rows of a table).
 */
export function sentRows(insert: InsertQueryNode): SentRows | undefined {
  const source = insert.values === undefined ? undefined : unwrap(insert.values);
  if (source === undefined || insert.columns === undefined) return undefined;
  const columns = insert.columns.map((column) => column.column.name);
  const conflict = insert.onConflict;
  const common = {
    ignoresConflicts: conflict?.doNothing === true,
    conflictColumns: conflict?.columns?.map((column) => column.column.name),
  };
  if (ValuesNode.is(source)) {
    const count = source.values.length;
    if (count < 2) return undefined;
    return { ...common, count, column: (name) => listColumn(source, columns.indexOf(name)) };
  }
  if (source.kind !== 'SelectQueryNode') return undefined;
  const rows = unnestedRows(source as SelectQueryNode);
  if (rows === undefined) return undefined;
  return {
    ...common,
    count: rows.count,
    column: (name) => selectedColumn(source as SelectQueryNode, rows, columns.indexOf(name)),
  };
}

/** Of an INSERT by hand, whose columns aren't looked into. */
export function rawSentRows(
  insert: RawInsert,
  parameters: readonly unknown[],
): SentRows | undefined {
  const lengths = insert.arrays.map((number) => {
    const value = parameters[number - 1];
    return Array.isArray(value) ? value.length : 0;
  });
  const count = insert.rows ?? Math.max(0, ...lengths);
  // One row of VALUES raises by itself, and without keys a conflict can't be told from a refusal.
  if (insert.rows === 1 || insert.ignoresConflicts) return undefined;
  return { count, ignoresConflicts: false, conflictColumns: undefined, column: () => undefined };
}

interface UnnestedRows {
  readonly count: number;
  readonly arrays: readonly (readonly unknown[])[];
  /** Names of the columns, in the order of the arrays. */
  readonly names: readonly string[];
}

/** `SELECT … FROM UNNEST($1::text[], …) AS n(a, …)`, every row of it. */
function unnestedRows(select: SelectQueryNode): UnnestedRows | undefined {
  const [source, ...others] = select.from?.froms ?? [];
  const filtered =
    select.where ??
    select.limit ??
    select.offset ??
    select.fetch ??
    select.groupBy ??
    select.having ??
    select.joins ??
    select.setOperations ??
    select.frontModifiers;
  if (source === undefined || others.length > 0 || filtered !== undefined) return undefined;
  const call = AliasNode.is(source) ? source.node : source;
  if (!isUnnest(call)) return undefined;
  const arrays: (readonly unknown[])[] = [];
  collectArrays(call, arrays);
  if (arrays.length === 0) return undefined;
  const names: string[] = [];
  if (AliasNode.is(source)) collectNames(source.alias, names);
  return {
    count: Math.max(...arrays.map((array) => array.length)),
    arrays,
    // The first is the alias of the whole.
    names: names.slice(1),
  };
}

function isUnnest(node: OperationNode): boolean {
  if (RawNode.is(node)) return /^\s*unnest\s*\(/i.test(node.sqlFragments[0] ?? '');
  return (
    node.kind === 'FunctionNode' && (node as { func?: string }).func?.toLowerCase() === 'unnest'
  );
}

function collectArrays(node: OperationNode, arrays: (readonly unknown[])[]): void {
  if (ValueNode.is(node)) {
    if (Array.isArray(node.value)) arrays.push(node.value as unknown[]);
    return;
  }
  for (const child of childNodes(node)) collectArrays(child, arrays);
}

function collectNames(node: OperationNode, names: string[]): void {
  if (IdentifierNode.is(node)) names.push(node.name);
  else for (const child of childNodes(node)) collectNames(child, names);
}

function listColumn(values: ValuesNode, index: number): ColumnValues | undefined {
  if (index < 0) return undefined;
  const column: unknown[] = [];
  for (const row of values.values) {
    if (PrimitiveValueListNode.is(row)) {
      column.push(row.values[index]);
    } else {
      const value = row.values[index];
      const node = value === undefined ? undefined : constant(value);
      if (node === undefined) return undefined;
      column.push(node.value);
    }
  }
  return (row) => column[row];
}

function selectedColumn(
  select: SelectQueryNode,
  rows: UnnestedRows,
  index: number,
): ColumnValues | undefined {
  if (index < 0) return undefined;
  let position = 0;
  for (const { selection } of select.selections ?? []) {
    const node = unwrap(AliasNode.is(selection) ? selection.node : selection);
    if (isSelectAll(node)) {
      const array = rows.arrays[index - position];
      if (array !== undefined) return (row) => array[row];
      position += rows.arrays.length;
      continue;
    }
    if (position === index) return columnValues(node, rows);
    position += 1;
  }
  return undefined;
}

function isSelectAll(node: OperationNode): boolean {
  return SelectAllNode.is(node) || (ReferenceNode.is(node) && SelectAllNode.is(node.column));
}

function columnValues(node: OperationNode, rows: UnnestedRows): ColumnValues | undefined {
  const column = ReferenceNode.is(node) ? node.column : node;
  if (ColumnNode.is(column)) {
    const array = rows.arrays[rows.names.indexOf(column.column.name)];
    return array === undefined ? undefined : (row) => array[row];
  }
  const value = constant(node);
  return value === undefined ? undefined : () => value.value;
}

/** A value, perhaps cast. */
function constant(node: OperationNode): ValueNode | undefined {
  const inner = unwrap(node);
  if (ValueNode.is(inner)) return inner;
  return CastNode.is(inner) ? constant(inner.expression) : undefined;
}

function unwrap(node: OperationNode): OperationNode {
  if (ParensNode.is(node)) return unwrap(node.node);
  if (RawNode.is(node)) {
    const [child, ...rest] = node.parameters;
    const plain =
      child !== undefined &&
      rest.length === 0 &&
      // `$1`, `$1::text`, `CAST($1 AS text)`
      /^\s*(cast\s*\(\s*)?$/i.test(node.sqlFragments[0] ?? '') &&
      /^\s*(::\s*[\w ]+|as\s+[\w ]+\)\s*)?$/i.test(node.sqlFragments[1] ?? '');
    if (plain) return unwrap(child);
  }
  return node;
}
