import type {
  LoggedModel,
  LoggedModelMetric,
  LoggedModelStatus,
} from '../domain/logged-model.js';
import type { Page } from '../domain/page.js';

import { keyAndValue, textOrEmpty } from './common.js';
import { float, integer, keyValue, object, optionalText, page, repeated, text } from './encode.js';
import type { Decoder } from './fields.js';
import {
  bool,
  enumeration,
  int32,
  list,
  message,
  nonEmpty,
  optional,
  required,
  string,
  withDefault,
} from './fields.js';

const STATUS_NUMBERS = {
  LOGGED_MODEL_STATUS_UNSPECIFIED: 0,
  LOGGED_MODEL_PENDING: 1,
  LOGGED_MODEL_READY: 2,
  LOGGED_MODEL_UPLOAD_FAILED: 3,
};

const STATUS_NAMES: Readonly<Record<LoggedModelStatus, keyof typeof STATUS_NUMBERS>> = {
  UNSPECIFIED: 'LOGGED_MODEL_STATUS_UNSPECIFIED',
  PENDING: 'LOGGED_MODEL_PENDING',
  READY: 'LOGGED_MODEL_READY',
  FAILED: 'LOGGED_MODEL_UPLOAD_FAILED',
};

const wireStatus = enumeration(STATUS_NUMBERS);

const status: Decoder<LoggedModelStatus> = {
  decode: (value) => {
    const name = wireStatus.decode(value);
    const statuses = Object.keys(STATUS_NAMES) as LoggedModelStatus[];
    return statuses.find((candidate) => STATUS_NAMES[candidate] === name) ?? 'UNSPECIFIED';
  },
};

// The path names the model; a `model_id` in the body, which clients send too, says the same.

export const createLoggedModel = message({
  experiment_id: required(string),
  name: nonEmpty,
  model_type: textOrEmpty,
  source_run_id: textOrEmpty,
  params: list(keyAndValue),
  tags: list(keyAndValue),
});

export const getLoggedModel = message({ allow_deleted: withDefault(bool, false) });

export const finalizeLoggedModel = message({ status: required(status) });

export const logLoggedModelParams = message({ params: list(keyAndValue) });

export const setLoggedModelTags = message({ tags: list(keyAndValue) });

export const searchLoggedModels = message({
  experiment_ids: required(list(string)),
  filter: nonEmpty,
  datasets: list(message({ dataset_name: textOrEmpty, dataset_digest: nonEmpty })),
  max_results: withDefault(int32, 50),
  order_by: list(
    message({
      field_name: required(string),
      ascending: withDefault(bool, true),
      dataset_name: nonEmpty,
      dataset_digest: nonEmpty,
    }),
  ),
  page_token: nonEmpty,
});

export const listLoggedModelArtifacts = message({ artifact_directory_path: optional(string) });

export const getLoggedModelArtifact = message({ artifact_file_path: nonEmpty });

export function encodeLoggedModel(model: LoggedModel): string {
  return object(['model', loggedModelObject(model)]);
}

export function encodeLoggedModels(found: Page<LoggedModel>): string {
  return page('models', found, loggedModelObject);
}

function loggedModelObject(model: LoggedModel): string {
  const { modelId } = model;
  return object(
    [
      'info',
      object(
        ['model_id', text(modelId)],
        ['experiment_id', text(model.experimentId)],
        ['name', text(model.name)],
        ['creation_timestamp_ms', integer(model.creationTimestamp)],
        ['last_updated_timestamp_ms', integer(model.lastUpdatedTimestamp)],
        ['artifact_uri', text(model.artifactLocation)],
        ['status', text(STATUS_NAMES[model.status])],
        ['model_type', text(model.modelType)],
        ['source_run_id', text(model.sourceRunId)],
        ['tags', repeated(model.tags, keyValue)],
      ),
    ],
    [
      'data',
      object(
        ['params', repeated(model.params, keyValue)],
        ['metrics', repeated(model.metrics, (metric) => metricObject(modelId, metric))],
      ),
    ],
  );
}

function metricObject(modelId: string, metric: LoggedModelMetric): string {
  return object(
    ['key', text(metric.key)],
    ['value', float(metric.value)],
    ['timestamp', integer(metric.timestamp)],
    ['step', integer(metric.step)],
    ['dataset_name', optionalText(metric.datasetName)],
    ['dataset_digest', optionalText(metric.datasetDigest)],
    ['model_id', text(modelId)],
    ['run_id', text(metric.runId)],
  );
}
