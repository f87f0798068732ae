import { checkLogMetric } from '../../domain/index.js';
import type { StoreContext } from '../context.js';
import { readActiveRunRow } from '../runs/rows.js';
import type { MetricStore } from '../store.js';
import { getMetricHistory, getMetricHistoryBulk, getMetricHistoryBulkInterval } from './history.js';
import { checkModelPoints, checkModelsExist, modelPointsOf, writeModelPoints } from './models.js';
import { writeMetrics } from './write.js';

export function metricRepository(context: StoreContext): MetricStore {
  return {
    async logMetric(runId, metric) {
      const metrics = [checkLogMetric(metric)];
      const modelPoints = modelPointsOf(metrics);
      const [run] = await Promise.all([
        readActiveRunRow(context, runId),
        checkModelsExist(context, modelPoints),
        checkModelPoints(context, runId, modelPoints),
      ]);
      await Promise.all([
        writeMetrics(context, runId, metrics),
        writeModelPoints(context, runId, run.experiment_id ?? 0, modelPoints),
      ]);
    },
    getMetricHistory: (request) => getMetricHistory(context, request),
    getMetricHistoryBulk: (request) => getMetricHistoryBulk(context, request),
    getMetricHistoryBulkInterval: (request) => getMetricHistoryBulkInterval(context, request),
  };
}
