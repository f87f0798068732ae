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
  TupleNode,
  UnaryOperationNode,
  ValueListNode,
  ValueNode,
} from 'kysely';

/** Of each comparison but the last, and of the last, that stand for one of whole rows. */
const ORDERINGS: Readonly<Record<string, string>> = { '<': '<', '<=': '<', '>': '>', '>=': '>' };

/**
 * Comparisons that CrateDB lacks, in terms of those that it has, with the same result for nulls:
 * rows of values (`(a, b) = (1, 2)`, `(a, b) IN ((1, 2), (3, 4))`, `(a, b) > (1, 2)`) and BETWEEN
 * SYMMETRIC. Undefined for all others, and where an operand would be evaluated more than once that
 * may not give the same value each time.
 */
export function expandComparison(node: OperationNode): OperationNode | undefined {
  if (!BinaryOperationNode.is(node) || !OperatorNode.is(node.operator)) return undefined;
  const { leftOperand: left, rightOperand: right } = node;
  const { operator } = node.operator;
  if (operator === 'between symmetric') return betweenSymmetric(left, right);
  if (!TupleNode.is(left)) return undefined;
  switch (operator) {
    case '=':
      return TupleNode.is(right) ? equal(left, right) : undefined;
    case '!=':
    case '<>':
      return TupleNode.is(right) ? not(equal(left, right)) : undefined;
    case 'in':
      return oneOf(left, right);
    case 'not in':
      return not(oneOf(left, right));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return TupleNode.is(right) ? ordered(left, operator, right) : undefined;
    default:
      return undefined;
  }
}

function betweenSymmetric(value: OperationNode, limits: OperationNode): OperationNode | undefined {
  if (!AndNode.is(limits)) return undefined;
  const { left, right } = limits;
  if (![value, left, right].every(isRepeatable)) return undefined;
  const between = (low: OperationNode, high: OperationNode) =>
    compare(value, 'between', AndNode.create(low, high));
  return ParensNode.create(OrNode.create(between(left, right), between(right, left)));
}

function equal(left: TupleNode, right: TupleNode): OperationNode | undefined {
  const pairs = pairsOf(left, right)?.map(([a, b]) => compare(a, '=', b));
  return pairs && ParensNode.create(pairs.reduce((all, pair) => AndNode.create(all, pair)));
}

function oneOf(left: TupleNode, list: OperationNode): OperationNode | undefined {
  if (!ValueListNode.is(list) || list.values.length === 0) return undefined;
  if (list.values.length > 1 && !left.values.every(isRepeatable)) return undefined;
  let any: OperationNode | undefined;
  for (const row of list.values) {
    const same = TupleNode.is(row) ? equal(left, row) : undefined;
    if (same === undefined) return undefined;
    any = any === undefined ? same : OrNode.create(any, same);
  }
  return any && (list.values.length === 1 ? any : ParensNode.create(any));
}

/** `(a, b) < (x, y)` is `a < x OR (a = x AND b < y)`. */
function ordered(left: TupleNode, operator: string, right: TupleNode): OperationNode | undefined {
  const pairs = pairsOf(left, right);
  if (pairs === undefined || !pairs.flat().every(isRepeatable)) return undefined;
  const strict = ORDERINGS[operator] ?? operator;
  return pairs.reduceRight<OperationNode | undefined>(
    (rest, [a, b]) =>
      rest === undefined
        ? compare(a, operator, b)
        : ParensNode.create(
            OrNode.create(
              compare(a, strict, b),
              ParensNode.create(AndNode.create(compare(a, '=', b), rest)),
            ),
          ),
    undefined,
  );
}

function not(node: OperationNode | undefined): OperationNode | undefined {
  return node && UnaryOperationNode.create(OperatorNode.create('not'), node);
}

function pairsOf(
  left: TupleNode,
  right: TupleNode,
): readonly (readonly [OperationNode, OperationNode])[] | undefined {
  const { values } = right;
  if (left.values.length === 0 || left.values.length !== values.length) return undefined;
  return left.values.flatMap((value, index) => {
    const other = values[index];
    return other === undefined ? [] : [[value, other] as const];
  });
}

function compare(left: OperationNode, operator: string, right: OperationNode): OperationNode {
  return BinaryOperationNode.create(left, OperatorNode.create(operator as '='), right);
}

/** Columns and values: the same each time they are evaluated, and cheap. */
function isRepeatable(node: OperationNode): boolean {
  if (ReferenceNode.is(node) || ColumnNode.is(node) || ValueNode.is(node)) return true;
  if (CastNode.is(node)) return isRepeatable(node.expression);
  if (ParensNode.is(node)) return isRepeatable(node.node);
  return (
    RawNode.is(node) &&
    node.sqlFragments.every((fragment) => fragment === '') &&
    node.parameters.every(isRepeatable)
  );
}
