import type { JSONReferenceNode } from 'kysely';

import { refused } from './refusals.js';

/** Kysely's way into JSON, `ref(column, '->').key('a').at(0)`, as CrateDB's way into an object. */
export interface Subscripts {
  /** Names, and positions in arrays from 1 on. */
  readonly path: readonly (string | number)[];
  /** `->>`: what is found is wanted as text. */
  readonly asText: boolean;
}

/** @throws NotSupportedError for positions that are counted from the end */
export function subscriptsOf({ traversal }: JSONReferenceNode): Subscripts {
  if (traversal.kind === 'JSONOperatorChainNode') {
    const path = traversal.values.map(({ value }) =>
      typeof value === 'number' ? position(value) : String(value),
    );
    return { path, asText: traversal.operator.operator === '->>' };
  }
  const path = traversal.pathLegs.map(({ type, value }) =>
    type === 'Member' ? String(value) : position(value),
  );
  return { path, asText: traversal.inOperator?.operator.startsWith('->>') === true };
}

/** PostgreSQL and the JSON paths count from 0, CrateDB from 1. */
function position(index: string | number): number {
  if (typeof index === 'number' && index >= 0) return index + 1;
  throw refused({
    what: 'positions in an array that count from its end',
    instead: 'Take the array, and its last items in the program.',
  });
}
