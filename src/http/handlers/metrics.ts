import { invalidParameter } from '../../domain/errors.js';
import { metricMessages as messages } from '../../protocol/index.js';
import { jsonOperation } from '../operation.js';

const MAX_RUNS = 100;
const MAX_POINTS = 25_000;

export const metricOperations = {
  getMetricHistory: jsonOperation(messages.getMetricHistory, async (store, request) =>
    messages.encodeMetricHistory(
      await store.getMetricHistory({
        runId: request.run_id,
        metricKey: request.metric_key,
        // A client always says how many; whoever does not gets a page, not a year of points.
        maxResults: request.max_results ?? MAX_POINTS,
        pageToken: request.page_token,
      }),
    ),
  ),

  getMetricHistoryBulk: jsonOperation(messages.getMetricHistoryBulk, async (store, request) => {
    const { run_id: runIds, metric_key: metricKey } = request;
    const refuse = (rule: string) => invalidParameter(`GetMetricHistoryBulk request ${rule}`);
    if (runIds.length === 0) throw refuse('must specify at least one run_id.');
    if (runIds.length > MAX_RUNS) {
      throw refuse(
        `cannot specify more than ${MAX_RUNS} run_ids. Received ${runIds.length} run_ids.`,
      );
    }
    if (metricKey === undefined) throw refuse('must specify a metric_key.');
    const maxResults = Math.min(Number(request.max_results ?? MAX_POINTS), MAX_POINTS);
    return messages.encodeMetricHistoryBulk(
      await store.getMetricHistoryBulk({ runIds, metricKey, maxResults }),
    );
  }),

  getMetricHistoryBulkInterval: jsonOperation(
    messages.getMetricHistoryBulkInterval,
    async (store, request) => {
      const { start_step: startStep, end_step: endStep } = request;
      if ((startStep === undefined) !== (endStep === undefined)) {
        throw invalidParameter(
          'If either start step or end step are specified, both must be specified.',
        );
      }
      if (startStep !== undefined && endStep !== undefined && startStep > endStep) {
        throw invalidParameter(
          'end_step must be greater than start_step. ' +
            `Found start_step=${startStep} and end_step=${endStep}.`,
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
