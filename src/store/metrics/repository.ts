import { checkLogMetric } from '../../domain/index.js';
import type { StoreContext } from '../context.js';
import { readActiveRunRow } from '../runs/rows.js';
import type { MetricStore } from '../store.js';
import { getMetricHistory, getMetricHistoryBulk, getMetricHistoryBulkInterval } from './history.js';
import { checkModelsExist } from './models.js';
import { writeMetrics, writeModelMetrics } from './write.js';

export function metricRepository(context: StoreContext): MetricStore {
  return {
    async logMetric(runId, metric) {
      const metrics = [checkLogMetric(metric)];
      const [run] = await Promise.all([
        readActiveRunRow(context, runId),
        checkModelsExist(context, metrics),
      ]);
      await Promise.all([
        writeMetrics(context, runId, metrics),
        writeModelMetrics(context, runId, run.experiment_id ?? 0, metrics),
      ]);
    },
    getMetricHistory: (request) => getMetricHistory(context, request),
    getMetricHistoryBulk: (request) => getMetricHistoryBulk(context, request),
    getMetricHistoryBulkInterval: (request) => getMetricHistoryBulkInterval(context, request),
  };
}
