import type { QueryId } from 'kysely';

import { QueryMark } from '../query-mark.js';

const asArrays = new QueryMark<true>();

/**
 * Rows of this query come as arrays of values, in the order of its columns: two of them may have one
 * name, and in an object the second would hide the first.
 */
export function takeRowsAsArrays(queryId: QueryId): void {
  asArrays.set(queryId, true);
}

export function areRowsArrays(queryId: QueryId): boolean {
  return asArrays.get(queryId) === true;
}
