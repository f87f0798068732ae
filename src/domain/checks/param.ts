import { invalidParameter } from '../errors.js';
import { MAX_KEY_LENGTH, MAX_PARAM_VALUE_LENGTH, type ValueLimitOptions } from '../limits.js';
import type { Param } from '../param.js';
import { pythonList } from '../python-text.js';
import { checkKey } from './key.js';
import { repeatedKeys } from './tag.js';
import { checkLength, limitLength, within } from './values.js';

/** One param, checked as log-parameter does. The value may come back cut. */
export function checkLogParam(param: Param, options: ValueLimitOptions = {}): Param {
  return checkParam('', param, options);
}

/** @param path of the param in the request: empty, or `params[0]`. */
export function checkParam(path: string, param: Param, options: ValueLimitOptions): Param {
  const { key, value } = param;
  checkKey(within(path, 'key'), key);
  checkLength('Param key', MAX_KEY_LENGTH, key);
  const { truncateLongValues = true } = options;
  return {
    key,
    value: limitLength('Param value', MAX_PARAM_VALUE_LENGTH, value, truncateLongValues),
  };
}

/** Refused even with equal values. */
export function checkParamKeysUnique(params: readonly Param[]): void {
  const repeated = repeatedKeys(params);
  if (repeated.length === 0) return;
  throw invalidParameter(
    `Duplicate parameter keys have been submitted: ${pythonList(repeated)}. Please ensure the ` +
      'request contains only one param value per param key.',
  );
}
