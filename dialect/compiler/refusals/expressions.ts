import type {
  AggregateFunctionNode,
  BinaryOperationNode,
  CaseNode,
  DataTypeNode,
  FunctionNode,
  OperationNode,
  OperatorNode,
  RawNode,
} from 'kysely';

import { refusedType } from '../data-types.js';
import { REFUSED_OPERATORS } from '../operators.js';
import { type KindRules, type Refusal, rulesOf } from './rule.js';

export const ROW_VALUES: Refusal = {
  what: 'row values',
  instead:
    'Compare column by column, or use wholeKeys(…) for many keys; (a, b) compared with a tuple of values, by =, !=, <, >, <=, >=, IN or NOT IN, is compiled to that. In place of (a, b) IN (SELECT …), use EXISTS.',
};

const JSON_FUNCTION = /^(jsonb?_agg|to_jsonb?|jsonb?_build_object)$/i;

/** What jsonArrayFrom, jsonObjectFrom and jsonBuildObject begin with. */
const JSON_HELPERS = /^(\(select (coalesce\(json_agg\(agg|to_json\(obj)\)|json_build_object\()/;

const JSON_FUNCTIONS = {
  what: 'json_agg, to_json and json_build_object',
  instead:
    'Objects and arrays come back as JavaScript values as they are: use array_agg(…), and for several columns an object, sql`{a = …, b = …}`.',
};

/** The aggregate functions that take DISTINCT. Of the last two it makes no difference. */
const WITH_DISTINCT = new Set(['count', 'avg', 'min', 'max']);

/** Of expressions. */
export const EXPRESSION_REFUSALS: readonly KindRules[] = [
  rulesOf<RawNode>('RawNode', ({ sqlFragments: [text = ''] }) =>
    JSON_HELPERS.test(text) ? JSON_FUNCTIONS : undefined,
  ),
  rulesOf<OperatorNode>('OperatorNode', ({ operator }) => {
    const known = REFUSED_OPERATORS[operator];
    return known && { what: known.what, instead: known.instead };
  }),
  rulesOf<BinaryOperationNode>('BinaryOperationNode', [
    {
      when: ({ operator, rightOperand }) =>
        operator.kind === 'OperatorNode' && isEmptyList(rightOperand),
      what: 'empty list for IN',
      instead: "Use Kysely's HandleEmptyInListsPlugin, or = ANY(…) with an array.",
    },
    {
      when: ({ operator }) =>
        operator.kind === 'OperatorNode' &&
        (operator as OperatorNode).operator === 'between symmetric',
      what: 'BETWEEN SYMMETRIC',
      instead: 'Use BETWEEN with the limits in order.',
    },
  ]),
  rulesOf('TupleNode', [ROW_VALUES]),
  rulesOf<AggregateFunctionNode>('AggregateFunctionNode', [
    { when: ({ func }) => JSON_FUNCTION.test(func), ...JSON_FUNCTIONS },
    {
      when: ({ orderBy }) => orderBy !== undefined,
      what: 'ORDER BY in an aggregate function',
      instead: 'Sort the array that comes back, or keep the order in a column of it.',
    },
    {
      when: ({ withinGroup }) => withinGroup !== undefined,
      what: 'WITHIN GROUP',
      instead: 'Use percentile(column, fraction).',
    },
    {
      when: ({ distinct, over }) => distinct === true && over !== undefined,
      what: 'DISTINCT in a window function',
      instead: 'Select the distinct rows in a subquery.',
    },
    {
      when: ({ distinct, func }) => distinct === true && !WITH_DISTINCT.has(func.toLowerCase()),
      what: 'DISTINCT in aggregate functions other than count, avg, min and max',
      instead: 'Aggregate over a subquery with SELECT DISTINCT; for arrays, array_unique(…).',
    },
    {
      when: ({ distinct, aggregated }) => distinct === true && aggregated.length > 1,
      what: 'DISTINCT on several columns in an aggregate function',
      instead: 'Count the rows of a subquery with SELECT DISTINCT.',
    },
  ]),
  rulesOf<FunctionNode>('FunctionNode', [
    { when: ({ func }) => JSON_FUNCTION.test(func), ...JSON_FUNCTIONS },
  ]),
  rulesOf<CaseNode>('CaseNode', [
    {
      when: ({ isStatement }) => isStatement === true,
      what: 'END CASE',
      instead: 'Use end().',
    },
  ]),
  rulesOf('JSONPathNode', [
    {
      what: 'JSON paths outside of a reference',
      instead: "Use eb.ref(column, '->').key(…): it is compiled to a subscript.",
    },
  ]),
  rulesOf<DataTypeNode>('DataTypeNode', ({ dataType }, parent) =>
    refusedType(dataType, parent?.kind !== 'CastNode'),
  ),
];

function isEmptyList(node: OperationNode): boolean {
  return (
    (node.kind === 'ValueListNode' || node.kind === 'PrimitiveValueListNode') &&
    (node as OperationNode & { readonly values: readonly unknown[] }).values.length === 0
  );
}
