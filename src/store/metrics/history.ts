import { sql, type SqlBool } from 'kysely';

import {
  checkHistoryRunIds,
  checkMaxResults,
  checkStepInterval,
  encodePageToken,
  invalidParameter,
  MAX_POINTS_IN_HISTORY,
  MAX_SAMPLED_STEPS,
  sampleSteps,
} from '../../domain/index.js';
import type {
  GetMetricHistory,
  GetMetricHistoryBulk,
  GetMetricHistoryBulkInterval,
  Metric,
  MetricWithRunId,
} from '../../domain/metric.js';
import type { Page } from '../../domain/page.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { afterPage, type OrderColumn } from '../sql/key-set.js';
import { pageOf } from '../sql/page.js';
import { type MetricRow, toMetric } from './rows.js';

const COLUMNS = ['run_uuid', 'key', 'value', 'timestamp', 'step', 'is_nan'] as const;

/** `is_nan` ends the order, so that a NaN (stored as 0) and a 0 at one step are told apart. */
const BY_TIME = sql`metrics.timestamp, metrics.step, metrics.value, metrics.is_nan`;

/** The same order as values of a page token. Sorting by them takes CrateDB half as long again. */
const HISTORY_ORDER: readonly OrderColumn[] = [
  { expression: sql.ref('metrics.timestamp'), type: 'bigint' },
  { expression: sql.ref('metrics.step'), type: 'bigint' },
  { expression: sql.ref('metrics.value'), type: 'double precision' },
  { expression: sql`CASE WHEN metrics.is_nan THEN 1 ELSE 0 END`, type: 'integer' },
];

export async function getMetricHistory(
  context: StoreContext,
  request: GetMetricHistory,
): Promise<Page<Metric>> {
  const { runId, metricKey, pageToken } = request;
  const query = JSON.stringify(['history', runId, metricKey]);
  const toPoint = (row: Omit<MetricRow, 'key'>) => toMetric({ ...row, key: metricKey });
  let select = context.db
    .selectFrom('metrics')
    .select(['value', 'timestamp', 'step', 'is_nan'])
    .where('run_uuid', '=', runId)
    .where('key', '=', metricKey)
    .orderBy(BY_TIME);
  const after = afterPage(HISTORY_ORDER, pageToken, query);
  if (after !== undefined) select = select.where(after);
  if (request.maxResults === undefined) {
    return { items: (await select.execute()).map(toPoint) };
  }
  const maxResults = checkMaxResults(request.maxResults, Number.MAX_SAFE_INTEGER);
  const rows = await select
    .select(HISTORY_ORDER.map(({ expression }, index) => expression.as(`order_${String(index)}`)))
    .limit(maxResults + 1)
    .execute();
  const page = pageOf(rows, maxResults, HISTORY_ORDER.length, (key) => encodePageToken({ query, key }));
  return { ...page, items: page.items.map(toPoint) };
}

export async function getMetricHistoryBulk(
  context: StoreContext,
  request: GetMetricHistoryBulk,
): Promise<readonly MetricWithRunId[]> {
  const runIds = checkHistoryRunIds(request.runIds);
  const asked = checkMaxResults(request.maxResults ?? MAX_POINTS_IN_HISTORY, Number.MAX_SAFE_INTEGER);
  const rows = await context.db
    .selectFrom('metrics')
    .select(COLUMNS)
    .where(isOneOf('run_uuid', 'text', runIds))
    .where('key', '=', request.metricKey)
    .orderBy('run_uuid')
    .orderBy(BY_TIME)
    .limit(Math.min(asked, MAX_POINTS_IN_HISTORY))
    .execute();
  return rows.map((row) => ({ ...toMetric(row), runId: row.run_uuid }));
}

/**
 * A sample of the steps, the same for all runs, and of each run its first and last step; two
 * statements.
 */
export async function getMetricHistoryBulkInterval(
  context: StoreContext,
  request: GetMetricHistoryBulkInterval,
): Promise<readonly MetricWithRunId[]> {
  const runIds = checkHistoryRunIds(request.runIds);
  const maxResults = request.maxResults ?? MAX_SAMPLED_STEPS;
  if (!Number.isSafeInteger(maxResults) || maxResults < 1 || maxResults > MAX_SAMPLED_STEPS) {
    throw invalidParameter(`max_results must be between 1 and ${String(MAX_SAMPLED_STEPS)}.`);
  }
  const interval = checkStepInterval(request.startStep, request.endStep);
  const ofTheseRuns = sql<SqlBool>`${isOneOf('run_uuid', 'text', runIds)} AND key = ${request.metricKey}`;
  const stepRows = await context.db
    .selectFrom('metrics')
    .select(['run_uuid', 'step'])
    .where(ofTheseRuns)
    .groupBy(['run_uuid', 'step'])
    .execute();
  const steps = sampleSteps(stepRows, maxResults, interval);
  if (steps.length === 0) return [];

  const rows = await context.db
    .selectFrom('metrics')
    .select(COLUMNS)
    .where(ofTheseRuns)
    .where(sql<SqlBool>`step = ANY(CAST(${steps} AS bigint[]))`)
    .orderBy(
      sql`CASE run_uuid ${sql.join(
        runIds.map((id, index) => sql`WHEN ${id} THEN ${sql.lit(index)}`),
        sql` `,
      )} END`,
    )
    .orderBy('step')
    .orderBy('timestamp')
    .orderBy('value')
    .orderBy('is_nan')
    // So many of each run.
    .limit(MAX_POINTS_IN_HISTORY * runIds.length)
    .execute();
  return rows.map((row) => ({ ...toMetric(row), runId: row.run_uuid }));
}
