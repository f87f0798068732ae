import { describe, expect, it } from 'vitest';

import { chunksOf, textLength } from '../../dialect/bulk/chunks.js';

describe('rows in portions', () => {
  const sizes = async (rows: readonly Record<string, unknown>[], size: number) => {
    const found: number[][] = [];
    for await (const chunk of chunksOf(rows, size)) found.push(chunk.map(({ index }) => index));
    return found;
  };

  it('end at a number of rows', async () => {
    const rows = Array.from({ length: 5 }, (_, n) => ({ n }));
    expect(await sizes(rows, 2)).toEqual([[0, 1], [2, 3], [4]]);
    expect(await sizes([], 2)).toEqual([]);
  });

  it('end earlier where their text is long, wherever in the row it is', async () => {
    const long = 'x'.repeat(5_000_000);
    const rows = [
      { v: long },
      { v: { deep: [long] } },
      { v: new Uint8Array(9_000_000) },
      { v: 1 },
      { v: long },
      { v: null },
    ];
    expect(await sizes(rows, 1000)).toEqual([[0, 1], [2], [3, 4, 5]]);
  });

  it('a thousand spans of 600 KB are 72 statements', async () => {
    const span = { content: 'x'.repeat(600_000) };
    const chunks = await sizes(new Array<Record<string, unknown>>(1000).fill(span), 1000);
    expect(chunks).toHaveLength(72);
    expect(chunks.flat()).toHaveLength(1000);
  });

  it('know about how long a value is', () => {
    expect(textLength('abc')).toBe(3);
    expect(textLength({ a: 'abc', b: ['de', 1], c: null, d: undefined })).toBe(
      1 + 3 + (1 + (1 + 2) + (1 + 1)) + (1 + 1) + (1 + 1),
    );
    expect(textLength(new Date(0))).toBe(1);
  });
});
