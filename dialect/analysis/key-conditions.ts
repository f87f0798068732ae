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
  /** Columns that are fixed: `= value`, or IN a list of literals. */
  readonly fixed: ReadonlySet<string>;
  /** Columns that stand in an OR of equalities; there, only key columns may. */
  readonly inOr: ReadonlySet<string>;
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
 * Whether CrateDB reads these rows by their keys, at once and newest, without a REFRESH. What isn't
 * surely so is a search.
 */
export function isLookup(
  conditions: KeyConditions,
  keys: readonly string[],
  forWrite: boolean,
): boolean {
  const { fixed, inOr, others, further, opaque } = conditions;
  if (keys.length === 0 || opaque) return false;
  if (!keys.every((key) => fixed.has(key))) return false;
  if (keys.some((key) => others.has(key))) return false;
  for (const column of inOr) if (!keys.includes(column)) return false;
  if (!forWrite) return true;
  if (further) return false;
  const extra = [...fixed].filter((column) => !keys.includes(column));
  return (
    extra.length === 0 ||
    (extra.length === 2 && VERSION_COLUMNS.every((column) => extra.includes(column)))
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
  const column = fixedColumn(node, name);
  return column === undefined ? other(node) : { ...NOTHING, fixed: new Set([column]) };
}

const EMPTY: ReadonlySet<string> = new Set();
const NOTHING: KeyConditions = {
  fixed: EMPTY,
  inOr: EMPTY,
  others: EMPTY,
  further: false,
  opaque: false,
};

function both(left: KeyConditions, right: KeyConditions): KeyConditions {
  return {
    fixed: union(left.fixed, right.fixed),
    inOr: union(left.inOr, right.inOr),
    others: union(left.others, right.others),
    further: left.further || right.further,
    opaque: left.opaque || right.opaque,
  };
}

function union(left: ReadonlySet<string>, right: ReadonlySet<string>): ReadonlySet<string> {
  if (right.size === 0) return left;
  return left.size === 0 ? right : new Set([...left, ...right]);
}

/** An OR fixes columns only if each of its branches fixes the same ones and says nothing else. */
function either(node: OperationNode, branches: readonly KeyConditions[]): KeyConditions {
  const [first] = branches;
  const alike =
    first !== undefined &&
    branches.every(
      ({ fixed, further, opaque }) =>
        !further &&
        !opaque &&
        fixed.size === first.fixed.size &&
        [...fixed].every((column) => first.fixed.has(column)),
    );
  return alike ? { ...NOTHING, fixed: first.fixed, inOr: first.fixed } : other(node);
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

function fixedColumn(node: OperationNode, name: string): string | undefined {
  if (!BinaryOperationNode.is(node) || !OperatorNode.is(node.operator)) return undefined;
  const left = unwrap(node.leftOperand);
  const right = unwrap(node.rightOperand);
  if (node.operator.operator === '=') {
    if (isValue(right)) return columnOf(left, name);
    return isValue(left) ? columnOf(right, name) : undefined;
  }
  // With parameters in the list it is a search.
  if (node.operator.operator === 'in' && ValueListNode.is(right)) {
    return right.values.every((value) => isLiteral(unwrap(value))) ? columnOf(left, name) : undefined;
  }
  return undefined;
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
