import { describe, expect, it } from 'vitest';

import {
  checkExperimentTag,
  checkLogBatch,
  checkLogMetric,
  checkLogParam,
  checkSetTag,
  type LogMetric,
} from '../../src/domain/index.js';
import { refusal } from './refusal.js';

const strict = { truncateLongValues: false };

describe('long values', () => {
  it('are cut to code points, not to UTF-16 units', () => {
    expect(checkLogParam({ key: 'p', value: '😀'.repeat(6001) }).value).toBe('😀'.repeat(6000));
    expect(checkSetTag({ key: 't', value: `a${'😀'.repeat(8000)}` }).value).toBe(
      `a${'😀'.repeat(7999)}`,
    );
  });

  it('are kept up to the limit', () => {
    const value = '😀'.repeat(6000);
    expect(checkLogParam({ key: 'p', value }, strict).value).toBe(value);
  });

  it.each([
    ['Param value', 6000, () => checkLogParam({ key: 'p', value: 'x'.repeat(6001) }, strict)],
    ['value', 8000, () => checkSetTag({ key: 't', value: 'x'.repeat(8001) }, strict)],
    [
      'Param value',
      6000,
      () => checkLogBatch('r', { params: [{ key: 'p', value: 'x'.repeat(6001) }] }, strict),
    ],
    [
      'tags[0].value',
      8000,
      () => checkLogBatch('r', { tags: [{ key: 't', value: 'x'.repeat(8001) }] }, strict),
    ],
  ])('are refused as %s over %d where cutting is off', (name, limit, check) => {
    expect(refusal(check)).toEqual([
      'INVALID_PARAMETER_VALUE',
      `'${name}' exceeds the maximum length of ${limit} characters`,
    ]);
  });

  it('of experiment tags are never cut', () => {
    expect(checkExperimentTag({ key: 't', value: 'x'.repeat(5000) }).value).toHaveLength(5000);
    expect(refusal(() => checkExperimentTag({ key: 't', value: 'x'.repeat(5001) }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      "'value' exceeds the maximum length of 5000 characters",
    ]);
  });
});

describe('checkLogMetric', () => {
  const metric: LogMetric = { key: 'm', value: 1.5, timestamp: 7, step: -3 };

  it('keeps a point as it is', () => {
    expect(checkLogMetric(metric)).toEqual(metric);
  });

  it.each([
    [Infinity, 1.7976931348623157e308],
    [-Infinity, -1.7976931348623157e308],
    [-0, 0],
    [NaN, NaN],
  ])('stores %d as %d', (value, stored) => {
    expect(checkLogMetric({ ...metric, value }).value).toBe(stored);
  });

  it('keeps 64-bit times and steps exactly', () => {
    // The outermost values of 64 bits are CrateDB's own.
    const [time, step] = [2n ** 63n - 2n, -(2n ** 63n) + 1n];
    const checked = checkLogMetric({ ...metric, timestamp: time, step });
    expect([checked.timestamp, checked.step]).toEqual([time, step]);
    expect(() => checkLogMetric({ ...metric, timestamp: time + 1n })).toThrow(/64-bit/);
    expect(checkLogMetric({ ...metric, timestamp: 5n }).timestamp).toBe(5);
  });

  it('takes empty fields for absent ones', () => {
    const empty = { modelId: '', datasetName: '', datasetDigest: '' };
    expect(checkLogMetric({ ...metric, ...empty })).toEqual(metric);
    const full = { modelId: 'm-1', datasetName: 'd', datasetDigest: '1' };
    expect(checkLogMetric({ ...metric, ...full })).toEqual({ ...metric, ...full });
  });

  it.each([
    [-4, 1.5, '-4', '1.5'],
    [-4, 1, '-4', '1.0'],
    [-4, 1e16, '-4', '1e+16'],
    [-4, 1e-5, '-4', '1e-05'],
    [-4, NaN, '-4', 'nan'],
    [-4, -Infinity, '-4', '-inf'],
    [2n ** 63n, 1, '9223372036854775808', '1.0'],
    [1.5, 1, '1.5', '1.0'],
  ])('refuses the timestamp %s of a point of value %d', (timestamp, value, time, shown) => {
    expect(refusal(() => checkLogMetric({ ...metric, timestamp, value }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `Invalid value ${time} for parameter 'timestamp' supplied: metric 'm' (value=${shown}). ` +
        'Timestamp must be a nonnegative long (64-bit integer) ',
    ]);
  });

  it('refuses a step that is no 64-bit integer', () => {
    expect(refusal(() => checkLogMetric({ ...metric, step: 0.5 }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      "Invalid value 0.5 for parameter 'step' supplied: metric 'm' (value=1.5). " +
        'Step must be a valid long (64-bit integer).',
    ]);
  });

  it('refuses a value that is no number', () => {
    const untyped = { ...metric, value: 'x' as unknown as number };
    expect(refusal(() => checkLogMetric(untyped))).toEqual([
      'INVALID_PARAMETER_VALUE',
      'Invalid value "x" for parameter \'value\' supplied: (timestamp=7). Please specify value ' +
        'as a valid double (64-bit floating point)',
    ]);
  });

  it('refuses half a dataset', () => {
    expect(refusal(() => checkLogMetric({ ...metric, datasetName: 'd' }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      'Both dataset_name and dataset_digest must be provided if one is provided',
    ]);
  });
});
