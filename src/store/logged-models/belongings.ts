import type { LoggedModel } from '../../domain/logged-model.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { type LoggedModelRow, toLoggedModel } from './rows.js';

/**
 * Models with all that hangs on them: a constant number of statements, however many models.
 * The statements start in the same tick, so that they share one refresh.
 */
export async function readLoggedModels(
  context: StoreContext,
  rows: readonly LoggedModelRow[] | Promise<readonly LoggedModelRow[]>,
  modelIds: readonly string[],
): Promise<readonly LoggedModel[]> {
  if (modelIds.length === 0) return [];
  const { db } = context;
  const ofTheseModels = isOneOf('model_id', 'text', modelIds);
  const [modelRows, tags, params, metrics] = await Promise.all([
    rows,
    db
      .selectFrom('logged_model_tags')
      .select(['model_id', 'tag_key', 'tag_value'])
      .where(ofTheseModels)
      .orderBy('tag_key')
      .execute(),
    db
      .selectFrom('logged_model_params')
      .select(['model_id', 'param_key', 'param_value'])
      .where(ofTheseModels)
      .orderBy('param_key')
      .execute(),
    db
      .selectFrom('logged_model_metrics')
      .select([
        'model_id',
        'metric_name',
        'metric_timestamp_ms',
        'metric_step',
        'metric_value',
        'run_id',
        'dataset_name',
        'dataset_digest',
      ])
      .where(ofTheseModels)
      .orderBy('metric_name')
      .orderBy('metric_timestamp_ms')
      .orderBy('metric_step')
      .orderBy('run_id')
      .execute(),
  ]);
  const tagsOf = Map.groupBy(tags, (row) => row.model_id);
  const paramsOf = Map.groupBy(params, (row) => row.model_id);
  const metricsOf = Map.groupBy(metrics, (row) => row.model_id);
  return modelRows.map((row) => {
    const { model_id: modelId } = row;
    return toLoggedModel(row, {
      tags: (tagsOf.get(modelId) ?? []).map((tag) => ({ key: tag.tag_key, value: tag.tag_value })),
      params: (paramsOf.get(modelId) ?? []).map((param) => ({
        key: param.param_key,
        value: param.param_value,
      })),
      metrics: (metricsOf.get(modelId) ?? []).map((point) => ({
        key: point.metric_name,
        value: point.metric_value ?? 0,
        timestamp: point.metric_timestamp_ms,
        step: point.metric_step,
        runId: point.run_id,
        ...(point.dataset_name === null ? {} : { datasetName: point.dataset_name }),
        ...(point.dataset_digest === null ? {} : { datasetDigest: point.dataset_digest }),
      })),
    });
  });
}
