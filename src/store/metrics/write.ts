import { type Expression, sql, type SqlBool } from 'kysely';

import { unnest } from '../../../dialect/index.js';
import { compareInt64, type Int64 } from '../../domain/int64.js';
import type { LogMetric, Metric } from '../../domain/metric.js';
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
    .onConflict((conflict) =>
      conflict.columns(['run_uuid', 'key']).doUpdateSet((eb) => {
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
      }),
    )
    .execute();
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

/**
 * The points that also belong to logged models: unique by (model, key, timestamp, step, run).
 * A NaN becomes 0 there, as in MLflow, whose table has no place for it.
 */
export async function writeModelMetrics(
  context: StoreContext,
  runId: string,
  experimentId: Int64,
  metrics: readonly LogMetric[],
): Promise<void> {
  const points = distinctModelPoints(metrics);
  if (points.length === 0) return;
  const { db } = context;
  await db
    .insertInto('logged_model_metrics')
    .columns([
      'model_id',
      'metric_name',
      'metric_timestamp_ms',
      'metric_step',
      'metric_value',
      'experiment_id',
      'run_id',
      'dataset_name',
      'dataset_digest',
    ])
    .expression(
      db
        .selectFrom(
          unnest('point', {
            model_id: { type: 'text', values: points.map((point) => point.modelId) },
            metric_name: { type: 'text', values: points.map((point) => point.key) },
            metric_timestamp_ms: { type: 'bigint', values: points.map((point) => point.timestamp) },
            metric_step: { type: 'bigint', values: points.map((point) => point.step) },
            metric_value: {
              type: 'double precision',
              values: points.map(({ value }) => storedValue(value)),
            },
            experiment_id: { type: 'bigint', values: points.map(() => experimentId) },
            run_id: { type: 'text', values: points.map(() => runId) },
            dataset_name: { type: 'text', values: points.map((point) => point.datasetName ?? null) },
            dataset_digest: {
              type: 'text',
              values: points.map((point) => point.datasetDigest ?? null),
            },
          }),
        )
        .selectAll(),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['model_id', 'metric_name', 'metric_timestamp_ms', 'metric_step', 'run_id'])
        .doUpdateSet((eb) => ({ metric_value: eb.ref('excluded.metric_value') })),
    )
    .execute();
}

function distinctModelPoints(metrics: readonly LogMetric[]): readonly LogMetric[] {
  const points = new Map<string, LogMetric>();
  for (const metric of metrics) {
    const { modelId } = metric;
    if (modelId === undefined || modelId === '') continue;
    const { key, timestamp, step } = metric;
    points.set(JSON.stringify([modelId, key, String(timestamp), String(step)]), metric);
  }
  return [...points.values()];
}
