import type { ModelVersion, RegisteredModel } from '../domain/registry/index.js';
import type { Page } from '../domain/page.js';

import { keyAndValue, textOrEmpty } from './common.js';
import { integer, keyValue, object, optionalText, page, repeated, text } from './encode.js';
import {
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
import { modelVersionObject } from './model-versions.js';
import { invalid } from './problems.js';

export const createRegisteredModel = message({
  name: required(string),
  tags: list(keyAndValue),
  description: textOrEmpty,
});

/** Get and delete. */
export const registeredModelByName = message({ name: required(string) });

export const updateRegisteredModel = message({
  name: required(string),
  description: textOrEmpty,
});

export const renameRegisteredModel = message({
  name: required(string),
  new_name: required(string),
});

const DEFAULT_MODELS_PER_SEARCH = 100;
const MAX_MODELS_PER_SEARCH = 1_000;

export const searchRegisteredModels = message({
  filter: optional(string),
  max_results: withDefault(
    where(int32, (count) => count <= MAX_MODELS_PER_SEARCH, invalid),
    DEFAULT_MODELS_PER_SEARCH,
  ),
  order_by: list(string),
  page_token: nonEmpty,
});

export const getLatestVersions = message({ name: required(string), stages: list(string) });

export const setRegisteredModelTag = message({
  name: required(string),
  key: required(string),
  value: textOrEmpty,
});

export const deleteRegisteredModelTag = message({
  name: required(string),
  key: required(string),
});

export const setRegisteredModelAlias = message({
  name: required(string),
  alias: required(string),
  version: required(string),
});

/** Get and delete. */
export const registeredModelAlias = message({ name: required(string), alias: required(string) });

export function encodeRegisteredModel(model: RegisteredModel): string {
  return object(['registered_model', registeredModelObject(model)]);
}

export function encodeRegisteredModels(found: Page<RegisteredModel>): string {
  return page('registered_models', found, registeredModelObject);
}

export function encodeLatestVersions(versions: readonly ModelVersion[]): string {
  return object(['model_versions', repeated(versions, modelVersionObject)]);
}

function registeredModelObject(model: RegisteredModel): string {
  return object(
    ['name', text(model.name)],
    ['creation_timestamp', integer(model.creationTimestamp)],
    ['last_updated_timestamp', integer(model.lastUpdatedTimestamp)],
    // Here, unlike in a version, MLflow leaves an empty one out.
    ['description', optionalText(model.description === '' ? undefined : model.description)],
    ['latest_versions', repeated(model.latestVersions, modelVersionObject)],
    ['tags', repeated(model.tags, keyValue)],
    ['aliases', repeated(model.aliases, aliasObject)],
  );
}

function aliasObject({ alias, version }: RegisteredModel['aliases'][number]): string {
  return object(['alias', text(alias)], ['version', text(String(version))]);
}
