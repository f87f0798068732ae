import type { Experiment } from '../domain/experiment.js';
import type { Page } from '../domain/page.js';

import { keyAndValue, textOrEmpty, viewType } from './common.js';
import { integer, keyValue, object, page, repeated, text } from './encode.js';
import { int64, list, message, nonEmpty, optional, required, string } from './fields.js';

export const createExperiment = message({
  name: required(string),
  artifact_location: nonEmpty,
  tags: list(keyAndValue),
});

/** Get, delete and restore. */
export const experimentById = message({ experiment_id: required(string) });

export const getExperimentByName = message({ experiment_name: required(string) });

export const updateExperiment = message({
  experiment_id: required(string),
  new_name: required(string),
});

export const searchExperiments = message({
  view_type: optional(viewType),
  max_results: optional(int64),
  order_by: list(string),
  filter: optional(string),
  page_token: nonEmpty,
});

export const setExperimentTag = message({
  experiment_id: required(string),
  key: required(string),
  value: textOrEmpty,
});

export const deleteExperimentTag = message({
  experiment_id: required(string),
  key: required(string),
});

export function encodeExperimentId(experimentId: string): string {
  return object(['experiment_id', text(experimentId)]);
}

export function encodeExperiment(experiment: Experiment): string {
  return object(['experiment', experimentObject(experiment)]);
}

export function encodeExperiments(found: Page<Experiment>): string {
  return page('experiments', found, experimentObject);
}

function experimentObject(experiment: Experiment): string {
  return object(
    ['experiment_id', text(experiment.experimentId)],
    ['name', text(experiment.name)],
    ['artifact_location', text(experiment.artifactLocation)],
    ['lifecycle_stage', text(experiment.lifecycleStage)],
    ['last_update_time', integer(experiment.lastUpdateTime)],
    ['creation_time', integer(experiment.creationTime)],
    ['tags', repeated(experiment.tags, keyValue)],
  );
}
