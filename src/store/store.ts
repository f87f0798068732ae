import type {
  CreateExperiment,
  Experiment,
  SearchExperiments,
} from '../domain/experiment.js';
import type { DatasetSummary, LogInputs, LogOutputs } from '../domain/input.js';
import type {
  CreateLoggedModel,
  LoggedModel,
  LoggedModelStatus,
  SearchLoggedModels,
} from '../domain/logged-model.js';
import type {
  GetMetricHistory,
  GetMetricHistoryBulk,
  GetMetricHistoryBulkInterval,
  LogMetric,
  Metric,
  MetricWithRunId,
} from '../domain/metric.js';
import type { Page } from '../domain/page.js';
import type { Param } from '../domain/param.js';
import type {
  CreateRun,
  LogBatch,
  Run,
  RunInfo,
  SearchRuns,
  UpdateRunInfo,
} from '../domain/run.js';
import type {
  CreateModelVersion,
  CreateRegisteredModel,
  ModelVersion,
  PromptVersionRef,
  RegisteredModel,
  SearchModelVersions,
  SearchRegisteredModels,
  TransitionModelVersionStage,
} from '../domain/registry/index.js';
import type { Tag } from '../domain/tag.js';
import type { StartTrace, Trace, TraceInfo } from '../domain/trace.js';
import type {
  CreateWebhook,
  ListWebhookDeliveries,
  ListWebhooks,
  UpdateWebhook,
  Webhook,
  WebhookDelivery,
  WebhookEvent,
  WebhookTestResult,
} from '../domain/webhooks/index.js';

/** Experiments: named groups of runs. */
export interface ExperimentStore {
  /**
   * Answers the new experiment's id. Fails with RESOURCE_ALREADY_EXISTS where the name is taken.
   */
  createExperiment(experiment: CreateExperiment): Promise<string>;
  /** Deleted ones too. Fails with RESOURCE_DOES_NOT_EXIST. */
  getExperiment(experimentId: string): Promise<Experiment>;
  /** Deleted ones too; `undefined` where no experiment has the name. */
  getExperimentByName(name: string): Promise<Experiment | undefined>;
  deleteExperiment(experimentId: string): Promise<void>;
  restoreExperiment(experimentId: string): Promise<void>;
  renameExperiment(experimentId: string, newName: string): Promise<void>;
  searchExperiments(search: SearchExperiments): Promise<Page<Experiment>>;
  setExperimentTag(experimentId: string, tag: Tag): Promise<void>;
  deleteExperimentTag(experimentId: string, key: string): Promise<void>;
}

/** Runs: one execution each. */
export interface RunStore {
  createRun(run: CreateRun): Promise<Run>;
  getRun(runId: string): Promise<Run>;
  updateRunInfo(runId: string, update: UpdateRunInfo): Promise<RunInfo>;
  deleteRun(runId: string): Promise<void>;
  restoreRun(runId: string): Promise<void>;
  searchRuns(search: SearchRuns): Promise<Page<Run>>;
  /** Metrics, params and tags of one run in a constant number of statements. Safe to send again. */
  logBatch(runId: string, batch: LogBatch): Promise<void>;
}

export interface MetricStore {
  logMetric(runId: string, metric: LogMetric): Promise<void>;
  /** Ordered by timestamp, step, value. An unknown run or key has no points. */
  getMetricHistory(request: GetMetricHistory): Promise<Page<Metric>>;
  getMetricHistoryBulk(request: GetMetricHistoryBulk): Promise<readonly MetricWithRunId[]>;
  getMetricHistoryBulkInterval(
    request: GetMetricHistoryBulkInterval,
  ): Promise<readonly MetricWithRunId[]>;
}

export interface ParamStore {
  logParam(runId: string, param: Param): Promise<void>;
}

export interface TagStore {
  setTag(runId: string, tag: Tag): Promise<void>;
  deleteTag(runId: string, key: string): Promise<void>;
}

export interface InputStore {
  logInputs(runId: string, inputs: LogInputs): Promise<void>;
  logOutputs(runId: string, outputs: LogOutputs): Promise<void>;
  /** The datasets that runs of these experiments used, at most 1,000. */
  searchDatasets(experimentIds: readonly string[]): Promise<readonly DatasetSummary[]>;
  /** Appends a model's JSON description to the run's tag `mlflow.log-model.history`. */
  recordLoggedModel(runId: string, modelJson: string): Promise<void>;
}

/**
 * Models that runs logged. A deleted one stays, unseen: it can still be finalized, tagged and given
 * params, as MLflow has it. All but `createLoggedModel` fail with RESOURCE_DOES_NOT_EXIST where
 * there is no such model.
 */
export interface LoggedModelStore {
  /** The new model is `PENDING`. */
  createLoggedModel(model: CreateLoggedModel): Promise<LoggedModel>;
  /** `allowDeleted`: a deleted one too. Default: false. */
  getLoggedModel(
    modelId: string,
    options?: { readonly allowDeleted?: boolean | undefined },
  ): Promise<LoggedModel>;
  finalizeLoggedModel(modelId: string, status: LoggedModelStatus): Promise<LoggedModel>;
  /** Safe to repeat. */
  deleteLoggedModel(modelId: string): Promise<void>;
  /** Never finds deleted ones. */
  searchLoggedModels(search: SearchLoggedModels): Promise<Page<LoggedModel>>;
  /** Fails with BAD_REQUEST for a key that stands with another value. */
  logLoggedModelParams(modelId: string, params: readonly Param[]): Promise<void>;
  setLoggedModelTags(modelId: string, tags: readonly Tag[]): Promise<void>;
  deleteLoggedModelTag(modelId: string, key: string): Promise<void>;
  /** Notes a registered version in the model's tag `mlflow.modelVersions`. Safe to repeat. */
  setModelVersionsTags(name: string, version: number, modelId: string): Promise<void>;
}

/**
 * Traces: what is known of them. Clients keep the spans of what they log here among the artifacts.
 * @see https://mlflow.org/docs/latest/genai/tracing/
 */
export interface TraceStore {
  /**
   * Logs a trace, or what is new of one that stands: state, times and the caller's id are
   * replaced, tags, metadata and previews only where they are given. Safe to repeat. Answers what
   * stands, with the tag `mlflow.artifactLocation`: where its spans are to be kept. Fails with
   * RESOURCE_DOES_NOT_EXIST where there is no such experiment, and with INVALID_PARAMETER_VALUE
   * where it is deleted.
   */
  startTrace(trace: StartTrace): Promise<TraceInfo>;
  /** Fails with RESOURCE_DOES_NOT_EXIST. */
  getTraceInfo(traceId: string): Promise<TraceInfo>;
  /**
   * A trace whose spans are in the database, which an import brings there. `allowPartial`: also
   * where some of its spans are missing; default: false. Fails with RESOURCE_DOES_NOT_EXIST, and
   * with BAD_REQUEST where the spans are an artifact of the trace.
   */
  getTrace(
    traceId: string,
    options?: { readonly allowPartial?: boolean | undefined },
  ): Promise<Trace>;
  /** As {@link getTrace}, in the order asked, each once; what that would refuse is left out. */
  batchGetTraces(traceIds: readonly string[]): Promise<readonly Trace[]>;
  /** In the order asked, each once; unknown ones are left out. */
  batchGetTraceInfos(traceIds: readonly string[]): Promise<readonly TraceInfo[]>;
  /** Fails with RESOURCE_DOES_NOT_EXIST where there is no such trace. */
  setTraceTag(traceId: string, tag: Tag): Promise<void>;
  /** Fails with RESOURCE_DOES_NOT_EXIST where the trace has no such tag. */
  deleteTraceTag(traceId: string, key: string): Promise<void>;
  /**
   * Notes that traces belong to a run, at most 100 at once, without asking whether there are such
   * things, as MLflow does. Safe to repeat. Fails with INVALID_PARAMETER_VALUE for an id of more
   * than 36 characters, which is what MLflow's table holds.
   */
  linkTracesToRun(traceIds: readonly string[], runId: string): Promise<void>;
  /**
   * Notes which versions of prompts a trace used, without asking whether there are such things, as
   * MLflow does. Safe to repeat. Fails with INVALID_PARAMETER_VALUE for a version that is no number,
   * and where the trace's id, or `<name>/<version>`, is longer than 36 characters, which is what
   * MLflow's table holds.
   *
   * @see https://mlflow.org/docs/latest/genai/prompt-registry/
   */
  linkPromptsToTrace(
    traceId: string,
    promptVersions: readonly PromptVersionRef[],
  ): Promise<void>;
}

/** MLflow's tracking store, named in MLflow's own terms. */
export interface TrackingStore
  extends ExperimentStore,
    RunStore,
    MetricStore,
    ParamStore,
    TagStore,
    InputStore,
    LoggedModelStore,
    TraceStore {}

/**
 * MLflow's model registry store, named in MLflow's own terms. Prompts are registered models with
 * the tag `mlflow.prompt.is_prompt`. All but `createRegisteredModel` and the searches fail with
 * RESOURCE_DOES_NOT_EXIST where there is no such model or version. A version is given by its
 * number.
 */
export interface ModelRegistryStore {
  /** Fails with RESOURCE_ALREADY_EXISTS where a model or a prompt has the name. */
  createRegisteredModel(model: CreateRegisteredModel): Promise<RegisteredModel>;
  getRegisteredModel(name: string): Promise<RegisteredModel>;
  /** Without a description, the one that stands is removed. */
  updateRegisteredModel(name: string, description?: string): Promise<RegisteredModel>;
  /**
   * Versions, tags and aliases come along. A reader sees one of the two names at any time, never
   * both, never neither. Fails with RESOURCE_ALREADY_EXISTS where the new name is taken.
   */
  renameRegisteredModel(name: string, newName: string): Promise<RegisteredModel>;
  /**
   * With all its versions, for good. The name is free then, and its next model begins at version 1.
   */
  deleteRegisteredModel(name: string): Promise<void>;
  searchRegisteredModels(search: SearchRegisteredModels): Promise<Page<RegisteredModel>>;
  /** The highest version of each of these stages. Default: of every stage. */
  getLatestVersions(name: string, stages?: readonly string[]): Promise<readonly ModelVersion[]>;
  setRegisteredModelTag(name: string, tag: Tag): Promise<void>;
  /** A tag that isn't there is fine. */
  deleteRegisteredModelTag(name: string, key: string): Promise<void>;
  /** Moves it, where it stands. `latest` and `v1` are reserved. */
  setRegisteredModelAlias(name: string, alias: string, version: string | number): Promise<void>;
  /** An alias that isn't there is fine. */
  deleteRegisteredModelAlias(name: string, alias: string): Promise<void>;
  /** Fails with INVALID_PARAMETER_VALUE where there is no such alias, as MLflow does. */
  getModelVersionByAlias(name: string, alias: string): Promise<ModelVersion>;
  /**
   * The next number of the model: unique and ascending, whoever else creates one at the same time.
   */
  createModelVersion(version: CreateModelVersion): Promise<ModelVersion>;
  getModelVersion(name: string, version: string | number): Promise<ModelVersion>;
  /** Without a description, the one that stands is removed. */
  updateModelVersion(
    name: string,
    version: string | number,
    description?: string,
  ): Promise<ModelVersion>;
  transitionModelVersionStage(transition: TransitionModelVersionStage): Promise<ModelVersion>;
  deleteModelVersion(name: string, version: string | number): Promise<void>;
  /** Where its files are. */
  getModelVersionDownloadUri(name: string, version: string | number): Promise<string>;
  searchModelVersions(search: SearchModelVersions): Promise<Page<ModelVersion>>;
  setModelVersionTag(name: string, version: string | number, tag: Tag): Promise<void>;
  /** A tag that isn't there is fine. */
  deleteModelVersionTag(name: string, version: string | number, key: string): Promise<void>;
}

/**
 * URLs that are told of events of the model registry; see docs/webhooks.md. All that take an id fail
 * with RESOURCE_DOES_NOT_EXIST where there is no such webhook, or a deleted one.
 * @see https://mlflow.org/docs/latest/ml/webhooks/
 */
export interface WebhookStore {
  /** Fails with INVALID_PARAMETER_VALUE where the URL may not be called. */
  createWebhook(webhook: CreateWebhook): Promise<Webhook>;
  getWebhook(webhookId: string): Promise<Webhook>;
  /** The newest first. */
  listWebhooks(list?: ListWebhooks): Promise<Page<Webhook>>;
  /** Those that listen to an event, disabled ones too; the newest first. */
  listWebhooksByEvent(event: WebhookEvent, list?: ListWebhooks): Promise<Page<Webhook>>;
  updateWebhook(webhookId: string, update: UpdateWebhook): Promise<Webhook>;
  /** What waits for it is cancelled. */
  deleteWebhook(webhookId: string): Promise<void>;
  /** Sends an example of the event once, and waits for the answer. Default: its first event. */
  testWebhook(webhookId: string, event?: WebhookEvent): Promise<WebhookTestResult>;
  /** What webhooks were told and are to be told, the newest first. */
  listWebhookDeliveries(list?: ListWebhookDeliveries): Promise<Page<WebhookDelivery>>;
  /** Sends one again, under its id, that was delivered or is a dead letter. */
  redeliverWebhookDelivery(deliveryId: string): Promise<void>;
}
