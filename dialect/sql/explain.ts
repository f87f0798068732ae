import {
  createQueryId,
  ExplainNode,
  type InsertQueryNode,
  type Kysely,
  type OperationNode,
  OperationNodeTransformer,
  type PrimitiveValueListNode,
  type RootOperationNode,
  type SelectQueryNode,
  sql,
  ValueListNode,
  type ValueNode,
} from 'kysely';

import { NotSupportedError } from '../errors/index.js';
import { literalValue } from './value.js';

/** A query of Kysely's builder: a SELECT, or an INSERT. */
export interface Explained {
  toOperationNode(): RootOperationNode;
}

/**
 * `EXPLAIN query`: the plan, as indented lines. Values are written into the statement, as CrateDB
 * takes no parameters there; it explains the same plan as for parameters.
 *
 * ```ts
 * console.log(await explain(db, db.selectFrom('runs').selectAll().where('id', '=', id)));
 * // Get[mlflow.runs | id, name | DocKeys{'…'} | (id = '…')] (rows=1)
 * ```
 *
 * `Get[… | DocKeys{…}]` is a lookup by primary key, `Collect[…]` a search.
 *
 * @param options `costs`: whether to estimate rows. Default: true
 * @throws NotSupportedError for UPDATE and DELETE
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/explain.html
 */
export async function explain<DB>(
  db: Kysely<DB>,
  query: Explained,
  options: { readonly costs?: boolean } = {},
): Promise<string> {
  const costs = options.costs === false ? sql`costs false` : undefined;
  const rows = await rowsOfPlan<string, DB>(db, query, costs?.toOperationNode());
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** One step of the optimizer. */
export interface PlanStep {
  /** The name of the rule, after `Initial logical plan` and before `Final logical plan`. */
  readonly step: string;
  /** The plan after it, as indented lines. */
  readonly plan: string;
}

/**
 * `EXPLAIN (VERBOSE) query`: the plan after each rule of the optimizer that changed it.
 *
 * @throws NotSupportedError for UPDATE and DELETE
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/explain.html
 */
export async function explainVerbose<DB>(
  db: Kysely<DB>,
  query: Explained,
): Promise<readonly PlanStep[]> {
  const rows = await rowsOfPlan<string, DB>(db, query, sql`verbose`.toOperationNode());
  return rows.map((row) => ({ step: String(row['STEP']), plan: row['QUERY PLAN'] }));
}

/** How long a query took, in milliseconds, as CrateDB names the parts. */
export interface ExplainAnalysis {
  readonly Analyze: number;
  readonly Plan: number;
  readonly Execute: {
    readonly Total: number;
    /** For each phase, the time on each node. */
    readonly Phases: Readonly<Record<string, { readonly nodes: Readonly<Record<string, number>> }>>;
    /** By the id of a node. */
    readonly [node: string]: unknown;
  };
}

/** What one node did, for each Lucene query. */
export interface QueryBreakdown {
  readonly QueryName: string;
  readonly QueryDescription: string;
  readonly SchemaName: string;
  readonly TableName: string;
  readonly ShardId: number;
  /** In milliseconds. */
  readonly Time: number;
  readonly BreakDown: Readonly<Record<string, number>>;
}

/**
 * `EXPLAIN (ANALYZE) query`: executes the query, and measures it.
 *
 * @throws NotSupportedError for UPDATE and DELETE; CrateDB refuses INSERT as well
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/explain.html
 */
export async function explainAnalyze<DB>(
  db: Kysely<DB>,
  query: Explained,
): Promise<ExplainAnalysis> {
  const rows = await rowsOfPlan<ExplainAnalysis, DB>(db, query, sql`analyze`.toOperationNode());
  const [row] = rows;
  if (row === undefined) throw new TypeError('EXPLAIN (ANALYZE) gave no row');
  return row['QUERY PLAN'];
}

/** What each node did, from the result of {@link explainAnalyze}. */
export function queryBreakdowns({ Execute }: ExplainAnalysis): readonly QueryBreakdown[] {
  return Object.values(Execute).flatMap((part) =>
    typeof part === 'object' && part !== null && 'QueryBreakdown' in part
      ? (part.QueryBreakdown as readonly QueryBreakdown[])
      : [],
  );
}

type PlanRow<Plan> = { readonly 'QUERY PLAN': Plan } & Readonly<Record<string, unknown>>;

async function rowsOfPlan<Plan, DB>(
  db: Kysely<DB>,
  query: Explained,
  options: OperationNode | undefined,
): Promise<readonly PlanRow<Plan>[]> {
  const node = query.toOperationNode();
  if (!isExplainable(node)) {
    const feature = 'EXPLAIN of anything but SELECT and INSERT';
    const alternative = 'Explain a SELECT with the same WHERE.';
    throw new NotSupportedError(`CrateDB has no ${feature}. ${alternative}`, {
      feature,
      alternative,
    });
  }
  const explained = {
    ...withLiterals.transformNode(node),
    explain: ExplainNode.create(undefined, options),
  };
  const compiled = db.getExecutor().compileQuery<PlanRow<Plan>>(explained, createQueryId());
  return (await db.withoutPlugins().executeQuery(compiled)).rows;
}

function isExplainable(node: RootOperationNode): node is SelectQueryNode | InsertQueryNode {
  return node.kind === 'SelectQueryNode' || node.kind === 'InsertQueryNode';
}

/** The same query without parameters. */
class LiteralTransformer extends OperationNodeTransformer {
  protected override transformNodeImpl<T extends OperationNode>(node: T): T {
    const literal = literalNode(node);
    return literal === undefined ? super.transformNodeImpl(node) : (literal as T);
  }
}

const withLiterals = new LiteralTransformer();

function literalNode(node: OperationNode): OperationNode | undefined {
  switch (node.kind) {
    case 'ValueNode':
      return literalValue((node as ValueNode).value).toOperationNode();
    case 'PrimitiveValueListNode':
      return ValueListNode.create(
        (node as PrimitiveValueListNode).values.map((value) =>
          literalValue(value).toOperationNode(),
        ),
      );
    default:
      return undefined;
  }
}
