import { describe, expect, it } from 'vitest';

import {
  checkExperimentTag,
  checkLogBatch,
  checkLogMetric,
  checkLogParam,
  checkSetTag,
} from '../../src/domain/index.js';
import { refusal } from './refusal.js';

const point = { value: 1, timestamp: 1, step: 0 };

/** Every place that a key can stand in, and what messages call it there. */
const places: readonly [path: string, length: string, check: (key: string) => unknown][] = [
  ['name', 'Metric name', (key) => checkLogMetric({ key, ...point })],
  ['metrics[0].name', 'Metric name', (key) => checkLogBatch('r', { metrics: [{ key, ...point }] })],
  ['key', 'Param key', (key) => checkLogParam({ key, value: 'v' })],
  ['params[0].key', 'Param key', (key) => checkLogBatch('r', { params: [{ key, value: 'v' }] })],
  ['key', 'key', (key) => checkSetTag({ key, value: 'v' })],
  ['tags[0].key', 'tags[0].key', (key) => checkLogBatch('r', { tags: [{ key, value: 'v' }] })],
  ['key', 'key', (key) => checkExperimentTag({ key, value: 'v' })],
];

const CHARACTERS =
  'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), ' +
  'colon(:) and slashes (/).';
const PATH =
  'Names may be treated as files in certain cases, and must not resolve to other names when ' +
  'treated as such. This name would resolve to ';

describe.each(places)('a key at %s (%s)', (path, length, check) => {
  it.each(['a', 'a/b', 'a b', 'a:b', 'a-b.c_d', 'a..b', 'é', '日本', 'Ⅷ', 'x'.repeat(250)])(
    'may be %j',
    (key) => {
      expect(refusal(() => check(key))).toBeUndefined();
    },
  );

  it.each([
    ['a@b', '"a@b"'],
    ["a'b", '"a\'b"'],
    ['a"b', String.raw`"a\"b"`],
    ['a\tb', String.raw`"a\tb"`],
    ['a\n', String.raw`"a\n"`],
    ['😀', String.raw`"\ud83d\ude00"`],
    ['\u007f', String.raw`"\u007f"`],
  ])('may not have the characters of %j', (key, shown) => {
    expect(refusal(() => check(key))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `Invalid value ${shown} for parameter '${path}' supplied: ${CHARACTERS}`,
    ]);
  });

  it.each([
    ['a//b', "'a/b'"],
    ['./a', "'a'"],
    ['a/', "'a'"],
    ['/a', "'/a'"],
    ['//a', "'//a'"],
    ['a/./b', "'a/b'"],
    ['a/../b', "'b'"],
    ['..', "'..'"],
    ['...', "'...'"],
    ['.', "'.'"],
    ['', "'.'"],
    ['é/', "'é'"],
  ])('may not be read as another path, as %j', (key, resolved) => {
    const shown = JSON.stringify(key).replace('é', String.raw`\u00e9`);
    expect(refusal(() => check(key))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `Invalid value ${shown} for parameter '${path}' supplied: ${PATH}${resolved}`,
    ]);
  });

  it('may have 250 characters, counted as code points', () => {
    expect(refusal(() => check('𝔞'.repeat(250)))).toBeUndefined();
    expect(refusal(() => check('𝔞'.repeat(251)))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `'${length}' exceeds the maximum length of 250 characters`,
    ]);
  });
});
