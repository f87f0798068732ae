import type { QueryId } from 'kysely';

const asArrays = new WeakSet<QueryId>();

/**
 * Rows of this query come as arrays of values, in the order of its columns: two of them may have one
 * name, and in an object the second would hide the first.
 */
export function takeRowsAsArrays(queryId: QueryId): void {
  asArrays.add(queryId);
}

export function areRowsArrays(queryId: QueryId): boolean {
  return asArrays.has(queryId);
}
