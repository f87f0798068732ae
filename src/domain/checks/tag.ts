import { invalidParameter } from '../errors.js';
import {
  MAX_EXPERIMENT_TAG_KEY_LENGTH,
  MAX_EXPERIMENT_TAG_VALUE_LENGTH,
  MAX_KEY_LENGTH,
  MAX_TAG_VALUE_LENGTH,
  type ValueLimitOptions,
} from '../limits.js';
import { pythonList } from '../python-text.js';
import type { Tag } from '../tag.js';
import { checkKey } from './key.js';
import { checkLength, limitLength, within } from './values.js';

/** One tag of a run or a trace, checked as set-tag does. The value may come back cut. */
export function checkSetTag(tag: Tag, options: ValueLimitOptions = {}): Tag {
  return checkRunTag('', tag, options);
}

/** @param path of the tag in the request: empty, or `tags[0]`. */
export function checkRunTag(path: string, tag: Tag, options: ValueLimitOptions): Tag {
  const { key, value } = tag;
  checkKey(within(path, 'key'), key);
  checkLength(within(path, 'key'), MAX_KEY_LENGTH, key);
  const { truncateLongValues = true } = options;
  return {
    key,
    value: limitLength(within(path, 'value'), MAX_TAG_VALUE_LENGTH, value, truncateLongValues),
  };
}

/**
 * One tag of an experiment, as set-experiment-tag does: its value is never cut.
 * @param path of the tag in the request: empty, or `tags[0]`.
 */
export function checkExperimentTag({ key, value }: Tag, path = ''): Tag {
  checkKey(within(path, 'key'), key);
  checkLength(within(path, 'key'), MAX_EXPERIMENT_TAG_KEY_LENGTH, key);
  checkLength(within(path, 'value'), MAX_EXPERIMENT_TAG_VALUE_LENGTH, value);
  return { key, value };
}

/**
 * Tags of something that is created: each key once. MLflow leaves this to the database, whose
 * error then claims that an experiment of that name exists, or shows SQL.
 */
export function checkTagKeysUnique(tags: readonly Tag[]): void {
  const repeated = repeatedKeys(tags);
  if (repeated.length === 0) return;
  throw invalidParameter(
    `Duplicate tag keys have been submitted: ${pythonList(repeated)}. Please ensure the request ` +
      'contains only one tag value per tag key.',
  );
}

/** Every second and later occurrence of a key. */
export function repeatedKeys(items: readonly { readonly key: string }[]): readonly string[] {
  const seen = new Set<string>();
  return items.flatMap(({ key }) => {
    if (seen.has(key)) return [key];
    seen.add(key);
    return [];
  });
}

/** One tag a key: the last one given. */
export function lastOfEachKey(tags: readonly Tag[]): readonly Tag[] {
  return [...new Map(tags.map((tag) => [tag.key, tag])).values()];
}
