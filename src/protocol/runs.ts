import type { Page } from '../domain/page.js';
import type { Run, RunInfo, RunStatus } from '../domain/run.js';

import { keyAndValue, requiredKeyAndValue, textOrEmpty, viewType } from './common.js';
import { integer, keyValue, object, page, repeated, text } from './encode.js';
import {
  enumeration,
  int32,
  int64,
  list,
  message,
  nonEmpty,
  optional,
  required,
  string,
  where,
} from './fields.js';
import type { Decoder } from './fields.js';
import { datasetInputObject, modelInputObject, modelOutputObject } from './inputs.js';
import { batchMetric, metricObject } from './metrics.js';
import { invalid } from './problems.js';

const runStatus: Decoder<RunStatus> = enumeration({
  RUNNING: 1,
  SCHEDULED: 2,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
});

export const createRun = message({
  experiment_id: textOrEmpty,
  start_time: optional(int64),
  run_name: nonEmpty,
  user_id: optional(string),
  tags: list(keyAndValue),
});

/** Get, delete and restore. */
export const runById = message({ run_id: required(string) });

export const updateRun = message({
  run_id: required(string),
  end_time: optional(int64),
  status: optional(runStatus),
  run_name: optional(string),
});

const MAX_RUNS_PER_SEARCH = 50_000;

export const searchRuns = message({
  experiment_ids: list(string),
  filter: optional(string),
  max_results: optional(where(int32, (count) => count <= MAX_RUNS_PER_SEARCH, invalid)),
  order_by: list(string),
  run_view_type: optional(viewType),
  page_token: nonEmpty,
});

export const logParam = message({
  run_id: required(string),
  key: required(string),
  value: textOrEmpty,
});

export const setTag = logParam;

export const deleteTag = message({ run_id: required(string), key: required(string) });

export const logBatch = message({
  run_id: required(string),
  metrics: list(batchMetric),
  params: list(requiredKeyAndValue),
  tags: list(requiredKeyAndValue),
});

export function encodeRun(run: Run): string {
  return object(['run', runObject(run)]);
}

/** A new run: MLflow leaves `outputs` out here alone. */
export function encodeCreatedRun({ info, data, inputs }: Omit<Run, 'outputs'>): string {
  return object(['run', object(...runFields({ info, data, inputs }))]);
}

export function encodeRunInfo(info: RunInfo): string {
  return object(['run_info', runInfoObject(info)]);
}

export function encodeRuns(found: Page<Run>): string {
  return page('runs', found, runObject);
}

function runObject({ outputs, ...run }: Run): string {
  return object(...runFields(run), [
    'outputs',
    object(['model_outputs', repeated(outputs.modelOutputs, modelOutputObject)]),
  ]);
}

function runFields({
  info,
  data,
  inputs,
}: Omit<Run, 'outputs'>): readonly (readonly [string, string])[] {
  return [
    ['info', runInfoObject(info)],
    [
      'data',
      object(
        ['metrics', repeated(data.metrics, metricObject)],
        ['params', repeated(data.params, keyValue)],
        ['tags', repeated(data.tags, keyValue)],
      ),
    ],
    [
      'inputs',
      object(
        ['dataset_inputs', repeated(inputs.datasetInputs, datasetInputObject)],
        ['model_inputs', repeated(inputs.modelInputs, modelInputObject)],
      ),
    ],
  ];
}

/** The id goes out under its old name too. */
function runInfoObject(info: RunInfo): string {
  return object(
    ['run_uuid', text(info.runId)],
    ['experiment_id', text(info.experimentId)],
    ['run_name', text(info.runName)],
    ['user_id', text(info.userId)],
    ['status', text(info.status)],
    ['start_time', integer(info.startTime)],
    ['end_time', info.endTime === undefined ? undefined : integer(info.endTime)],
    ['artifact_uri', text(info.artifactUri)],
    ['lifecycle_stage', text(info.lifecycleStage)],
    ['run_id', text(info.runId)],
  );
}
