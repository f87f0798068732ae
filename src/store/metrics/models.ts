import { wholeKeys } from '../../../dialect/index.js';
import { noSuchLoggedModel } from '../../domain/index.js';
import type { LogMetric } from '../../domain/metric.js';
import type { StoreContext } from '../context.js';

/**
 * Every logged model that the metrics name must exist: one multi-get, none without models.
 * @throws RESOURCE_DOES_NOT_EXIST
 */
export async function checkModelsExist(
  context: StoreContext,
  metrics: readonly LogMetric[],
): Promise<void> {
  const ids = [...new Set(metrics.flatMap(({ modelId }) => (modelId ? [modelId] : [])))];
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
