import type {
  DefaultInsertValueNode,
  DeleteQueryNode,
  ExplainNode,
  InsertQueryNode,
  OnConflictNode,
  UpdateQueryNode,
} from 'kysely';

import { TOP } from './queries.js';
import { type KindRules, type Refusal, rulesOf } from './rule.js';

export const SUBQUERY_IN_DO_UPDATE: Refusal = {
  what: 'subqueries in DO UPDATE SET',
  instead: 'Insert what they give, and refer to it as excluded.column.',
};

export const SUBQUERY_IN_RETURNING: Refusal = {
  what: 'subqueries in RETURNING',
  instead: 'Read it by a query of its own.',
};

export const VALUE_WITHOUT_LITERAL: Refusal = {
  what: 'parameters in RETURNING, in FILTER of a window function, and in EXPLAIN of an INSERT',
  instead:
    'Texts, numbers, booleans and dates are written as literals; leave out arrays and objects.',
};

export const CORRELATED_CHANGE: Refusal = {
  what: 'correlated subqueries in UPDATE and DELETE',
  instead: 'Use key IN (SELECT …), or read the keys first and change the rows by them.',
};

export const DEFAULT_VALUES: Refusal = {
  what: 'DEFAULT VALUES',
  instead: 'Give a value for a column of the primary key at least.',
};

export const CONFLICT_WHERE: Refusal = {
  what: 'ON CONFLICT … WHERE',
  instead: 'Decide inside of SET: v = CASE WHEN … THEN excluded.v ELSE v END.',
};

const OUTPUT = { what: 'OUTPUT', instead: 'Use returning(…).' };

const WITH_BEFORE_CHANGE = {
  what: 'WITH before UPDATE and DELETE',
  instead: 'Use a subquery: key IN (SELECT …).',
};

/** Of INSERT, UPDATE, DELETE and MERGE. */
export const CHANGE_REFUSALS: readonly KindRules[] = [
  rulesOf<InsertQueryNode>('InsertQueryNode', [
    {
      when: ({ replace }) => replace === true,
      what: 'REPLACE INTO',
      instead: 'Use onConflict(…) with doUpdateSet for all columns.',
    },
    {
      when: ({ orAction }) => orAction !== undefined,
      what: 'INSERT IGNORE, OVERWRITE or OR …',
      instead: 'Use onConflict(…) with doNothing or doUpdateSet.',
    },
    {
      when: ({ onDuplicateKey }) => onDuplicateKey !== undefined,
      what: 'ON DUPLICATE KEY UPDATE',
      instead: 'Use onConflict(…) with the columns of the primary key.',
    },
    {
      when: ({ defaultValues }) => defaultValues === true,
      ...DEFAULT_VALUES,
    },
    {
      when: ({ with: ctes, values }) =>
        ctes !== undefined && (values === undefined || values.kind !== 'SelectQueryNode'),
      what: 'WITH before INSERT … VALUES',
      instead: 'Insert from a query, by expression(…), with subqueries in place of the CTEs.',
    },
    { when: ({ top }) => top !== undefined, ...TOP },
    { when: ({ output }) => output !== undefined, ...OUTPUT },
  ]),
  rulesOf<OnConflictNode>('OnConflictNode', [
    {
      when: ({ updateWhere, indexWhere }) => updateWhere !== undefined || indexWhere !== undefined,
      ...CONFLICT_WHERE,
    },
    {
      when: ({ constraint, indexExpression }) =>
        constraint !== undefined || indexExpression !== undefined,
      what: 'ON CONFLICT ON CONSTRAINT',
      instead: 'Name the columns of the primary key.',
    },
    {
      when: ({ columns, updates }) => columns === undefined && updates !== undefined,
      what: 'ON CONFLICT DO UPDATE without columns',
      instead: 'Name the columns of the primary key.',
    },
  ]),
  rulesOf<DefaultInsertValueNode>('DefaultInsertValueNode', [
    {
      when: (_, parent) => parent?.kind === 'ColumnUpdateNode',
      what: 'SET … = DEFAULT',
      instead: 'Give the value.',
    },
  ]),
  rulesOf<UpdateQueryNode>('UpdateQueryNode', [
    { when: ({ with: ctes }) => ctes !== undefined, ...WITH_BEFORE_CHANGE },
    {
      when: ({ from, joins, table }) =>
        from !== undefined || joins !== undefined || table?.kind === 'ListNode',
      what: 'joins in UPDATE',
      instead:
        'Use WHERE key IN (SELECT …), or INSERT … SELECT … ON CONFLICT DO UPDATE for values of another table.',
    },
    {
      when: ({ orderBy, limit }) => orderBy !== undefined || limit !== undefined,
      what: 'ORDER BY and LIMIT in UPDATE',
      instead: 'Use WHERE key IN (SELECT … ORDER BY … LIMIT …).',
    },
    { when: ({ top }) => top !== undefined, ...TOP },
    { when: ({ output }) => output !== undefined, ...OUTPUT },
  ]),
  rulesOf<DeleteQueryNode>('DeleteQueryNode', [
    { when: ({ with: ctes }) => ctes !== undefined, ...WITH_BEFORE_CHANGE },
    {
      when: ({ returning }) => returning !== undefined,
      what: 'DELETE … RETURNING',
      instead:
        'Read the rows first, and delete them by primary key; where two may do so at once, claim the row by an UPDATE … RETURNING before.',
    },
    {
      when: ({ using, joins, from }) =>
        using !== undefined || joins !== undefined || from.froms.length > 1,
      what: 'joins in DELETE',
      instead: 'Use WHERE key IN (SELECT …).',
    },
    {
      when: ({ orderBy, limit }) => orderBy !== undefined || limit !== undefined,
      what: 'ORDER BY and LIMIT in DELETE',
      instead: 'Use WHERE key IN (SELECT … ORDER BY … LIMIT …).',
    },
    { when: ({ top }) => top !== undefined, ...TOP },
    { when: ({ output }) => output !== undefined, ...OUTPUT },
  ]),
  rulesOf('MergeQueryNode', [
    {
      what: 'MERGE',
      instead: 'Use INSERT … SELECT … ON CONFLICT DO UPDATE, and DELETE … WHERE key IN (SELECT …).',
    },
  ]),
  rulesOf<ExplainNode>('ExplainNode', [
    {
      when: (_, parent) => parent?.kind === 'UpdateQueryNode' || parent?.kind === 'DeleteQueryNode',
      what: 'EXPLAIN of UPDATE and DELETE',
      instead: 'Explain a SELECT with the same WHERE.',
    },
    {
      when: ({ format }) => format !== undefined,
      what: 'EXPLAIN (FORMAT …)',
      instead: 'Leave it out: the plan is text, and with sql`analyze` for options an object.',
    },
  ]),
];
