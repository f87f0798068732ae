import { type Expression, sql, type SqlBool } from 'kysely';

import type { RunClause, RunOrdering } from '../../domain/filter/ast.js';
import {
  checkExperimentId,
  checkMaxResults,
  DATASET_CONTEXT_TAG,
  encodePageToken,
  MAX_SEARCH_RESULTS,
  parseRunFilter,
  parseRunOrderBy,
  RUN_NAME_TAG,
} from '../../domain/index.js';
import { stagesOf } from '../../domain/lifecycle.js';
import type { Page } from '../../domain/page.js';
import type { Run, SearchRuns } from '../../domain/run.js';
import type { StoreContext } from '../context.js';
import { DATASET_OF_RUN } from '../inputs/edges.js';
import { compare } from '../sql/compare.js';
import { afterPage, nullRank, type OrderColumn, orderTerms } from '../sql/key-set.js';
import { pageOf } from '../sql/page.js';
import { readRuns } from './belongings.js';
import { RUN_COLUMNS } from './rows.js';

/** The page's rows in one statement, then all that hangs on them side by side. */
export async function searchRuns(context: StoreContext, search: SearchRuns): Promise<Page<Run>> {
  const maxResults = checkMaxResults(search.maxResults ?? 1_000, MAX_SEARCH_RESULTS);
  const clauses = parseRunFilter(search.filter);
  const order = runOrder(parseRunOrderBy(search.orderBy));
  const stages = stagesOf(search.runViewType ?? 'ACTIVE_ONLY');
  const experimentIds = search.experimentIds.map(checkExperimentId);
  if (experimentIds.length === 0) return { items: [] };
  const query = JSON.stringify([
    'runs',
    experimentIds.map(String),
    stages,
    search.filter ?? '',
    search.orderBy ?? [],
  ]);

  let select = context.db
    .selectFrom('runs')
    .select(RUN_COLUMNS.map((column) => `runs.${column}` as const))
    .select(order.columns.map(({ expression }, index) => expression.as(`order_${String(index)}`)))
    .where(sql<SqlBool>`runs.experiment_id = ANY(CAST(${experimentIds} AS bigint[]))`)
    .where(sql<SqlBool>`runs.lifecycle_stage = ANY(CAST(${stages} AS text[]))`)
    .orderBy(sql.join(orderTerms(order.columns)))
    .limit(maxResults + 1);
  for (const join of order.joins) {
    select = select.leftJoin(valuesOfKey(context, join), (on) =>
      on.on(sql<SqlBool>`${sql.ref(`${join.alias}.run_uuid`)} = runs.run_uuid`),
    );
  }
  for (const clause of clauses) select = select.where(condition(context, clause));
  const after = afterPage(order.columns, search.pageToken, query);
  if (after !== undefined) select = select.where(after);
  const rows = await select.execute();

  const page = pageOf(rows, maxResults, order.columns.length, (key) =>
    encodePageToken({ query, key }),
  );
  const runIds = page.items.map((row) => row.run_uuid);
  return { ...page, items: await readRuns(context, page.items, runIds) };
}

/** Each clause holds for the run, or for some row that hangs on it: no clause multiplies rows. */
function condition(context: StoreContext, clause: RunClause): Expression<SqlBool> {
  switch (clause.type) {
    case 'attribute':
      return attributeCondition(context, clause);
    case 'metric':
      return isAmong(
        context.db
          .selectFrom('latest_metrics')
          .select('run_uuid')
          .where('key', '=', clause.key)
          .where(metricCondition(clause)),
      );
    case 'param':
    case 'tag':
      return keyedCondition(context, clause.type === 'param' ? 'params' : 'tags', clause);
    case 'dataset':
      return datasetCondition(context, clause);
  }
}

function isAmong(runIds: Expression<unknown>): Expression<SqlBool> {
  return sql<SqlBool>`runs.run_uuid IN ${runIds}`;
}

function attributeCondition(
  context: StoreContext,
  clause: Extract<RunClause, { type: 'attribute' }>,
): Expression<SqlBool> {
  const { key, comparator, value } = clause;
  switch (key) {
    // MLflow filters by the tag, which every run has, and orders by the column.
    case 'run_name':
      return keyedCondition(context, 'tags', { key: RUN_NAME_TAG, comparator, value });
    case 'start_time':
    case 'end_time':
      return compare(sql.ref(`runs.${key}`), comparator, value, 'bigint');
    case 'run_id':
      return compare(sql.ref('runs.run_uuid'), comparator, value, 'text');
    default:
      return compare(sql.ref(`runs.${key}`), comparator, value, 'text');
  }
}

/** A NaN, stored as 0, is unequal to every number and neither greater nor smaller. */
function metricCondition(clause: Extract<RunClause, { type: 'metric' }>): Expression<SqlBool> {
  const value = compare(sql.ref('value'), clause.comparator, clause.value, 'double precision');
  return clause.comparator === '!='
    ? sql<SqlBool>`(is_nan OR ${value})`
    : sql<SqlBool>`(NOT is_nan AND ${value})`;
}

function keyedCondition(
  context: StoreContext,
  table: 'params' | 'tags',
  { key, comparator, value }: Pick<RunClause, 'key' | 'comparator' | 'value'>,
): Expression<SqlBool> {
  const having = context.db.selectFrom(table).select('run_uuid').where('key', '=', key);
  if (comparator === 'IS NULL') return sql<SqlBool>`runs.run_uuid NOT IN ${having}`;
  if (comparator === 'IS NOT NULL') return isAmong(having);
  return isAmong(having.where(compare(sql.ref('value'), comparator, value, 'text')));
}

function datasetCondition(
  context: StoreContext,
  { key, comparator, value }: Extract<RunClause, { type: 'dataset' }>,
): Expression<SqlBool> {
  const ofRuns = context.db
    .selectFrom('inputs')
    .select('inputs.destination_id')
    .where('inputs.source_type', '=', DATASET_OF_RUN.source_type)
    .where('inputs.destination_type', '=', DATASET_OF_RUN.destination_type);
  if (key === 'context') {
    return isAmong(
      ofRuns
        .innerJoin('input_tags', 'input_tags.input_uuid', 'inputs.input_uuid')
        .where('input_tags.name', '=', DATASET_CONTEXT_TAG)
        .where(compare(sql.ref('input_tags.value'), comparator, value, 'text')),
    );
  }
  return isAmong(
    ofRuns
      .innerJoin('datasets', 'datasets.dataset_uuid', 'inputs.source_id')
      .where(compare(sql.ref(`datasets.${key}`), comparator, value, 'text')),
  );
}

interface OrderJoin {
  readonly alias: string;
  readonly table: 'latest_metrics' | 'params' | 'tags';
  readonly key: string;
}

interface RunOrder {
  readonly columns: readonly OrderColumn[];
  readonly joins: readonly OrderJoin[];
}

/** Missing values last in both directions; metrics have numbers, then NaN, then missing. */
function runOrder(orderings: readonly RunOrdering[]): RunOrder {
  const columns: OrderColumn[] = [];
  const joins: OrderJoin[] = [];
  orderings.forEach(({ type, key, ascending }, index) => {
    if (type === 'attribute') {
      const expression = sql.ref(`runs.${ATTRIBUTE_COLUMN[key]}`);
      const isTime = key === 'start_time' || key === 'end_time';
      columns.push(nullRank(expression), {
        expression,
        type: isTime ? 'bigint' : 'text',
        descending: !ascending,
      });
      return;
    }
    const alias = `order_by_${String(index)}`;
    const value = sql.ref(`${alias}.value`);
    joins.push({ alias, table: ORDER_TABLE[type], key });
    columns.push(
      type === 'metric' ? metricRank(alias) : nullRank(value),
      { expression: value, type: type === 'metric' ? 'double precision' : 'text', descending: !ascending },
    );
  });
  const startTime = sql.ref('runs.start_time');
  if (!orderings.some(({ key, type }) => type === 'attribute' && key === 'start_time')) {
    columns.push(nullRank(startTime), {
      expression: startTime,
      type: 'bigint',
      descending: true,
    });
  }
  columns.push({ expression: sql.ref('runs.run_uuid'), type: 'text' });
  return { columns, joins };
}

/** One value for each run: the key is fixed, so that the rest of the primary key is the run. */
function valuesOfKey(context: StoreContext, { table, key, alias }: OrderJoin) {
  return table === 'latest_metrics'
    ? context.db.selectFrom(table).select(['run_uuid', 'value', 'is_nan']).where('key', '=', key).as(alias)
    : context.db.selectFrom(table).select(['run_uuid', 'value']).where('key', '=', key).as(alias);
}

const ORDER_TABLE = { metric: 'latest_metrics', param: 'params', tag: 'tags' } as const;

const ATTRIBUTE_COLUMN = {
  run_id: 'run_uuid',
  run_name: 'name',
  status: 'status',
  artifact_uri: 'artifact_uri',
  user_id: 'user_id',
  start_time: 'start_time',
  end_time: 'end_time',
} as const;

function metricRank(alias: string): OrderColumn {
  const nan = sql.ref(`${alias}.is_nan`);
  const value = sql.ref(`${alias}.value`);
  return {
    expression: sql`CASE WHEN ${value} IS NULL THEN 2 WHEN ${nan} THEN 1 ELSE 0 END`,
    type: 'integer',
  };
}
