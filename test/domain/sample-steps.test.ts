import { describe, expect, it } from 'vitest';

import { type Int64, sampleSteps } from '../../src/domain/index.js';

function stepsOf(run_uuid: string, steps: readonly Int64[]) {
  return steps.map((step) => ({ run_uuid, step }));
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe('sampleSteps', () => {
  it('has nothing to sample', () => {
    expect(sampleSteps([], 5)).toEqual([]);
  });

  it('takes all steps, each once, while they are few enough', () => {
    const steps = [...stepsOf('a', [3, 1, 2]), ...stepsOf('b', [2, 3, 10n])];
    expect(sampleSteps(steps, 4)).toEqual([1, 2, 3, 10n]);
  });

  it('spreads the sample evenly and adds the last step', () => {
    expect(sampleSteps(stepsOf('a', range(0, 10)), 3)).toEqual([0, 3, 6, 9]);
    expect(sampleSteps(stepsOf('a', range(0, 10)), 4)).toEqual([0, 2, 5, 7, 9]);
    expect(sampleSteps(stepsOf('a', range(0, 10_000)), 2_500)).toHaveLength(2_501);
  });

  it('adds the first and last step of each run', () => {
    const steps = [...stepsOf('a', range(0, 100)), ...stepsOf('b', range(31, 43))];
    expect(sampleSteps(steps, 2)).toEqual([0, 31, 42, 50, 99]);
  });

  it('keeps to an interval, with the ends of the whole runs that lie in it', () => {
    const steps = [...stepsOf('a', range(0, 100)), ...stepsOf('b', range(31, 143))];
    expect(sampleSteps(steps, 100, { startStep: 10, endStep: 12 })).toEqual([10, 11, 12]);
    expect(sampleSteps(steps, 2, { startStep: 20, endStep: 120 })).toEqual([20, 31, 70, 99, 120]);
    expect(sampleSteps(steps, 2, { startStep: 200, endStep: 300 })).toEqual([]);
  });

  it('includes negative steps, which MLflow leaves out without an interval', () => {
    expect(sampleSteps(stepsOf('a', range(-4, 2)), 10)).toEqual([-4, -3, -2, -1, 0, 1]);
    expect(sampleSteps(stepsOf('a', range(-4, 4)), 2)).toEqual([-4, 0, 3]);
  });

  it('orders steps over 2^53 exactly', () => {
    const big = 2n ** 53n;
    expect(sampleSteps(stepsOf('a', [big + 1n, big, 5, big + 2n]), 10)).toEqual([
      5,
      big,
      big + 1n,
      big + 2n,
    ]);
  });
});
