import type { ModelVersion } from '../domain/registry/index.js';
import type { Page } from '../domain/page.js';

import { keyAndValue, textOrEmpty } from './common.js';
import { integer, keyValue, object, optionalText, page, repeated, text } from './encode.js';
import {
  bool,
  int32,
  list,
  message,
  nonEmpty,
  optional,
  required,
  string,
  where,
  withDefault,
} from './fields.js';
import { invalid } from './problems.js';

export const createModelVersion = message({
  name: required(string),
  source: required(string),
  run_id: textOrEmpty,
  tags: list(keyAndValue),
  run_link: textOrEmpty,
  description: textOrEmpty,
  model_id: nonEmpty,
});

/** Get and delete. */
export const modelVersionByNumber = message({
  name: required(string),
  version: required(string),
});

export const updateModelVersion = message({
  name: required(string),
  version: required(string),
  description: optional(string),
});

export const transitionModelVersionStage = message({
  name: required(string),
  version: required(string),
  stage: required(string),
  archive_existing_versions: withDefault(bool, false),
});

/** MLflow leaves these to the store. */
export const getModelVersionDownloadUri = message({ name: textOrEmpty, version: textOrEmpty });

const MAX_VERSIONS_PER_SEARCH = 200_000;

export const searchModelVersions = message({
  filter: optional(string),
  max_results: withDefault(
    where(int32, (count) => count <= MAX_VERSIONS_PER_SEARCH, invalid),
    MAX_VERSIONS_PER_SEARCH,
  ),
  order_by: list(string),
  page_token: nonEmpty,
});

export const setModelVersionTag = message({
  name: required(string),
  version: required(string),
  key: required(string),
  value: textOrEmpty,
});

export const deleteModelVersionTag = message({
  name: required(string),
  version: required(string),
  key: required(string),
});

export const getModelVersionArtifact = message({
  name: textOrEmpty,
  version: textOrEmpty,
  path: nonEmpty,
});

export function encodeModelVersion(version: ModelVersion): string {
  return object(['model_version', modelVersionObject(version)]);
}

export function encodeDownloadUri(uri: string): string {
  return object(['artifact_uri', text(uri)]);
}

export function encodeModelVersions(found: Page<ModelVersion>): string {
  return page('model_versions', found, modelVersionObject);
}

export function modelVersionObject(version: ModelVersion): string {
  return object(
    ['name', text(version.name)],
    ['version', text(String(version.version))],
    ['creation_timestamp', integer(version.creationTimestamp)],
    ['last_updated_timestamp', integer(version.lastUpdatedTimestamp)],
    ['user_id', optionalText(version.userId)],
    ['current_stage', text(version.currentStage)],
    ['description', optionalText(version.description)],
    ['source', optionalText(version.source)],
    ['run_id', optionalText(version.runId)],
    ['status', text(version.status)],
    ['status_message', optionalText(version.statusMessage)],
    ['tags', repeated(version.tags, keyValue)],
    ['run_link', optionalText(version.runLink)],
    ['aliases', repeated(version.aliases, text)],
  );
}
