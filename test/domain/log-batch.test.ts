import { describe, expect, it } from 'vitest';

import { checkLogBatch, type LogMetric } from '../../src/domain/index.js';
import { refusal } from './refusal.js';

function metrics(count: number): LogMetric[] {
  return Array.from({ length: count }, (_, step) => ({ key: 'm', value: 1, timestamp: 1, step }));
}

function pairs(count: number): { key: string; value: string }[] {
  return Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: 'v' }));
}

const refusedPoint: LogMetric = { key: 'm', value: 1, timestamp: -1, step: 0 };
const refusedPair = { key: '/', value: 'v' };

describe('checkLogBatch', () => {
  it('takes an empty batch', () => {
    expect(checkLogBatch('r', {})).toEqual({ metrics: [], params: [], tags: [] });
  });

  it('checks in this order: run id, metrics, params, tags, counts, repeated params', () => {
    const all = {
      metrics: [...metrics(1001), refusedPoint],
      params: [...pairs(101), refusedPair],
      tags: [...pairs(101), refusedPair],
    };
    const message = (call: () => unknown) => refusal(call)?.[1] ?? '';
    expect(message(() => checkLogBatch('', all))).toContain("parameter 'run_id'");
    expect(message(() => checkLogBatch('r', all))).toContain("parameter 'metrics[1001].timestamp'");
    const goodMetrics = { ...all, metrics: metrics(1001) };
    expect(message(() => checkLogBatch('r', goodMetrics))).toContain("'params[101].key'");
    const goodParams = { ...goodMetrics, params: pairs(101) };
    expect(message(() => checkLogBatch('r', goodParams))).toContain("'tags[101].key'");
    const goodTags = { ...goodParams, tags: pairs(101) };
    expect(message(() => checkLogBatch('r', goodTags))).toContain('at most 1000 metrics. Got 1001');
    const repeated = { metrics: metrics(1), params: [...pairs(100), ...pairs(1)] };
    expect(message(() => checkLogBatch('r', repeated))).toContain('at most 100 params');
  });

  it.each([
    [1001, 0, 0, 1000, 1001, 'metrics'],
    [0, 101, 0, 100, 101, 'params'],
    [0, 0, 101, 100, 101, 'tags'],
    [1000, 1, 0, 1000, 1001, 'metrics, params, and tags'],
    [901, 50, 50, 1000, 1001, 'metrics, params, and tags'],
  ])('refuses %d metrics, %d params and %d tags', (m, p, t, limit, got, what) => {
    const batch = { metrics: metrics(m), params: pairs(p), tags: pairs(t) };
    expect(refusal(() => checkLogBatch('r', batch))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `A batch logging request can contain at most ${limit} ${what}. Got ${got} ${what}. Please ` +
        `split up ${what} across multiple requests and try again.`,
    ]);
  });

  it('takes 1000 things in all', () => {
    const batch = { metrics: metrics(800), params: pairs(100), tags: pairs(100) };
    const checked = checkLogBatch('r', batch);
    expect([checked.metrics.length, checked.params.length, checked.tags.length]).toEqual([
      800, 100, 100,
    ]);
  });

  it('refuses a param that is there twice, even with the same value', () => {
    const params = ['a', 'b', 'a', 'b', 'a'].map((key) => ({ key, value: 'v' }));
    expect(refusal(() => checkLogBatch('r', { params }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      "Duplicate parameter keys have been submitted: ['a', 'b', 'a']. Please ensure the request " +
        'contains only one param value per param key.',
    ]);
  });

  it('keeps the last of equal tags', () => {
    const tags = [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
      { key: 'a', value: '3' },
    ];
    expect(checkLogBatch('r', { tags }).tags).toEqual([
      { key: 'a', value: '3' },
      { key: 'b', value: '2' },
    ]);
  });

  it('drops repeated points, NaN too, which MLflow fails on', () => {
    const point = { key: 'm', value: 1, timestamp: 1, step: 0 };
    const nan = { ...point, value: NaN };
    const others = [
      { ...point, value: 2 },
      { ...point, step: 1 },
      { ...point, timestamp: 2 },
      { ...point, key: 'n' },
      { ...point, modelId: 'm-1' },
      { ...point, value: 0 },
    ];
    const { metrics: kept } = checkLogBatch('r', {
      metrics: [point, nan, ...others, point, nan, { ...point, value: -0 }, { ...point, step: 0n }],
    });
    expect(kept).toEqual([point, nan, ...others]);
  });

  it.each(['abc', 'a'.repeat(256), '0', 'aé', 'a-b_c'])('takes the run id %j', (runId) => {
    expect(refusal(() => checkLogBatch(runId, {}))).toBeUndefined();
  });

  it.each([
    ['', '""'],
    ['-a', '"-a"'],
    ['a b', '"a b"'],
    ['a/b', '"a/b"'],
    ['é', String.raw`"\u00e9"`],
    ['a'.repeat(257), `"${'a'.repeat(257)}"`],
  ])('refuses the run id %j', (runId, shown) => {
    expect(refusal(() => checkLogBatch(runId, {}))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `Invalid value ${shown} for parameter 'run_id' supplied.`,
    ]);
  });
});
