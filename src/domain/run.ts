import type { DatasetInput, LoggedModelInput, LoggedModelOutput } from './input.js';
import type { Int64 } from './int64.js';
import type { LifecycleStage, ViewType } from './lifecycle.js';
import type { LogMetric, Metric } from './metric.js';
import type { Param } from './param.js';
import type { Tag } from './tag.js';

/** Any change is allowed, also back from a final state. */
export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface RunInfo {
  /** 32 hex digits. */
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: string;
  readonly userId: string;
  readonly status: RunStatus;
  /** ms since the epoch. */
  readonly startTime: Int64;
  /** ms since the epoch; absent until an update sets it. */
  readonly endTime?: Int64 | undefined;
  readonly artifactUri: string;
  readonly lifecycleStage: LifecycleStage;
}

export interface RunData {
  /** The latest point of each key. */
  readonly metrics: readonly Metric[];
  readonly params: readonly Param[];
  readonly tags: readonly Tag[];
}

export interface Run {
  readonly info: RunInfo;
  readonly data: RunData;
  readonly inputs: {
    readonly datasetInputs: readonly DatasetInput[];
    readonly modelInputs: readonly LoggedModelInput[];
  };
  readonly outputs: { readonly modelOutputs: readonly LoggedModelOutput[] };
}

export interface CreateRun {
  readonly experimentId: string;
  /** Default: empty. */
  readonly userId?: string | undefined;
  /** ms since the epoch. Default: 0, as MLflow's server has it. */
  readonly startTime?: Int64 | undefined;
  readonly tags?: readonly Tag[] | undefined;
  /** Default: the tag `mlflow.runName`, else a random name. */
  readonly runName?: string | undefined;
}

/** Absent fields stay as they are. */
export interface UpdateRunInfo {
  readonly status?: RunStatus | undefined;
  /** ms since the epoch. */
  readonly endTime?: Int64 | undefined;
  readonly runName?: string | undefined;
}

export interface LogBatch {
  readonly metrics?: readonly LogMetric[] | undefined;
  readonly params?: readonly Param[] | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

export interface SearchRuns {
  readonly experimentIds: readonly string[];
  /** MLflow's filter grammar, for example `metrics.f1 > 0.8 AND params.window = '5'`. */
  readonly filter?: string | undefined;
  /** Default: `ACTIVE_ONLY`. */
  readonly runViewType?: ViewType | undefined;
  /** Runs a page, 1 to 50,000. Default: 1,000. */
  readonly maxResults?: number | undefined;
  /** For example `['metrics.f1 DESC']`. Ties: start time descending, then run id. */
  readonly orderBy?: readonly string[] | undefined;
  readonly pageToken?: string | undefined;
}
