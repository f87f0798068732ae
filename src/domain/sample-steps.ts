import { compareInt64, type Int64 } from './int64.js';

/** One step at which a run has a point. */
export interface StepOfRun {
  readonly run_uuid: string;
  readonly step: Int64;
}

/** Both ends belong to it. */
export interface StepInterval {
  readonly startStep: Int64;
  readonly endStep: Int64;
}

/**
 * The steps that a plot of several runs shows, ascending: at most `maxResults` evenly spread over
 * all distinct steps in the interval, the last one, and of each run its first and last of all, where
 * they lie in it, so that no curve is cut.
 *
 * @param steps all that the runs have, in any order.
 * @param interval Default: all steps. (MLflow then leaves negative steps out, which hides the points
 * before a warm-up's end.)
 */
export function sampleSteps(
  steps: readonly StepOfRun[],
  maxResults: number,
  interval?: StepInterval,
): readonly Int64[] {
  const isWithin = (step: Int64) =>
    interval === undefined || (step >= interval.startStep && step <= interval.endStep);
  const distinct = sortedDistinct(steps.map(({ step }) => step).filter(isWithin));
  if (distinct.length <= maxResults) return distinct;
  const distance = distinct.length / maxResults;
  const sampled = Array.from({ length: maxResults }, (_, index) => Math.floor(index * distance))
    .map((index) => distinct[index])
    .filter((step) => step !== undefined);
  return sortedDistinct([...sampled, ...distinct.slice(-1), ...endsOfRuns(steps).filter(isWithin)]);
}

function endsOfRuns(steps: readonly StepOfRun[]): readonly Int64[] {
  const ends = new Map<string, { first: Int64; last: Int64 }>();
  for (const { run_uuid, step } of steps) {
    const { first, last } = ends.get(run_uuid) ?? { first: step, last: step };
    ends.set(run_uuid, {
      first: compareInt64(step, first) < 0 ? step : first,
      last: compareInt64(step, last) > 0 ? step : last,
    });
  }
  return [...ends.values()].flatMap(({ first, last }) => [first, last]);
}

function sortedDistinct(steps: readonly Int64[]): readonly Int64[] {
  const sorted = [...steps].sort(compareInt64);
  return sorted.filter((step, index) => {
    const before = sorted[index - 1];
    return before === undefined || compareInt64(before, step) !== 0;
  });
}
