import { describe, expect, it } from 'vitest';

import { structJson } from '../../src/protocol/struct-json.js';

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
