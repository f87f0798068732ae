import { describe, expect, it } from 'vitest';

import { parseJson } from '../../src/protocol/index.js';
import { pythonFloat, pythonJson } from '../../src/protocol/python-json.js';

describe('parseJson', () => {
  it('keeps integers that a double would round', () => {
    expect(parseJson('{"a":9007199254740993,"b":[ -9223372036854775808,12]}')).toEqual({
      a: 9007199254740993n,
      b: [-9223372036854775808n, 12],
    });
    expect(parseJson('9007199254740993')).toBe(9007199254740993n);
  });

  it('keeps floats with as many digits as floats', () => {
    expect(parseJson('[0.8414709848078965, 1234567890123456789.5, 9007199254740992e0]')).toEqual([
      0.8414709848078965, 1234567890123456800, 9007199254740992,
    ]);
  });

  it('leaves digits in strings alone', () => {
    expect(parseJson('{"a": "x, 9007199254740993"}')).toEqual({ a: 'x, 9007199254740993' });
  });

  it('takes the bare tokens that Python writes', () => {
    expect(
      parseJson('{"v":[NaN,Infinity,-Infinity,9007199254740993],"s":"NaN \\" Infinity"}'),
    ).toEqual({ v: [Number.NaN, Infinity, -Infinity, 9007199254740993n], s: 'NaN " Infinity' });
  });

  it.each(['{x', 'nan', '{"a":NaNo}', '[Infinity', ''])('refuses %j without quoting it', (text) => {
    expect(() => parseJson(text)).toThrow('Malformed JSON in the request body.');
  });
});

describe('pythonJson', () => {
  it('quotes as json.dumps does', () => {
    expect(pythonJson({ b: 1, a: ['é"', null, true, 1.5] })).toBe(
      '{"a":["\\u00e9\\"",null,true,1.5],"b":1}',
    );
  });

  it.each([
    [1, '1.0'],
    [-0, '-0.0'],
    [0.1, '0.1'],
    [1e-4, '0.0001'],
    [1e-5, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [123456789012345680000, '1.2345678901234568e+20'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [5e-324, '5e-324'],
    [0.30000000000000004, '0.30000000000000004'],
  ])('writes the float %d as Python does', (value, text) => {
    expect(pythonFloat(value)).toBe(text);
  });
});
