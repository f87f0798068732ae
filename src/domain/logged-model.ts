import type { Int64 } from './int64.js';
import type { LifecycleStage } from './lifecycle.js';
import type { Metric } from './metric.js';
import type { Param } from './param.js';
import type { Tag } from './tag.js';

/**
 * How far a model's files have come: `PENDING` until its logger says `READY`, or `FAILED` when the
 * upload broke off. Any change is allowed, also back.
 */
export type LoggedModelStatus = 'UNSPECIFIED' | 'PENDING' | 'READY' | 'FAILED';

/** A point that a run logged for a model, perhaps measured on a dataset. */
export interface LoggedModelMetric extends Metric {
  readonly runId: string;
  readonly datasetName?: string | undefined;
  readonly datasetDigest?: string | undefined;
}

/**
 * A model in an experiment, with the place where its files are.
 * @see https://mlflow.org/docs/latest/api_reference/python_api/mlflow.entities.html#mlflow.entities.LoggedModel
 */
export interface LoggedModel {
  /** `m-` and 32 hex digits. */
  readonly modelId: string;
  readonly experimentId: string;
  /** Need not be unique. */
  readonly name: string;
  readonly artifactLocation: string;
  /** ms since the epoch. */
  readonly creationTimestamp: Int64;
  /** ms since the epoch; set by finalize and delete, not by tags, params and metrics. */
  readonly lastUpdatedTimestamp: Int64;
  readonly status: LoggedModelStatus;
  readonly lifecycleStage: LifecycleStage;
  /** Empty where none was given. */
  readonly modelType: string;
  /** The run that made it; empty where none did. It isn't checked to exist. */
  readonly sourceRunId: string;
  readonly tags: readonly Tag[];
  readonly params: readonly Param[];
  /** Every point, by key, timestamp, step, run. NaN was stored as 0. */
  readonly metrics: readonly LoggedModelMetric[];
}

export interface CreateLoggedModel {
  readonly experimentId: string;
  /** Without any of `/ : . % " '`. Default: a random name. */
  readonly name?: string | undefined;
  readonly modelType?: string | undefined;
  readonly sourceRunId?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  readonly params?: readonly Param[] | undefined;
}

/** Metrics on a dataset. */
export interface LoggedModelDataset {
  readonly datasetName: string;
  /** Default: any. */
  readonly datasetDigest?: string | undefined;
}

/** One order key of a search. */
export interface LoggedModelOrderBy {
  /** A column, such as `creation_timestamp`, or `metrics.<key>`: the newest point of that metric. */
  readonly fieldName: string;
  /** Default: true. */
  readonly ascending?: boolean | undefined;
  /** Of a metric: only points on this dataset count. */
  readonly datasetName?: string | undefined;
  readonly datasetDigest?: string | undefined;
}

export interface SearchLoggedModels {
  readonly experimentIds: readonly string[];
  /** MLflow's filter grammar, for example `name = 'm' AND metrics.f1 > 0.8`. */
  readonly filter?: string | undefined;
  /**
   * The datasets that the filter's metrics must have been measured on; where the filter has no
   * metric, models with some metric on one of them. Default: any, and none.
   */
  readonly datasets?: readonly LoggedModelDataset[] | undefined;
  /** Models a page, 1 to 50,000. Default: 100. */
  readonly maxResults?: number | undefined;
  /** Default, and after all others: creation time, newest first, then id. Missing values last. */
  readonly orderBy?: readonly LoggedModelOrderBy[] | undefined;
  readonly pageToken?: string | undefined;
}
