import { describe, expect, it } from 'vitest';

import type { Comparator } from '../../../src/domain/index.js';
import { compareWithInteger } from '../../../src/domain/filter/integer-comparison.js';

const MIN = -(2n ** 63n);
const NEVER = { comparator: '<', value: MIN };
const ALWAYS = { comparator: '>=', value: MIN };

describe('compareWithInteger', () => {
  it.each<[Comparator, string, Comparator, number | bigint]>([
    ['=', '5', '=', 5],
    ['>', '007', '>', 7],
    ['>', '-0', '>', 0],
    ['=', '5.0', '=', 5],
    ['=', '1.5e3', '=', 1500],
    ['=', '1500e-2', '=', 15],
    ['<', '.5e1', '<', 5],
    ['>', '9007199254740991', '>', 9007199254740991],
    ['>', '9007199254740993', '>', 9007199254740993n],
    ['>', '9007199254740993.0', '>', 9007199254740993n],
    ['<', '9223372036854775807', '<', 9223372036854775807n],
    ['>', '-9223372036854775808', '>', MIN],
    ['=', '0.0', '=', 0],
    ['=', '0e99999999999', '=', 0],
  ])('keeps %s %s', (comparator, text, expected, value) => {
    expect(compareWithInteger(comparator, text)).toEqual({ comparator: expected, value });
  });

  it.each<[Comparator, string, Comparator, number | bigint]>([
    ['>', '1.5', '>', 1],
    ['>=', '1.5', '>', 1],
    ['<', '1.5', '<=', 1],
    ['<=', '1.5', '<=', 1],
    ['>', '-1.5', '>', -2],
    ['<', '-1.5', '<=', -2],
    ['>=', '1e-999999999', '>', 0],
    ['<', '-1e-999999999', '<=', -1],
  ])('rounds %s %s so that it holds for the same integers', (comparator, text, ours, value) => {
    expect(compareWithInteger(comparator, text)).toEqual({ comparator: ours, value });
  });

  it.each<[Comparator, string, object]>([
    ['=', '1.5', NEVER],
    ['!=', '1.5', ALWAYS],
    ['=', '9223372036854775808', NEVER],
    ['!=', '9223372036854775808', ALWAYS],
    ['<', '9223372036854775808', ALWAYS],
    ['>=', '1e999999999', NEVER],
    ['>', '-9223372036854775809', ALWAYS],
    ['<=', '-1e40', NEVER],
  ])('decides %s %s, which no integer can change', (comparator, text, expected) => {
    expect(compareWithInteger(comparator, text)).toEqual(expected);
  });
});
