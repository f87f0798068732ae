import {
  checkHistoryRunIds,
  checkStepInterval,
  invalidParameter,
  MAX_POINTS_IN_HISTORY,
} from '../../domain/index.js';
import { metricMessages as messages } from '../../protocol/index.js';
import { jsonOperation } from '../operation.js';

export const metricOperations = {
  getMetricHistory: jsonOperation(messages.getMetricHistory, async (store, request) =>
    messages.encodeMetricHistory(
      await store.getMetricHistory({
        runId: request.run_id,
        metricKey: request.metric_key,
        // A client always says how many; whoever does not gets a page, not a year of points.
        maxResults: request.max_results ?? MAX_POINTS_IN_HISTORY,
        pageToken: request.page_token,
      }),
    ),
  ),

  getMetricHistoryBulk: jsonOperation(messages.getMetricHistoryBulk, async (store, request) => {
    const { run_id: runIds, metric_key: metricKey } = request;
    checkHistoryRunIds(runIds);
    if (metricKey === undefined) {
      throw invalidParameter('GetMetricHistoryBulk request must specify a metric_key.');
    }
    const maxResults = Math.min(Number(request.max_results ?? MAX_POINTS_IN_HISTORY), MAX_POINTS_IN_HISTORY);
    return messages.encodeMetricHistoryBulk(
      await store.getMetricHistoryBulk({ runIds, metricKey, maxResults }),
    );
  }),

  getMetricHistoryBulkInterval: jsonOperation(
    messages.getMetricHistoryBulkInterval,
    async (store, request) => {
      const { start_step: startStep, end_step: endStep } = request;
      const interval = checkStepInterval(startStep, endStep);
      if (interval !== undefined && interval.startStep > interval.endStep) {
        throw invalidParameter(
          'end_step must be greater than start_step. ' +
            `Found start_step=${interval.startStep} and end_step=${interval.endStep}.`,
        );
      }
      return messages.encodeMetricsWithRunId(
        await store.getMetricHistoryBulkInterval({
          runIds: request.run_ids,
          metricKey: request.metric_key,
          maxResults: request.max_results === undefined ? undefined : Number(request.max_results),
          startStep,
          endStep,
        }),
      );
    },
  ),
};
