import {
  AndNode,
  BinaryOperationNode,
  CastNode,
  ColumnNode,
  type OperationNode,
  OperatorNode,
  OrNode,
  ParensNode,
  RawNode,
  ReferenceNode,
  TableNode,
  ValueListNode,
  ValueNode,
} from 'kysely';

import { childNodes, isQueryNode } from './nodes.js';

/**
 * What a WHERE says about the columns of its one table, in the terms in which CrateDB decides
 * whether it can get the rows by their keys.
 */
export interface KeyConditions {
  /** Columns that are fixed, and by how many values: `= value`, or IN a list of literals. */
  readonly fixed: ReadonlyMap<string, number>;
  /** How many ORs of equalities there are. */
  readonly ors: number;
  /** Columns in any other condition. One on a key column turns the lookup into a search. */
  readonly others: ReadonlySet<string>;
  /** There are other conditions. */
  readonly further: boolean;
  /** A condition that can't be seen through: raw SQL, or a subquery. */
  readonly opaque: boolean;
}

/** With both of them, an UPDATE or DELETE by key is a compare-and-set, and still a lookup. */
const VERSION_COLUMNS = ['_seq_no', '_primary_term'];

/**
 * CrateDB tries all combinations of the values that the key columns are compared with, and one more
 * per column; from 10,000 of them on it gives up, without a word, and searches. Keys that stand in
 * an OR count for every branch: 98 keys of two columns, 3 of six. An IN list on one column of two:
 * 4,998. Half of it is kept as a distance.
 */
const MAX_COMBINATIONS = 5000;

/**
 * Whether CrateDB reads these rows by their keys, at once and newest, without a REFRESH. What isn't
 * surely so is a search.
 */
export function isLookup(
  conditions: KeyConditions,
  keys: readonly string[],
  forWrite: boolean,
): boolean {
  const { fixed, ors, others, further, opaque } = conditions;
  if (keys.length === 0 || opaque) return false;
  let combinations = 1;
  for (const key of keys) {
    const values = fixed.get(key);
    if (values === undefined || others.has(key)) return false;
    combinations *= values + 1;
  }
  if (combinations > MAX_COMBINATIONS) return false;
  const extra = [...fixed.keys()].filter((column) => !keys.includes(column));
  const nothingElse = !further && extra.length === 0;
  // `a = 1 AND (b = 1 OR b = 2) AND c = 3` is a search for some conditions on c, a get for others.
  if (ors > 0) return ors === 1 && nothingElse;
  if (!forWrite) return true;
  return (
    nothingElse ||
    (!further && extra.length === 2 && VERSION_COLUMNS.every((column) => fixed.get(column) === 1))
  );
}

/** @param name what the table is called in a reference: its alias, or its own name */
export function readKeyConditions(where: OperationNode, name: string): KeyConditions {
  const node = unwrap(where);
  if (AndNode.is(node)) {
    const parts: OperationNode[] = [];
    flatten(node, 'AndNode', parts);
    return parts.map((part) => readKeyConditions(part, name)).reduce(both);
  }
  if (OrNode.is(node)) {
    const parts: OperationNode[] = [];
    flatten(node, 'OrNode', parts);
    const branches = parts.map((part) => readKeyConditions(part, name));
    return either(node, branches);
  }
  return readFixed(node, name) ?? other(node);
}

const NOTHING: KeyConditions = {
  fixed: new Map(),
  ors: 0,
  others: new Set(),
  further: false,
  opaque: false,
};

function both(left: KeyConditions, right: KeyConditions): KeyConditions {
  return {
    fixed: sum(left.fixed, right.fixed),
    ors: left.ors + right.ors,
    others: new Set([...left.others, ...right.others]),
    further: left.further || right.further,
    opaque: left.opaque || right.opaque,
  };
}

/** An OR fixes columns only if each branch fixes the same ones, by one value, and nothing else. */
function either(node: OperationNode, branches: readonly KeyConditions[]): KeyConditions {
  const [first] = branches;
  const alike =
    first !== undefined &&
    branches.every(
      ({ fixed, ors, further }) =>
        !further &&
        ors === 0 &&
        fixed.size === first.fixed.size &&
        [...fixed].every(([column, values]) => values === 1 && first.fixed.has(column)),
    );
  if (!alike) return other(node);
  const fixed = new Map([...first.fixed.keys()].map((column) => [column, branches.length]));
  return { ...NOTHING, fixed, ors: 1 };
}

function sum(
  left: ReadonlyMap<string, number>,
  right: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  if (left.size === 0) return right;
  const total = new Map(left);
  for (const [column, values] of right) total.set(column, (total.get(column) ?? 0) + values);
  return total;
}

function other(node: OperationNode): KeyConditions {
  const columns = new Set<string>();
  const opaque = collectColumns(node, columns);
  return { ...NOTHING, others: columns, further: true, opaque };
}

function collectColumns(node: OperationNode, columns: Set<string>): boolean {
  if (ColumnNode.is(node)) columns.add(node.column.name);
  if (isQueryNode(node)) return true;
  if (RawNode.is(node) && node.sqlFragments.some((fragment) => /[\w"]/.test(fragment))) return true;
  let opaque = false;
  for (const child of childNodes(node)) if (collectColumns(child, columns)) opaque = true;
  return opaque;
}

/** Iterative: a multi-get has a thousand branches, nested to the left. */
function flatten(node: OperationNode, kind: 'AndNode' | 'OrNode', parts: OperationNode[]): void {
  const stack = [node];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const current = unwrap(next);
    if ((AndNode.is(current) || OrNode.is(current)) && current.kind === kind) {
      stack.push(current.right, current.left);
    } else {
      parts.push(current);
    }
  }
}

function readFixed(node: OperationNode, name: string): KeyConditions | undefined {
  if (!BinaryOperationNode.is(node) || !OperatorNode.is(node.operator)) return undefined;
  const left = unwrap(node.leftOperand);
  const right = unwrap(node.rightOperand);
  let column: string | undefined;
  let values = 1;
  if (node.operator.operator === '=') {
    if (isValue(right)) column = columnOf(left, name);
    else if (isValue(left)) column = columnOf(right, name);
  } else if (node.operator.operator === 'in' && ValueListNode.is(right)) {
    // With parameters in the list it is a search.
    if (right.values.every((value) => isLiteral(unwrap(value)))) column = columnOf(left, name);
    values = right.values.length;
  }
  return column === undefined ? undefined : { ...NOTHING, fixed: new Map([[column, values]]) };
}

function isValue(node: OperationNode): boolean {
  return ValueNode.is(node) || (CastNode.is(node) && ValueNode.is(unwrap(node.expression)));
}

function isLiteral(node: OperationNode): boolean {
  return ValueNode.is(node) && node.immediate === true;
}

function columnOf(node: OperationNode, name: string): string | undefined {
  if (ColumnNode.is(node)) return node.column.name;
  if (!ReferenceNode.is(node) || !ColumnNode.is(node.column)) return undefined;
  if (node.table !== undefined) {
    if (!TableNode.is(node.table) || node.table.table.identifier.name !== name) return undefined;
  }
  return node.column.column.name;
}

/** Without parentheses, and without the empty raw node that `sql.lit` and `sql.ref` make. */
function unwrap(node: OperationNode): OperationNode {
  let current = node;
  for (;;) {
    if (ParensNode.is(current)) {
      current = current.node;
    } else if (RawNode.is(current) && current.sqlFragments.every((fragment) => fragment === '')) {
      const [child, ...rest] = current.parameters;
      if (child === undefined || rest.length > 0) return current;
      current = child;
    } else {
      return current;
    }
  }
}
