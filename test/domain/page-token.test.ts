import { describe, expect, it } from 'vitest';

import { decodePageToken, encodePageToken, type TokenValue } from '../../src/domain/index.js';
import { refusal } from './refusal.js';

const query = '["runs",["0"],"metrics.a > 1"]';
const encoded = (json: string) => Buffer.from(json).toString('base64url');

describe('page tokens', () => {
  it.each<[TokenValue]>([
    ['text, "quoted" é😀'],
    [''],
    [0],
    [-1.5],
    [1.7976931348623157e308],
    [9007199254740993n],
    [-(2n ** 63n) + 1n],
    [NaN],
    [Infinity],
    [-Infinity],
    [true],
    [null],
  ])('carry %o unchanged', (value) => {
    const token = encodePageToken({ query, key: [value, 'r1'] });
    expect(decodePageToken(token, { query })).toEqual([value, 'r1']);
  });

  it('can stand in a URL as they are', () => {
    const token = encodePageToken({ query, key: ['ÿþ?>~', 2n ** 60n] });
    expect(encodeURIComponent(token)).toBe(token);
  });

  it('are bound to their query', () => {
    const token = encodePageToken({ query, key: [1] });
    const other = query.replace('> 1', '> 2');
    expect(refusal(() => decodePageToken(token, { query: other }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      'Invalid page token: it was issued for another search. A token continues only the search ' +
        'it came from, with the same filter and order.',
    ]);
  });

  it.each([
    ['!', 'Invalid page token, could not base64-decode'],
    ['a b', 'Invalid page token, could not base64-decode'],
    [encoded('x'), 'Invalid page token, decoded value=x'],
    [encoded('{}'), 'Invalid page token, parsed value={}'],
    [encoded('{"offset": 3}'), 'Invalid page token, parsed value={"offset": 3}'],
    [encoded('[1]'), 'Invalid page token, parsed value=[1]'],
    [encoded('null'), 'Invalid page token, parsed value=null'],
  ])('refuse %s', (token, message) => {
    expect(refusal(() => decodePageToken(token, { query }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      message,
    ]);
  });

  it.each(['{"n":"x"}', '{"n":"99999999999999999999"}', '{"f":"1"}', '{}', '[]'])(
    'refuse the value %s inside',
    (value) => {
      const good = encodePageToken({ query, key: [7] });
      const json = Buffer.from(good, 'base64url').toString().replace('[7]', `[${value}]`);
      expect(refusal(() => decodePageToken(encoded(json), { query }))?.[1]).toBe(
        `Invalid page token, parsed value=${json}`,
      );
    },
  );
});
