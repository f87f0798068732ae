import type { Run } from '../../domain/run.js';
import type { StoreContext } from '../context.js';
import { readRunInputs } from '../inputs/read.js';
import { toMetric } from '../metrics/rows.js';
import { isOneOf } from '../sql/is-one-of.js';
import { type RunRow, toRunInfo } from './rows.js';

/**
 * Runs with all that hangs on them: a constant number of statements, however many runs.
 * The statements start in the same tick, so that they share one refresh.
 */
export async function readRuns(
  context: StoreContext,
  rows: readonly RunRow[] | Promise<readonly RunRow[]>,
  runIds: readonly string[],
): Promise<readonly Run[]> {
  if (runIds.length === 0) return [];
  const { db } = context;
  const ofTheseRuns = isOneOf('run_uuid', 'text', runIds);
  const [runRows, metrics, params, tags, inputs] = await Promise.all([
    rows,
    db
      .selectFrom('latest_metrics')
      .select(['run_uuid', 'key', 'value', 'timestamp', 'step', 'is_nan'])
      .where(ofTheseRuns)
      .orderBy('key')
      .execute(),
    db
      .selectFrom('params')
      .select(['run_uuid', 'key', 'value'])
      .where(ofTheseRuns)
      .orderBy('key')
      .execute(),
    db
      .selectFrom('tags')
      .select(['run_uuid', 'key', 'value'])
      .where(ofTheseRuns)
      .orderBy('key')
      .execute(),
    readRunInputs(context, runIds),
  ]);
  const metricsOf = Map.groupBy(metrics, (row) => row.run_uuid);
  const paramsOf = Map.groupBy(params, (row) => row.run_uuid);
  const tagsOf = Map.groupBy(tags, (row) => row.run_uuid);
  return runRows.map((row) => {
    const runId = row.run_uuid;
    const { datasetInputs, modelInputs, modelOutputs } = inputs(runId);
    return {
      info: toRunInfo(row),
      data: {
        metrics: (metricsOf.get(runId) ?? []).map(toMetric),
        params: (paramsOf.get(runId) ?? []).map(({ key, value }) => ({ key, value })),
        tags: (tagsOf.get(runId) ?? []).map(({ key, value }) => ({ key, value: value ?? '' })),
      },
      inputs: { datasetInputs, modelInputs },
      outputs: { modelOutputs },
    };
  });
}
