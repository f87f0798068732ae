/** What is refused because of what stands in the database, in MLflow's words. */
import { alreadyExists, doesNotExist, invalidParameter, MlflowError } from './errors.js';
import type { Int64 } from './int64.js';
import type { LogMetric } from './metric.js';
import { pythonString } from './python-text.js';

export function noSuchExperiment(experimentId: Int64 | string): MlflowError {
  return doesNotExist(`No Experiment with id=${String(experimentId)} exists`);
}

export function noSuchExperimentName(name: string): MlflowError {
  return doesNotExist(`Could not find experiment with name '${name}'`);
}

/** MLflow answers BAD_REQUEST when a rename meets a taken name; here both say the same. */
export function experimentNameTaken(name: string): MlflowError {
  return alreadyExists(`Experiment(name=${name}) already exists.`);
}

export function experimentNotActive(
  experimentId: Int64 | string,
  stage: string | null,
): MlflowError {
  return invalidParameter(
    `The experiment ${String(experimentId)} must be in the 'active' state. ` +
      `Current state is ${String(stage)}.`,
  );
}

export function renameOfInactiveExperiment(): MlflowError {
  return new MlflowError('INVALID_STATE', 'Cannot rename a non-active experiment.');
}

export function noSuchExperimentTag(experimentId: Int64 | string, key: string): MlflowError {
  return doesNotExist(`No tag with name: ${key} in experiment with id ${String(experimentId)}`);
}

export function noSuchRun(runId: string): MlflowError {
  return doesNotExist(`Run with id=${runId} not found`);
}

export function runNotActive(runId: string, stage: string | null): MlflowError {
  return invalidParameter(
    `The run ${runId} must be in the 'active' state. Current state is ${String(stage)}.`,
  );
}

export function noSuchRunTag(runId: string, key: string): MlflowError {
  return doesNotExist(`No tag with name: ${key} in run with id ${runId}`);
}

export function noSuchTrace(traceId: string): MlflowError {
  return doesNotExist(`Trace with ID '${traceId}' not found.`);
}

/** As the endpoints say it that answer spans. */
export function noTraceOfThisId(traceId: string): MlflowError {
  return doesNotExist(`Trace with ID ${traceId} is not found.`);
}

/** MLflow answers INTERNAL_ERROR, which its clients would ask again for minutes. */
export function spansAreArtifacts(): MlflowError {
  return new MlflowError('BAD_REQUEST', 'Trace data not stored in tracking store');
}

export function traceNotWhole(traceId: string): MlflowError {
  return doesNotExist(
    `Trace with ID ${traceId} is not fully exported yet, please try again later.`,
  );
}

export function noSuchTraceTag(traceId: string, key: string): MlflowError {
  return doesNotExist(`No trace tag with key '${key}' for trace with ID '${traceId}'`);
}

export function noSuchLoggedModel(modelId: string): MlflowError {
  return doesNotExist(`Logged model with ID '${modelId}' not found.`);
}

export function noSuchLoggedModelTag(modelId: string, key: string): MlflowError {
  return doesNotExist(
    `No tag with key ${pythonString(key)} found for model with ID ${pythonString(modelId)}.`,
  );
}

/** MLflow refuses a repeated param even with an equal value, and shows the database's text. */
export function loggedModelParamChanged(
  modelId: string,
  { key, oldValue, newValue }: ParamChange,
): MlflowError {
  return new MlflowError(
    'BAD_REQUEST',
    `Changing param values is not allowed. Param with key='${key}' was already logged with ` +
      `value='${oldValue}' for logged model ID='${modelId}'. Attempted logging new value ` +
      `'${newValue}'.`,
  );
}

/** A logged model has one value at a time and step, where a run may have several. */
export function loggedModelMetricChanged(
  { modelId, key, timestamp, step }: LogMetric,
): MlflowError {
  return new MlflowError(
    'BAD_REQUEST',
    `Metric '${key}' at timestamp ${String(timestamp)} and step ${String(step)} was already logged ` +
      `by this run for logged model ID='${modelId ?? ''}', with another value or dataset.`,
  );
}

/** A param that stands with another value than the one that was to be logged. */
export interface ParamChange {
  readonly key: string;
  readonly oldValue: string;
  readonly newValue: string;
}

/** As log-parameter says it. */
export function paramChanged(
  runId: string,
  { key, oldValue, newValue }: ParamChange,
): MlflowError {
  return invalidParameter(
    `Changing param values is not allowed. Param with key='${key}' was already logged with ` +
      `value='${oldValue}' for run ID='${runId}'. Attempted logging new value '${newValue}'.`,
  );
}

/** As log-batch says it. */
export function paramsChanged(runId: string, changes: readonly ParamChange[]): MlflowError {
  const list = changes.map(
    ({ key, oldValue, newValue }) =>
      `{'key': ${pythonString(key)}, 'old_value': ${pythonString(oldValue)}, ` +
      `'new_value': ${pythonString(newValue)}}`,
  );
  return invalidParameter(
    `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]' ` +
      `for run ID='${runId}'.`,
  );
}
