import type { Int64 } from './int64.js';

/** One measured point. A run may have many points of one key. */
export interface Metric {
  readonly key: string;
  /** May be NaN. Infinities are kept as ±`Number.MAX_VALUE`, as MLflow keeps them. */
  readonly value: number;
  /** ms since the epoch, not negative. */
  readonly timestamp: Int64;
  /** Any integer; default 0. */
  readonly step: Int64;
}

/** A metric as it is logged: it may also belong to a logged model and a dataset. */
export interface LogMetric extends Metric {
  readonly modelId?: string | undefined;
  readonly datasetName?: string | undefined;
  readonly datasetDigest?: string | undefined;
}

/** A point of a history over several runs. */
export interface MetricWithRunId extends Metric {
  readonly runId: string;
}

export interface GetMetricHistory {
  readonly runId: string;
  readonly metricKey: string;
  /** Points a page, at least 1. Default: all. */
  readonly maxResults?: number | undefined;
  readonly pageToken?: string | undefined;
}

export interface GetMetricHistoryBulk {
  readonly runIds: readonly string[];
  readonly metricKey: string;
  /** Points in all, at most 25,000, which is the default. */
  readonly maxResults?: number | undefined;
}

export interface GetMetricHistoryBulkInterval {
  readonly runIds: readonly string[];
  readonly metricKey: string;
  /** Sampled steps over all runs, 1 to 2,500. Default: 2,500. */
  readonly maxResults?: number | undefined;
  /** With `endStep`: the steps looked at, both ends included. Default: all. */
  readonly startStep?: Int64 | undefined;
  readonly endStep?: Int64 | undefined;
}
