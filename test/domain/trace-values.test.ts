import { describe, expect, it } from 'vitest';

import { isJsonText, tokenMetrics } from '../../src/domain/index.js';
import { structJson } from '../../src/domain/struct-json.js';

describe('tokens of a trace', () => {
  it.each([
    ['{"input_tokens": 3, "output_tokens": 4.5}', { input_tokens: 3, output_tokens: 4.5 }],
    ['{"total_tokens": "7", "other": 1}', { total_tokens: 7 }],
    ['{"input_tokens": null, "cache_read_input_tokens": 0}', { cache_read_input_tokens: 0 }],
    ['{"cache_creation_input_tokens": 1}', { cache_creation_input_tokens: 1 }],
    ['{"input_tokens": 1, "output_tokens": "many"}', {}],
    ['{"input_tokens": 1, "output_tokens": {}}', {}],
    ['{"input_tokens": " "}', {}],
    ['nonsense', {}],
    ['null', {}],
    ['[1]', {}],
    ['{"toString": 1}', {}],
  ])('%s', (usage, expected) => {
    const metrics = tokenMetrics(usage).map(({ key, value }) => [key, value] as const);
    expect(Object.fromEntries(metrics)).toEqual(expected);
  });
});

describe('JSON as text', () => {
  it.each(['1', '"a"', 'null', '{"a": [1.0, NaN, -Infinity]}', '{"NaN": "Infinity \\" NaN"}', 'NaN'])(
    'takes %s',
    (text) => {
      expect(isJsonText(text)).toBe(true);
    },
  );

  it.each(['', '{', 'nan', "'a'", '{"a": NaNs}', '"a" "b"', 'None'])('refuses %s', (text) => {
    expect(isJsonText(text)).toBe(false);
  });
});

describe('JSON whose numbers are all floats', () => {
  it.each([
    [1, '1.0'],
    [-0.5, '-0.5'],
    [12345678901234567890n, '1.2345678901234567e+19'],
    [Number.NaN, '"NaN"'],
    [{ a: [1, null, true, 'ö"'], b: {} }, '{"a":[1.0,null,true,"ö\\""],"b":{}}'],
    [undefined, 'null'],
  ])('case %#', (value, expected) => {
    expect(structJson(value)).toBe(expected);
  });
});
