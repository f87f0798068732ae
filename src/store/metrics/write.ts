import {
  type Expression,
  type ExpressionBuilder,
  type OnConflictDatabase,
  type OnConflictTables,
  sql,
  type SqlBool,
} from 'kysely';

import type { DB } from '../../../ddl/types.js';
import { unnest } from '../../../dialect/index.js';
import { compareInt64 } from '../../domain/int64.js';
import type { Metric } from '../../domain/metric.js';
import type { StoreContext } from '../context.js';
import { sameForAll } from '../sql/same-for-all.js';
import { storedValue } from './rows.js';

/**
 * Points and latest values of one run, two statements side by side. Both are safe to repeat: a
 * point is its own key, and a latest value gives way only to a newer one.
 *
 * @param missing those that are not known to stand already. Default: all.
 */
export async function writeMetrics(
  context: StoreContext,
  runId: string,
  metrics: readonly Metric[],
  missing: readonly Metric[] = metrics,
): Promise<void> {
  if (metrics.length === 0) return;
  await Promise.all([
    missing.length === 0 ? undefined : insertPoints(context, runId, missing),
    upsertLatest(context, runId, latestOfEachKey(metrics)),
  ]);
}

async function insertPoints(
  context: StoreContext,
  runId: string,
  metrics: readonly Metric[],
): Promise<void> {
  await context.db
    .insertInto('metrics')
    .columns(['run_uuid', 'key', 'timestamp', 'step', 'value', 'is_nan'])
    .expression(selectMetrics(context, runId, metrics))
    .onConflict((conflict) =>
      conflict.columns(['run_uuid', 'key', 'timestamp', 'step', 'value', 'is_nan']).doNothing(),
    )
    .execute();
}

async function upsertLatest(
  context: StoreContext,
  runId: string,
  metrics: readonly Metric[],
): Promise<void> {
  await context.db
    .insertInto('latest_metrics')
    .columns(['run_uuid', 'key', 'timestamp', 'step', 'value', 'is_nan'])
    .expression(selectMetrics(context, runId, metrics))
    .onConflict((conflict) => conflict.columns(['run_uuid', 'key']).doUpdateSet(newestWins))
    .execute();
}

/** What an upsert into `latest_metrics` sets: the row gives way only to a newer one. */
export function newestWins(
  eb: ExpressionBuilder<OnConflictDatabase<DB, 'latest_metrics'>, OnConflictTables<'latest_metrics'>>,
) {
  const newer = isNewer();
  const newest = <Column extends 'timestamp' | 'step' | 'value' | 'is_nan'>(column: Column) =>
    eb
      .case()
      .when(newer)
      .then(eb.ref(`excluded.${column}`))
      .else(eb.ref(`latest_metrics.${column}`))
      .end();
  return {
    timestamp: newest('timestamp'),
    step: newest('step'),
    value: newest('value'),
    is_nan: newest('is_nan'),
  };
}

/** (step, timestamp, value) strictly greater, spelt out: CrateDB has no row values. */
function isNewer(): Expression<SqlBool> {
  const mine = (column: string) => sql.ref(`latest_metrics.${column}`);
  const theirs = (column: string) => sql.ref(`excluded.${column}`);
  return sql<SqlBool>`(${theirs('step')} > ${mine('step')} OR (${theirs('step')} = ${mine('step')} AND (${theirs('timestamp')} > ${mine('timestamp')} OR (${theirs('timestamp')} = ${mine('timestamp')} AND ${theirs('value')} > ${mine('value')}))))`;
}

function selectMetrics(context: StoreContext, runId: string, metrics: readonly Metric[]) {
  return context.db
    .selectFrom(
      unnest('point', {
        key: { type: 'text', values: metrics.map((metric) => metric.key) },
        timestamp: { type: 'bigint', values: metrics.map((metric) => metric.timestamp) },
        step: { type: 'bigint', values: metrics.map((metric) => metric.step) },
        value: { type: 'double precision', values: metrics.map(({ value }) => storedValue(value)) },
        is_nan: { type: 'boolean', values: metrics.map(({ value }) => Number.isNaN(value)) },
      }),
    )
    .select([
      sameForAll(runId).as('run_uuid'),
      'point.key',
      'point.timestamp',
      'point.step',
      'point.value',
      'point.is_nan',
    ]);
}

/** A key may stand only once in one upsert: PostgreSQL refuses two, CrateDB would take the last. */
function latestOfEachKey(metrics: readonly Metric[]): readonly Metric[] {
  const latest = new Map<string, Metric>();
  for (const metric of metrics) {
    const standing = latest.get(metric.key);
    if (standing === undefined || compareMetrics(metric, standing) > 0) {
      latest.set(metric.key, metric);
    }
  }
  return [...latest.values()];
}

/** Which of two points is newer: by step, timestamp, stored value. */
function compareMetrics(a: Metric, b: Metric): number {
  return (
    compareInt64(a.step, b.step) ||
    compareInt64(a.timestamp, b.timestamp) ||
    storedValue(a.value) - storedValue(b.value)
  );
}
