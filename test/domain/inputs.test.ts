import { describe, expect, it } from 'vitest';

import { checkLogInputs, checkLogOutputs, type Dataset } from '../../src/domain/index.js';
import { refusal } from './refusal.js';

const dataset: Dataset = { name: 'n', digest: 'd', sourceType: 'local', source: '{}' };

describe('checkLogInputs', () => {
  it('takes an empty request', () => {
    expect(checkLogInputs('r', {})).toEqual({ datasets: [], models: [] });
  });

  it('keeps the first of equal datasets, each model once and the last of equal tags', () => {
    const tags = [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ];
    const other = { ...dataset, digest: 'e' };
    expect(
      checkLogInputs('r', {
        datasets: [
          { dataset, tags },
          { dataset: { ...dataset, source: '[]' }, tags: [] },
          { dataset: other, tags: [] },
        ],
        models: [{ modelId: 'm' }, { modelId: 'm' }],
      }),
    ).toEqual({
      datasets: [
        { dataset, tags: [{ key: 'a', value: '2' }] },
        { dataset: other, tags: [] },
      ],
      models: [{ modelId: 'm' }],
    });
  });

  it.each([
    ['name', 500],
    ['digest', 36],
    ['source', 65_535],
    ['schema', 1_048_575],
    ['profile', 16_777_215],
  ])('limits the %s to %d characters', (field, limit) => {
    const check = (length: number) =>
      checkLogInputs('r', {
        datasets: [{ dataset: { ...dataset, [field]: 'x'.repeat(length) }, tags: [] }],
      });
    expect(check(limit).datasets).toHaveLength(1);
    expect(refusal(() => check(limit + 1))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `'${field}' exceeds the maximum length of ${limit} characters`,
    ]);
  });

  it.each([
    ['key', 255, 256, 1],
    ['value', 500, 1, 501],
  ])('limits the %s of a tag to %d characters', (field, limit, keyLength, valueLength) => {
    const tags = [{ key: 'k'.repeat(keyLength), value: 'v'.repeat(valueLength) }];
    expect(refusal(() => checkLogInputs('r', { datasets: [{ dataset, tags }] }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      `'${field}' exceeds the maximum length of ${limit} characters`,
    ]);
  });

  it('looks at the form of the run id first', () => {
    expect(refusal(() => checkLogInputs('a b', {}))).toEqual([
      'INVALID_PARAMETER_VALUE',
      'Invalid value "a b" for parameter \'run_id\' supplied.',
    ]);
  });
});

describe('checkLogOutputs', () => {
  it('merges a model that is there twice, where MLflow shows the database error', () => {
    const models = [
      { modelId: 'm', step: 1 },
      { modelId: 'm', step: 1n },
    ];
    expect(checkLogOutputs({ models })).toEqual({ models: [{ modelId: 'm', step: 1 }] });
  });

  it('refuses a model with two steps', () => {
    const models = [
      { modelId: 'm', step: 1 },
      { modelId: 'm', step: 2 },
    ];
    expect(refusal(() => checkLogOutputs({ models }))).toEqual([
      'INVALID_PARAMETER_VALUE',
      "Model 'm' has been submitted with different steps: 1 and 2. A model can be a run's output " +
        'only once.',
    ]);
  });
});
