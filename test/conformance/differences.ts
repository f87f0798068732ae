import { readFileSync } from 'node:fs';

import type { StepDifferences } from './compare.js';

type BackendName = 'embedded' | 'CrateDB';

/** Answers that are other than the stock server's on purpose. */
interface Deviation {
  /** Why ours is the better answer, or why it cannot be the same. */
  readonly reason: string;
  /** The backend that it is of; none: both. */
  readonly only?: BackendName;
  readonly steps: StepDifferences;
}

/**
 * All that we answer otherwise than the stock server, each with its reason and both answers. Both
 * are asserted: an entry that no longer holds, on either side, fails the test.
 */
export function differencesOf(backend: BackendName): StepDifferences {
  const deviations = JSON.parse(
    readFileSync(new URL('differences.json', import.meta.url), 'utf8'),
  ) as readonly Deviation[];
  const steps = deviations
    .filter(({ only }) => only === undefined || only === backend)
    .flatMap((deviation) => Object.entries(deviation.steps));
  const names = steps.map(([name]) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`differences.json has twice: ${twice.join(', ')}`);
  return Object.fromEntries(steps);
}
