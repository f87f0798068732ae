import { missingValue, checkLength, invalidValue } from '../checks/values.js';
import { checkKey } from '../checks/key.js';
import { lastOfEachKey } from '../checks/tag.js';
import { isLongerThan } from '../code-points.js';
import { invalidParameter } from '../errors.js';
import {
  MAX_MODEL_ALIAS_LENGTH,
  MAX_MODEL_DESCRIPTION_LENGTH,
  MAX_MODEL_NAME_LENGTH,
  MAX_MODEL_RUN_ID_LENGTH,
  MAX_MODEL_SOURCE_LENGTH,
  MAX_MODEL_TAG_KEY_LENGTH,
  MAX_MODEL_TAG_VALUE_LENGTH,
} from '../limits.js';
import { normalizePosixPath } from '../posix-path.js';
import { pythonString } from '../python-text.js';
import type { Tag } from '../tag.js';
import type { CreateModelVersion } from './model-version.js';
import type { CreateRegisteredModel } from './registered-model.js';
import { PROMPT_TEXT_TAG } from './prompt.js';

/**
 * A registered model's name, as it is.
 * @param field what to call it in the error.
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkModelName(name: string, field = 'name'): string {
  if (name.trim() === '') throw missingValue(field);
  if (/[/:]/.test(name)) {
    throw invalidParameter(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  }
  const normal = normalizePosixPath(name);
  if (normal !== name || normal === '.' || normal.startsWith('..')) {
    throw invalidValue(
      'name',
      name,
      'Names may be treated as files in certain cases, and must not resolve to other names when ' +
        `treated as such. This name would resolve to ${pythonString(normal)}`,
    );
  }
  checkLength(field, MAX_MODEL_NAME_LENGTH, name);
  return name;
}

export interface CheckedRegisteredModel {
  readonly name: string;
  readonly description: string | undefined;
  /** Each key once. */
  readonly tags: readonly Tag[];
}

/** @throws INVALID_PARAMETER_VALUE */
export function checkCreateRegisteredModel({
  name,
  tags = [],
  description,
}: CreateRegisteredModel): CheckedRegisteredModel {
  checkModelName(name);
  return {
    name,
    tags: lastOfEachKey(tags.map(checkModelTag)),
    description: checkModelDescription(description),
  };
}

export function checkModelDescription(description: string | undefined): string | undefined {
  if (description !== undefined) {
    checkLength('description', MAX_MODEL_DESCRIPTION_LENGTH, description);
  }
  return description;
}

export interface CheckedModelVersion {
  readonly name: string;
  readonly source: string;
  readonly runId: string | undefined;
  readonly runLink: string | undefined;
  readonly description: string | undefined;
  readonly modelId: string | undefined;
  /** Each key once. */
  readonly tags: readonly Tag[];
}

/** @throws INVALID_PARAMETER_VALUE */
export function checkCreateModelVersion({
  name,
  source,
  runId,
  tags = [],
  runLink,
  description,
  modelId,
}: CreateModelVersion): CheckedModelVersion {
  checkModelName(name);
  if (source === '') throw missingValue('source');
  const checkedTags = lastOfEachKey(tags.map(checkModelVersionTag));
  checkLength('source', MAX_MODEL_SOURCE_LENGTH, source);
  checkLength('run_link', MAX_MODEL_SOURCE_LENGTH, runLink ?? '');
  checkLength('run_id', MAX_MODEL_RUN_ID_LENGTH, runId ?? '');
  return {
    name,
    source,
    runId,
    runLink,
    description: checkModelDescription(description),
    modelId: modelId === '' ? undefined : modelId,
    tags: checkedTags,
  };
}

/** A registered model's tag. Values are never cut. */
export function checkModelTag({ key, value }: Tag): Tag {
  checkModelTagKey(key);
  checkLength('key', MAX_MODEL_TAG_KEY_LENGTH, key);
  checkLength('value', MAX_MODEL_TAG_VALUE_LENGTH, value);
  return { key, value };
}

/** A version's tag; a prompt's text is one. */
export function checkModelVersionTag(tag: Tag): Tag {
  checkModelTagKey(tag.key);
  if (tag.key === PROMPT_TEXT_TAG && isLongerThan(tag.value, MAX_MODEL_TAG_VALUE_LENGTH)) {
    throw invalidParameter(
      `Prompt text exceeds max length of ${MAX_MODEL_TAG_VALUE_LENGTH} characters.`,
    );
  }
  return checkModelTag(tag);
}

export function checkModelTagKey(key: string): void {
  checkKey('key', key);
}

/**
 * A version's number. Text is read as MLflow reads it.
 * @returns `undefined` where it is an integer, but none that a version can have.
 * @throws INVALID_PARAMETER_VALUE when it is no integer.
 */
export function checkVersionNumber(version: string | number): number | undefined {
  const text = String(version).trim();
  if (!/^[+-]?\d+(?:_\d+)*$/.test(text)) {
    throw invalidParameter(`Parameter 'version' must be an integer, got '${String(version)}'.`);
  }
  const number = Number(text.replaceAll('_', ''));
  return number >= 1 && number <= 2 ** 31 - 1 ? number : undefined;
}

/** The form of an alias, for any use of it. */
export function checkAlias(alias: string): string {
  if (alias === '') throw invalidParameter('Registered model alias name cannot be empty.');
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias)) {
    throw invalidParameter(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), ` +
        'and dashes (-).',
    );
  }
  checkLength('Registered model alias name', MAX_MODEL_ALIAS_LENGTH, alias);
  return alias;
}

/** An alias that is to be set: names that mean a version by themselves can't be. */
export function checkSetAlias(alias: string): string {
  checkAlias(alias);
  if (isLatestAlias(alias)) {
    throw invalidParameter("'latest' alias name (case insensitive) is reserved.");
  }
  if (/^[vV]\d+$/.test(alias)) {
    throw invalidParameter(`Version alias name '${alias}' is reserved.`);
  }
  return alias;
}

export function isLatestAlias(alias: string): boolean {
  return alias.toLowerCase() === 'latest';
}

/** How many a page of a search may have, in the registry's words. */
export function checkRegistryMaxResults(maxResults: number, limit: number): number {
  if (!Number.isSafeInteger(maxResults) || maxResults < 1) {
    throw invalidParameter(
      'Invalid value for max_results. It must be a positive integer, ' +
        `but got ${String(maxResults)}`,
    );
  }
  if (maxResults > limit) {
    throw invalidParameter(
      `Invalid value for request parameter max_results. It must be at most ${String(limit)}, ` +
        `but got value ${String(maxResults)}`,
    );
  }
  return maxResults;
}
