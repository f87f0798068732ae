import type { LogMetric } from '../../domain/metric.js';
import type { Decoded } from '../../protocol/index.js';
import { EMPTY, metricMessages, runMessages as messages } from '../../protocol/index.js';
import { jsonOperation } from '../operation.js';

export const runOperations = {
  createRun: jsonOperation(messages.createRun, async (store, request) =>
    messages.encodeCreatedRun(
      await store.createRun({
        experimentId: request.experiment_id,
        userId: request.user_id,
        startTime: request.start_time,
        runName: request.run_name,
        tags: request.tags,
      }),
    ),
  ),

  getRun: jsonOperation(messages.runById, async (store, request) =>
    messages.encodeRun(await store.getRun(request.run_id)),
  ),

  updateRun: jsonOperation(messages.updateRun, async (store, request) =>
    messages.encodeRunInfo(
      await store.updateRunInfo(request.run_id, {
        status: request.status,
        endTime: request.end_time,
        runName: request.run_name,
      }),
    ),
  ),

  deleteRun: jsonOperation(messages.runById, async (store, request) => {
    await store.deleteRun(request.run_id);
    return EMPTY;
  }),

  restoreRun: jsonOperation(messages.runById, async (store, request) => {
    await store.restoreRun(request.run_id);
    return EMPTY;
  }),

  searchRuns: jsonOperation(messages.searchRuns, async (store, request) =>
    messages.encodeRuns(
      await store.searchRuns({
        experimentIds: request.experiment_ids,
        filter: request.filter,
        runViewType: request.run_view_type,
        maxResults: request.max_results,
        orderBy: request.order_by,
        pageToken: request.page_token,
      }),
    ),
  ),

  logMetric: jsonOperation(metricMessages.logMetric, async (store, request) => {
    await store.logMetric(request.run_id, metricOf(request));
    return EMPTY;
  }),

  logParam: jsonOperation(messages.logParam, async (store, request) => {
    await store.logParam(request.run_id, { key: request.key, value: request.value });
    return EMPTY;
  }),

  setTag: jsonOperation(messages.setTag, async (store, request) => {
    await store.setTag(request.run_id, { key: request.key, value: request.value });
    return EMPTY;
  }),

  deleteTag: jsonOperation(messages.deleteTag, async (store, request) => {
    await store.deleteTag(request.run_id, request.key);
    return EMPTY;
  }),

  logBatch: jsonOperation(messages.logBatch, async (store, request) => {
    await store.logBatch(request.run_id, {
      metrics: request.metrics.map(metricOf),
      params: request.params,
      tags: request.tags,
    });
    return EMPTY;
  }),
};

function metricOf(metric: Decoded<typeof metricMessages.batchMetric>): LogMetric {
  return {
    key: metric.key,
    value: metric.value,
    timestamp: metric.timestamp,
    step: metric.step,
    modelId: metric.model_id,
    datasetName: metric.dataset_name,
    datasetDigest: metric.dataset_digest,
  };
}
