import { MAX_RUNS_IN_HISTORY, MAX_SAMPLED_STEPS } from '../domain/limits.js';
import type { Metric, MetricWithRunId } from '../domain/metric.js';
import type { Page } from '../domain/page.js';

import { float, object, page, repeated, text } from './encode.js';
import {
  int32,
  int64,
  list,
  message,
  nonEmpty,
  optional,
  required,
  string,
  double,
  where,
  withDefault,
} from './fields.js';
import { FieldProblem, brokenRule } from './problems.js';

export const logMetric = message({
  run_id: required(string),
  key: required(string),
  value: required(double),
  timestamp: required(int64),
  step: withDefault(int64, 0),
  model_id: nonEmpty,
  dataset_name: nonEmpty,
  dataset_digest: nonEmpty,
});

/** A metric of log-batch. */
export const batchMetric = message({
  key: required(string),
  value: required(double),
  timestamp: required(int64),
  step: withDefault(int64, 0),
  model_id: nonEmpty,
  dataset_name: nonEmpty,
  dataset_digest: nonEmpty,
});

export const getMetricHistory = message({
  run_id: required(string),
  metric_key: required(string),
  page_token: nonEmpty,
  max_results: optional(int32),
});

export const getMetricHistoryBulkInterval = message({
  run_ids: {
    isList: true,
    decode: (value: unknown) => {
      const runIds = required(list(string)).decode(value);
      if (runIds.length <= MAX_RUNS_IN_HISTORY) return runIds;
      throw new FieldProblem(() =>
        brokenRule(
          `GetMetricHistoryBulkInterval request must specify at most ${MAX_RUNS_IN_HISTORY} run_ids. ` +
            `Received ${runIds.length} run_ids.`,
        ),
      );
    },
  },
  metric_key: required(string),
  start_step: optional(int64),
  end_step: optional(int64),
  max_results: optional(
    where(
      int64,
      (value) => value >= 1 && value <= MAX_SAMPLED_STEPS,
      () =>
        new FieldProblem(() =>
          brokenRule(`max_results must be between 1 and ${MAX_SAMPLED_STEPS}.`),
        ),
    ),
  ),
});

export const getMetricHistoryBulk = message({
  run_id: list(string),
  metric_key: optional(string),
  max_results: optional(int64),
});

export function encodeMetricHistory(found: Page<Metric>): string {
  return page('metrics', found, metricObject);
}

export function encodeMetricsWithRunId(metrics: readonly MetricWithRunId[]): string {
  return object(['metrics', repeated(metrics, metricWithRunIdObject)]);
}

/** get-history-bulk is no protobuf message: sorted keys, and an empty list is written. */
export function encodeMetricHistoryBulk(metrics: readonly MetricWithRunId[]): string {
  return object(['metrics', repeated(metrics, bulkMetricObject) ?? '[]']);
}

// One template each, and no objects: a history may have 25,000 points.
export function metricObject({ key, value, timestamp, step }: Metric): string {
  return `{"key":${text(key)},"value":${float(value)},"timestamp":${timestamp},"step":${step}}`;
}

function metricWithRunIdObject({ key, value, timestamp, step, runId }: MetricWithRunId): string {
  return (
    `{"key":${text(key)},"value":${float(value)},"timestamp":${timestamp},"step":${step},` +
    `"run_id":${text(runId)}}`
  );
}

function bulkMetricObject({ key, runId, step, timestamp, value }: MetricWithRunId): string {
  return (
    `{"key":${text(key)},"run_id":${text(runId)},"step":${step},` +
    `"timestamp":${timestamp},"value":${float(value)}}`
  );
}
