/** The points of a batch that also belong to logged models. */
import { unnest, wholeKeys } from '../../../dialect/index.js';
import { loggedModelMetricChanged, noSuchLoggedModel } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { LogMetric } from '../../domain/metric.js';
import type { StoreContext } from '../context.js';
import { sameForAll, sameInt64ForAll } from '../sql/same-for-all.js';
import { storedValue } from './rows.js';

/** A point of a logged model: unique by model, key, timestamp and step in its run. */
export interface ModelPoint extends LogMetric {
  readonly modelId: string;
}

/**
 * Each point once. A NaN is 0 here, as in MLflow, whose table has no place for it.
 * @throws BAD_REQUEST where two have one place, but not the same value and dataset.
 */
export function modelPointsOf(metrics: readonly LogMetric[]): readonly ModelPoint[] {
  const points = new Map<string, ModelPoint>();
  for (const metric of metrics) {
    const { modelId } = metric;
    if (modelId === undefined) continue;
    const point = { ...metric, modelId, value: storedValue(metric.value) };
    const place = placeOf(modelId, point);
    const standing = points.get(place);
    if (standing === undefined) points.set(place, point);
    else if (contentOf(standing) !== contentOf(point)) throw loggedModelMetricChanged(point);
  }
  return [...points.values()];
}

/**
 * Every logged model that the points name must exist, a deleted one too: one multi-get.
 * @throws RESOURCE_DOES_NOT_EXIST
 */
export async function checkModelsExist(
  context: StoreContext,
  points: readonly ModelPoint[],
): Promise<void> {
  const ids = [...new Set(points.map(({ modelId }) => modelId))];
  if (ids.length === 0) return;
  const rows = await context.db
    .selectFrom('logged_models')
    .select('model_id')
    .where((eb) =>
      wholeKeys(
        eb,
        ['model_id'],
        ids.map((id) => [id]),
      ),
    )
    .execute();
  const known = new Set(rows.map((row) => row.model_id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw noSuchLoggedModel(missing);
}

const COLUMNS = [
  'model_id',
  'metric_name',
  'metric_timestamp_ms',
  'metric_step',
  'metric_value',
  'dataset_name',
  'dataset_digest',
] as const;

/**
 * The early, friendly check, before anything of the batch is written.
 * @throws BAD_REQUEST where a point stands with another value or dataset.
 */
export async function checkModelPoints(
  context: StoreContext,
  runId: string,
  points: readonly ModelPoint[],
): Promise<void> {
  if (points.length === 0) return;
  const standing = await context.db
    .selectFrom('logged_model_metrics')
    .select(COLUMNS)
    .where((eb) =>
      wholeKeys(
        eb,
        ['model_id', 'run_id', 'metric_name', 'metric_timestamp_ms', 'metric_step'],
        points.map(({ modelId, key, timestamp, step }) => [modelId, runId, key, timestamp, step]),
      ),
    )
    .execute();
  refuseChanges(points, standing);
}

/**
 * Writes what is new in one statement; what stands is kept, also when two write it at the same
 * moment, and the one that came late is refused.
 * @throws BAD_REQUEST
 */
export async function writeModelPoints(
  context: StoreContext,
  runId: string,
  experimentId: Int64,
  points: readonly ModelPoint[],
): Promise<void> {
  if (points.length === 0) return;
  const { db } = context;
  const standing = await db
    .insertInto('logged_model_metrics')
    .columns([...COLUMNS, 'run_id', 'experiment_id'])
    .expression(
      db
        .selectFrom(
          unnest('point', {
            model_id: { type: 'text', values: points.map((point) => point.modelId) },
            metric_name: { type: 'text', values: points.map((point) => point.key) },
            metric_timestamp_ms: { type: 'bigint', values: points.map((point) => point.timestamp) },
            metric_step: { type: 'bigint', values: points.map((point) => point.step) },
            metric_value: { type: 'double precision', values: points.map(({ value }) => value) },
            dataset_name: { type: 'text', values: points.map((point) => point.datasetName ?? null) },
            dataset_digest: {
              type: 'text',
              values: points.map((point) => point.datasetDigest ?? null),
            },
          }),
        )
        .select([
          ...COLUMNS.map((column) => `point.${column}` as const),
          sameForAll(runId).as('run_id'),
          sameInt64ForAll(experimentId).as('experiment_id'),
        ]),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['model_id', 'metric_name', 'metric_timestamp_ms', 'metric_step', 'run_id'])
        .doUpdateSet((eb) => ({ metric_value: eb.ref('logged_model_metrics.metric_value') })),
    )
    .returning(COLUMNS)
    .execute();
  refuseChanges(points, standing);
}

interface PointRow {
  readonly model_id: string;
  readonly metric_name: string;
  readonly metric_timestamp_ms: Int64;
  readonly metric_step: Int64;
  readonly metric_value: number | null;
  readonly dataset_name: string | null;
  readonly dataset_digest: string | null;
}

function refuseChanges(points: readonly ModelPoint[], standing: readonly PointRow[]): void {
  const contents = new Map(
    standing.map((row) => [
      placeOf(row.model_id, {
        key: row.metric_name,
        timestamp: row.metric_timestamp_ms,
        step: row.metric_step,
      }),
      contentOf({
        value: row.metric_value,
        datasetName: row.dataset_name,
        datasetDigest: row.dataset_digest,
      }),
    ]),
  );
  const changed = points.find((point) => {
    const content = contents.get(placeOf(point.modelId, point));
    return content !== undefined && content !== contentOf(point);
  });
  if (changed !== undefined) throw loggedModelMetricChanged(changed);
}

function placeOf(
  modelId: string,
  { key, timestamp, step }: Pick<LogMetric, 'key' | 'timestamp' | 'step'>,
): string {
  return JSON.stringify([modelId, key, String(timestamp), String(step)]);
}

function contentOf(point: {
  readonly value: number | null;
  readonly datasetName?: string | null | undefined;
  readonly datasetDigest?: string | null | undefined;
}): string {
  return JSON.stringify([point.value, point.datasetName ?? null, point.datasetDigest ?? null]);
}
