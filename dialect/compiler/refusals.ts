import {
  type AddConstraintNode,
  type AggregateFunctionNode,
  type AlterColumnNode,
  type AlterTableNode,
  type BinaryOperationNode,
  type CaseNode,
  type ColumnDefinitionNode,
  type CommonTableExpressionNode,
  type CreateIndexNode,
  type CreateTableNode,
  type CreateViewNode,
  type DataTypeNode,
  type DefaultInsertValueNode,
  type DeleteQueryNode,
  type DropConstraintNode,
  type DropTableNode,
  type DropViewNode,
  type ExplainNode,
  type FetchNode,
  type FunctionNode,
  type GeneratedNode,
  type InsertQueryNode,
  type JoinNode,
  type LimitNode,
  type OnConflictNode,
  type OperationNode,
  type OperatorNode,
  type PrimaryKeyConstraintNode,
  type RawNode,
  type SelectModifierNode,
  type SelectQueryNode,
  type UpdateQueryNode,
  type WithNode,
} from 'kysely';

import { NotSupportedError } from '../errors/index.js';
import { refusedType } from './data-types.js';
import { REFUSED_OPERATORS } from './operators.js';

/** One thing that CrateDB lacks, or takes for something else than PostgreSQL does. */
export interface Refusal {
  /** Completes 'CrateDB has no …'. */
  readonly what: string;
  /** What to do instead, in sentences. */
  readonly instead: string;
}

/** A refusal, and when a node of this kind is one. Without a condition: always. */
interface Rule<Node extends OperationNode> extends Refusal {
  readonly when?: (node: Node, parent: OperationNode | undefined) => boolean;
}

/** Of one kind of node: all its rules, or a function that looks one up. */
type Rules<Node extends OperationNode> =
  | readonly Rule<Node>[]
  | ((node: Node, parent: OperationNode | undefined) => Refusal | undefined);

/** @throws NotSupportedError where CrateDB can't do what the node stands for */
export function refuseUnsupported(node: OperationNode, parent: OperationNode | undefined): void {
  const rules = REFUSALS.get(node.kind);
  if (rules === undefined) return;
  const refusal =
    typeof rules === 'function'
      ? rules(node, parent)
      : rules.find(({ when }) => when === undefined || when(node, parent));
  if (refusal !== undefined) throw refused(refusal);
}

export function refused({ what, instead }: Refusal): NotSupportedError {
  return new NotSupportedError(`CrateDB has no ${what}. ${instead}`, {
    feature: what,
    alternative: instead,
  });
}

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
  instead: 'Texts, numbers, booleans and dates are written as literals; leave out arrays and objects.',
};

export const CORRELATED_CHANGE: Refusal = {
  what: 'correlated subqueries in UPDATE and DELETE',
  instead: 'Use key IN (SELECT …), or read the keys first and change the rows by them.',
};

export const CORRELATED_TWICE: Refusal = {
  what: 'correlation over more than one level of subqueries',
  instead: "A subquery sees the tables of the query around it, not of that one's own surroundings.",
};

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
const TOP = { what: 'TOP', instead: 'Use limit(…).' };
const OUTPUT = { what: 'OUTPUT', instead: 'Use returning(…).' };
const LATERAL = {
  what: 'LATERAL',
  instead:
    'Use a correlated subquery that gives one value, or a join with a subquery that numbers its rows by row_number() OVER (PARTITION BY …).',
};
const INDEXES = {
  what: 'CREATE INDEX',
  instead:
    'Every column is indexed already; a fulltext index is declared with the table. For uniqueness, make the columns a primary key.',
};
const UNIQUE = {
  what: 'unique constraints',
  instead:
    'Make the columns the primary key, or claim the value by a row in a table of its own whose primary key it is.',
};
const FOREIGN_KEYS = {
  what: 'foreign keys',
  instead: 'Check in the program, and write the referring row last.',
};
const NUMBERED = {
  what: 'identity and auto-increment columns',
  instead:
    'Let the column default to gen_random_text_uuid(), or count in a row: INSERT … ON CONFLICT DO UPDATE SET n = n + 1 RETURNING n.',
};
const TEMPORARY = {
  what: 'temporary tables and views',
  instead: 'Create a table under a name of its own, and drop it.',
};
const MATERIALIZED = {
  what: 'materialized views',
  instead: 'Create a table, and fill it by INSERT … SELECT … ON CONFLICT.',
};
const TYPES = {
  what: 'CREATE TYPE',
  instead: 'Use text with a CHECK on its values.',
};
const ROW_LOCKS = {
  what: 'row locks (FOR UPDATE and the like)',
  instead: 'Change a row by one atomic statement on its primary key.',
};
const CASCADE = {
  what: 'CASCADE',
  instead: 'Drop what depends on it, views for example, in statements of their own.',
};
const ADD_INDEX = {
  what: 'INDEX without FULLTEXT',
  instead: 'Every column is indexed already; declare a fulltext index with the table.',
};
const WITH_BEFORE_CHANGE = {
  what: 'WITH before UPDATE and DELETE',
  instead: 'Use a subquery: key IN (SELECT …).',
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

/** The aggregate functions that take DISTINCT. Of the last two it makes no difference. */
const WITH_DISTINCT = new Set(['count', 'avg', 'min', 'max']);

const REFUSALS = new Map<string, Rules<OperationNode>>([
  // Kysely's helpers, the only raw SQL that is looked into
  rulesOf<RawNode>('RawNode', ({ sqlFragments: [text = ''] }) =>
    JSON_HELPERS.test(text) ? JSON_FUNCTIONS : undefined,
  ),

  // Queries
  rulesOf<SelectQueryNode>('SelectQueryNode', [
    {
      when: ({ distinctOn }) => distinctOn !== undefined && distinctOn.length > 0,
      what: 'DISTINCT ON',
      instead:
        'Use row_number() OVER (PARTITION BY … ORDER BY …) = 1 in a subquery, or max_by(…).',
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
      instead:
        'Texts are ordered by their code points. Order by lower(…), or sort in the program.',
    },
  ]),

  // Expressions
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

  // Changes
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
      what: 'DEFAULT VALUES',
      instead: 'Give a value for a column of the primary key at least.',
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
      what: 'ON CONFLICT … WHERE',
      instead: 'Decide inside of SET: v = CASE WHEN … THEN excluded.v ELSE v END.',
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
      when: (_, parent) =>
        parent?.kind === 'UpdateQueryNode' || parent?.kind === 'DeleteQueryNode',
      what: 'EXPLAIN of UPDATE and DELETE',
      instead: 'Explain a SELECT with the same WHERE.',
    },
    {
      when: ({ format }) => format !== undefined,
      what: 'EXPLAIN (FORMAT …)',
      instead: 'Leave it out: the plan is text, and with sql`analyze` for options an object.',
    },
  ]),

  // Tables
  rulesOf<CreateTableNode>('CreateTableNode', [
    {
      when: ({ temporary, onCommit }) => temporary === true || onCommit !== undefined,
      ...TEMPORARY,
    },
    {
      when: ({ selectQuery, columns, constraints, endModifiers }) =>
        selectQuery !== undefined &&
        columns.length + (constraints?.length ?? 0) + (endModifiers?.length ?? 0) > 0,
      what: 'CREATE TABLE … AS with columns or clauses',
      instead: 'Create the table, then INSERT … SELECT.',
    },
  ]),
  rulesOf<ColumnDefinitionNode>('ColumnDefinitionNode', [
    { when: ({ unique, nullsNotDistinct }) => unique === true || nullsNotDistinct === true, ...UNIQUE },
    { when: ({ references }) => references !== undefined, ...FOREIGN_KEYS },
    {
      when: ({ autoIncrement, identity }) => autoIncrement === true || identity === true,
      ...NUMBERED,
    },
    {
      when: ({ unsigned }) => unsigned === true,
      what: 'unsigned types',
      instead: 'Add a check: column >= 0.',
    },
    {
      when: ({ ifNotExists }) => ifNotExists === true,
      what: 'ADD COLUMN IF NOT EXISTS',
      instead: 'Look at db.introspection first.',
    },
  ]),
  rulesOf<GeneratedNode>('GeneratedNode', [
    {
      when: ({ identity, byDefault }) => identity === true || byDefault === true,
      ...NUMBERED,
    },
  ]),
  rulesOf('UniqueConstraintNode', [UNIQUE]),
  rulesOf('ForeignKeyConstraintNode', [FOREIGN_KEYS]),
  rulesOf('ReferencesNode', [FOREIGN_KEYS]),
  rulesOf<PrimaryKeyConstraintNode>('PrimaryKeyConstraintNode', [
    {
      when: ({ deferrable, initiallyDeferred }) =>
        deferrable !== undefined || initiallyDeferred !== undefined,
      what: 'deferrable constraints',
      instead: 'Leave it out: every statement is checked at once.',
    },
  ]),
  rulesOf<AddConstraintNode>('AddConstraintNode', [
    {
      when: ({ constraint }) =>
        constraint.kind === 'PrimaryKeyConstraintNode' || constraint.kind === 'CheckConstraintNode',
      what: 'ALTER TABLE … ADD CONSTRAINT',
      instead:
        'Declare it with the table, or a CHECK with a new column; else create a table anew, copy, and swap them.',
    },
  ]),
  rulesOf<DropConstraintNode>('DropConstraintNode', [
    {
      when: ({ ifExists }) => ifExists === true,
      what: 'DROP CONSTRAINT IF EXISTS',
      instead: 'Look at information_schema.table_constraints first.',
    },
    { when: ({ modifier }) => modifier === 'cascade', ...CASCADE },
  ]),
  rulesOf('RenameConstraintNode', [
    {
      what: 'RENAME CONSTRAINT',
      instead: 'Drop a CHECK, and declare it anew with a column.',
    },
  ]),
  rulesOf<AlterTableNode>('AlterTableNode', [
    {
      when: ({ setSchema }) => setSchema !== undefined,
      what: 'SET SCHEMA',
      instead: 'Create the table in the other schema, and INSERT … SELECT.',
    },
    {
      when: ({ columnAlterations = [] }) =>
        columnAlterations.length > 1 &&
        !columnAlterations.every(({ kind }) => kind === 'AddColumnNode') &&
        !columnAlterations.every(({ kind }) => kind === 'DropColumnNode'),
      what: 'ALTER TABLE with several changes, other than all ADD COLUMN or all DROP COLUMN',
      instead: 'Use a statement for each of them.',
    },
  ]),
  rulesOf<AlterColumnNode>('AlterColumnNode', [
    {
      when: ({ dataType, dataTypeExpression }) =>
        dataType !== undefined || dataTypeExpression !== undefined,
      what: "change of a column's type",
      instead:
        'Add a column, fill it by UPDATE, drop the old one and rename the new; or create a table anew, copy, and swap them.',
    },
    {
      when: ({ setNotNull, dropNotNull }) => setNotNull === true || dropNotNull === true,
      what: 'SET NOT NULL and DROP NOT NULL',
      instead:
        'Declare it with the column: add a column, fill it, drop the old one and rename the new.',
    },
  ]),
  rulesOf('ModifyColumnNode', [
    {
      what: 'MODIFY COLUMN',
      instead:
        'Add a column, fill it by UPDATE, drop the old one and rename the new; or create a table anew, copy, and swap them.',
    },
  ]),
  rulesOf<DropTableNode>('DropTableNode', [
    { when: ({ temporary }) => temporary === true, ...TEMPORARY },
    { when: ({ cascade }) => cascade === true, ...CASCADE },
  ]),
  rulesOf<CreateIndexNode>('CreateIndexNode', ({ unique }) => (unique === true ? UNIQUE : INDEXES)),
  rulesOf('DropIndexNode', [
    { what: 'DROP INDEX', instead: 'An index goes with its column or its table.' },
  ]),
  rulesOf('AddIndexNode', [ADD_INDEX]),

  // Views, schemas, types
  rulesOf<CreateViewNode>('CreateViewNode', [
    { when: ({ materialized }) => materialized === true, ...MATERIALIZED },
    { when: ({ temporary }) => temporary === true, ...TEMPORARY },
    {
      when: ({ ifNotExists }) => ifNotExists === true,
      what: 'CREATE VIEW IF NOT EXISTS',
      instead: 'Use orReplace().',
    },
    {
      when: ({ columns }) => columns !== undefined,
      what: 'list of columns for a view',
      instead: 'Name the columns in its SELECT.',
    },
  ]),
  rulesOf<DropViewNode>('DropViewNode', [
    { when: ({ materialized }) => materialized === true, ...MATERIALIZED },
    { when: ({ cascade }) => cascade === true, ...CASCADE },
  ]),
  rulesOf('RefreshMaterializedViewNode', [MATERIALIZED]),
  rulesOf('CreateTypeNode', [TYPES]),
  rulesOf('AlterTypeNode', [TYPES]),
  rulesOf('DropTypeNode', [TYPES]),
]);

/** The one place where the kind's name stands for its type. */
function rulesOf<Node extends OperationNode>(
  kind: Node['kind'],
  rules: Rules<Node>,
): [string, Rules<OperationNode>] {
  return [kind, rules as Rules<OperationNode>];
}

function isEmptyList(node: OperationNode): boolean {
  return (
    (node.kind === 'ValueListNode' || node.kind === 'PrimitiveValueListNode') &&
    (node as OperationNode & { readonly values: readonly unknown[] }).values.length === 0
  );
}
