/**
 * MLflow's tracking data and the rules that a client can see, without I/O.
 *
 * - **Experiment**: a named group of runs.
 * - **Run**: one execution, for example one training; it belongs to one experiment.
 * - **Param**: a run's input as key and text, written once.
 * - **Metric**: a key with points (value, timestamp, step); the *latest* point is the one with the
 *   highest step, then timestamp, then value.
 * - **Tag**: a free key and text on an experiment, a run or an input; can be changed.
 * - **Dataset**: where data comes from and what it is called, not its rows.
 * - **Input, output**: an edge from a run to a dataset or a logged model that it used or made.
 * - **Logged model**: a model in an experiment, with tags, params and metrics of its own.
 * - **Registered model**, **model version**, **alias**, **prompt**: see ./registry/index.ts.
 * - **Trace**: one request that an application answered: what it was and how it ended; its *spans*
 *   are the steps of it.
 * - **Assessment**: feedback on a trace, or what it should have been.
 * - **Artifact**: a file that a run leaves, kept under its artifact URI, outside the database.
 *
 * @module
 */
export {
  artifactLocationOf,
  loggedModelArtifactLocation,
  runArtifactUri,
  splitUri,
  traceArtifactLocation,
  type UriParts,
} from './artifact-uri.js';
export type {
  Assessment,
  AssessmentError,
  AssessmentSourceType,
  AssessmentValue,
  NewAssessment,
} from './assessment.js';
export {
  type CheckedExperiment,
  checkArtifactLocation,
  checkCreateExperiment,
  checkRenameExperiment,
  type ExperimentLimitOptions,
  validateExperimentName,
} from './checks/experiment.js';
export { checkHistoryRunIds, checkStepInterval } from './checks/history.js';
export { checkExperimentId, checkRunId } from './checks/ids.js';
export {
  type CheckedInputs,
  type CheckedOutputs,
  checkLogInputs,
  checkLogOutputs,
} from './checks/inputs.js';
export { checkKey } from './checks/key.js';
export { type CheckedBatch, checkLogBatch } from './checks/log-batch.js';
export {
  type CheckedLoggedModel,
  checkCreateLoggedModel,
  checkLoggedModelDatasets,
  checkLoggedModelLocation,
  checkLoggedModelParams,
  checkLoggedModelTags,
  loggedModelStatusNumber,
  loggedModelStatusOf,
} from './checks/logged-model.js';
export { checkMaxResults } from './checks/max-results.js';
export { checkLogMetric } from './checks/metric.js';
export { checkLogParam } from './checks/param.js';
export { type CheckedRun, checkCreateRun, checkUpdateRunInfo } from './checks/run.js';
export { checkExperimentTag, checkSetTag } from './checks/tag.js';
export {
  type CheckedTrace,
  checkStartTrace,
  checkTraceLinks,
  withTraceLocation,
} from './checks/trace.js';
export {
  alreadyExists,
  doesNotExist,
  type ErrorCode,
  invalidParameter,
  MlflowError,
} from './errors.js';
export type { CreateExperiment, Experiment, SearchExperiments } from './experiment.js';
export type {
  Clause,
  Comparator,
  ExperimentClause,
  ExperimentOrdering,
  LoggedModelAttribute,
  LoggedModelClause,
  LoggedModelOrdering,
  ModelVersionAttribute,
  ModelVersionClause,
  ModelVersionOrdering,
  Ordering,
  RegisteredModelClause,
  RegisteredModelOrdering,
  RunAttribute,
  RunClause,
  RunOrdering,
} from './filter/ast.js';
export { parseExperimentFilter, parseExperimentOrderBy } from './filter/experiments.js';
export { parseLoggedModelFilter, parseLoggedModelOrderBy } from './filter/logged-models.js';
export { parseModelVersionFilter, parseModelVersionOrderBy } from './filter/model-versions.js';
export {
  parseRegisteredModelFilter,
  parseRegisteredModelOrderBy,
} from './filter/registered-models.js';
export { parseRunFilter, parseRunOrderBy } from './filter/runs.js';
export { newLoggedModelId, newUuidHex } from './ids.js';
export type {
  Dataset,
  DatasetInput,
  DatasetSummary,
  LoggedModelInput,
  LoggedModelOutput,
  LogInputs,
  LogOutputs,
} from './input.js';
export { compareInt64, type Int64, int64FromText, isInt64, normalizeInt64 } from './int64.js';
export { isJsonText } from './json-text.js';
export { type LifecycleStage, stagesOf, type ViewType } from './lifecycle.js';
export type {
  CreateLoggedModel,
  LoggedModel,
  LoggedModelDataset,
  LoggedModelMetric,
  LoggedModelOrderBy,
  LoggedModelStatus,
  SearchLoggedModels,
} from './logged-model.js';
export {
  MAX_ARTIFACT_LOCATION_LENGTH,
  MAX_DATASET_DIGEST_LENGTH,
  MAX_DATASET_NAME_LENGTH,
  MAX_DATASET_PROFILE_LENGTH,
  MAX_DATASET_SCHEMA_LENGTH,
  MAX_DATASET_SOURCE_LENGTH,
  MAX_ENTITIES_PER_BATCH,
  MAX_EXPERIMENT_NAME_LENGTH,
  MAX_EXPERIMENT_TAG_KEY_LENGTH,
  MAX_EXPERIMENT_TAG_VALUE_LENGTH,
  MAX_INPUT_TAG_KEY_LENGTH,
  MAX_INPUT_TAG_VALUE_LENGTH,
  MAX_KEY_LENGTH,
  MAX_LOGGED_MODEL_KEY_LENGTH,
  MAX_LOGGED_MODEL_LOCATION_LENGTH,
  MAX_LOGGED_MODEL_NAME_LENGTH,
  MAX_LOGGED_MODEL_TYPE_LENGTH,
  MAX_METRICS_PER_BATCH,
  MAX_PARAMS_PER_BATCH,
  MAX_PARAM_VALUE_LENGTH,
  MAX_POINTS_IN_HISTORY,
  MAX_RUNS_IN_HISTORY,
  MAX_SAMPLED_STEPS,
  MAX_SEARCH_RESULTS,
  MAX_SOURCE_RUN_ID_LENGTH,
  MAX_TAGS_PER_BATCH,
  MAX_TAG_VALUE_LENGTH,
  type ValueLimitOptions,
} from './limits.js';
export {
  experimentNameTaken,
  experimentNotActive,
  loggedModelMetricChanged,
  loggedModelParamChanged,
  noSuchExperiment,
  noSuchExperimentName,
  noSuchExperimentTag,
  noSuchLoggedModel,
  noSuchLoggedModelTag,
  noSuchRun,
  noSuchRunTag,
  noSuchTrace,
  noSuchTraceTag,
  noTraceOfThisId,
  type ParamChange,
  paramChanged,
  paramsChanged,
  renameOfInactiveExperiment,
  runNotActive,
  spansAreArtifacts,
  traceNotWhole,
} from './messages.js';
export type {
  GetMetricHistory,
  GetMetricHistoryBulk,
  GetMetricHistoryBulkInterval,
  LogMetric,
  Metric,
  MetricWithRunId,
} from './metric.js';
export type { Page } from './page.js';
export {
  decodePageToken,
  encodePageToken,
  type PageToken,
  type TokenValue,
} from './page-token.js';
export type { Param } from './param.js';
export type {
  CreateModelVersion,
  CreateRegisteredModel,
  ModelAlias,
  ModelStage,
  ModelVersion,
  PromptVersionRef,
  RegisteredModel,
  SearchModelVersions,
  SearchRegisteredModels,
  TransitionModelVersionStage,
} from './registry/index.js';
export { randomRunName } from './run-name.js';
export type {
  CreateRun,
  LogBatch,
  Run,
  RunData,
  RunInfo,
  RunStatus,
  SearchRuns,
  UpdateRunInfo,
} from './run.js';
export { sampleSteps, type StepInterval, type StepOfRun } from './sample-steps.js';
export {
  ASSESSMENT_RUN_KEY,
  DATASET_CONTEXT_TAG,
  LOGGED_MODELS_TAG,
  MODEL_VERSIONS_TAG,
  RUN_NAME_TAG,
  TRACE_SIZE_KEY,
} from './tag-keys.js';
export type { Tag } from './tag.js';
export { TOKEN_USAGE_KEY, tokenMetrics, type TraceMetric } from './token-usage.js';
export {
  hasSpansInDatabase,
  type Span,
  type StartTrace,
  type Trace,
  type TraceInfo,
  type TraceState,
} from './trace.js';
export {
  DELIVERY_STATES,
  type CreateWebhook,
  type DeliveryState,
  type ListWebhookDeliveries,
  type ListWebhooks,
  type UpdateWebhook,
  type Webhook,
  type WebhookAction,
  type WebhookDelivery,
  type WebhookEntity,
  WEBHOOK_EVENT_NAMES,
  type WebhookEvent,
  type WebhookEventName,
  webhookEventName,
  webhookEventOf,
  type WebhookStatus,
  type WebhookTestResult,
} from './webhooks/index.js';
