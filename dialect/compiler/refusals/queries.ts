import type {
  CommonTableExpressionNode,
  FetchNode,
  JoinNode,
  LimitNode,
  OperationNode,
  SelectModifierNode,
  SelectQueryNode,
  WithNode,
} from 'kysely';

import { type KindRules, type Refusal, rulesOf } from './rule.js';

export const TOP = { what: 'TOP', instead: 'Use limit(…).' };

export const DISTINCT_ON: Refusal = {
  what: 'DISTINCT ON',
  instead: 'Use row_number() OVER (PARTITION BY … ORDER BY …) = 1 in a subquery, or max_by(…).',
};

const LATERAL = {
  what: 'LATERAL',
  instead:
    'Use a correlated subquery that gives one value, or a join with a subquery that numbers its rows by row_number() OVER (PARTITION BY …).',
};

export const ROW_LOCKS: Refusal = {
  what: 'row locks (FOR UPDATE and the like)',
  instead: 'Change a row by one atomic statement on its primary key.',
};

export const CORRELATED_TWICE: Refusal = {
  what: 'correlation over more than one level of subqueries',
  instead: "A subquery sees the tables of the query around it, not of that one's own surroundings.",
};

const LOCKING_MODIFIERS = new Set([
  'ForUpdate',
  'ForNoKeyUpdate',
  'ForShare',
  'ForKeyShare',
  'NoWait',
  'SkipLocked',
]);

const LATERAL_JOINS = new Set([
  'LateralInnerJoin',
  'LateralLeftJoin',
  'LateralCrossJoin',
  'CrossApply',
  'OuterApply',
]);

/** Of SELECT, and of what stands in any query. */
export const QUERY_REFUSALS: readonly KindRules[] = [
  rulesOf<SelectQueryNode>('SelectQueryNode', [
    {
      when: ({ distinctOn }) => distinctOn !== undefined && distinctOn.length > 0,
      ...DISTINCT_ON,
    },
    { when: ({ top }) => top !== undefined, ...TOP },
  ]),
  rulesOf<SelectModifierNode>('SelectModifierNode', [
    {
      when: ({ modifier }) => modifier !== undefined && LOCKING_MODIFIERS.has(modifier),
      ...ROW_LOCKS,
    },
  ]),
  rulesOf<JoinNode>('JoinNode', [
    { when: ({ joinType }) => LATERAL_JOINS.has(joinType), ...LATERAL },
  ]),
  rulesOf<WithNode>('WithNode', [
    {
      when: ({ recursive }) => recursive === true,
      what: 'recursive CTEs',
      instead:
        'Read one level per query, store the whole path with each row, or use generate_series for numbers and dates.',
    },
  ]),
  rulesOf<CommonTableExpressionNode>('CommonTableExpressionNode', [
    {
      when: ({ materialized }) => materialized === true,
      what: 'MATERIALIZED CTEs',
      instead: 'Leave it out: a CTE is planned as a part of the query wherever it is used.',
    },
    {
      when: ({ expression }) =>
        expression.kind === 'InsertQueryNode' ||
        expression.kind === 'UpdateQueryNode' ||
        expression.kind === 'DeleteQueryNode' ||
        expression.kind === 'MergeQueryNode',
      what: 'INSERT, UPDATE or DELETE inside of WITH',
      instead: 'Send them as statements of their own, with RETURNING.',
    },
  ]),
  rulesOf('SetOperationNode', (node: OperationNode & { readonly operator?: string }) =>
    node.operator === 'intersect' || node.operator === 'except'
      ? {
          what: node.operator.toUpperCase(),
          instead: `Use ${node.operator === 'except' ? 'NOT EXISTS' : 'EXISTS'} with a correlated subquery, and IS NOT DISTINCT FROM where a column may be null.`,
        }
      : undefined,
  ),
  rulesOf<FetchNode>('FetchNode', [
    {
      when: ({ modifier }) => modifier === 'with ties',
      what: 'WITH TIES',
      instead: 'Use rank() OVER (ORDER BY …) <= n in a subquery.',
    },
  ]),
  rulesOf<LimitNode>('LimitNode', [
    {
      when: ({ limit }) => limit.kind === 'SelectQueryNode',
      what: 'subqueries in LIMIT',
      instead: 'Read the number first.',
    },
  ]),
  rulesOf('CollateNode', [
    {
      what: 'COLLATE',
      instead: 'Texts are ordered by their code points. Order by lower(…), or sort in the program.',
    },
  ]),
];
