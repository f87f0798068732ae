import { describe, expect, it } from 'vitest';

import { isJsonText, tokenMetrics } from '../../src/domain/index.js';

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
