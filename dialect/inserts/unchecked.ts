import type { Kysely, QueryId } from 'kysely';

import { QueryMark } from '../query-mark.js';

const unchecked = new QueryMark<true>();

/** Inserts made from it don't raise RowsDroppedError: their caller counts for himself. */
export function uncheckedInserts<DB>(db: Kysely<DB>): Kysely<DB> {
  return unchecked.on(db, true);
}

export function isUnchecked(queryId: QueryId): boolean {
  return unchecked.get(queryId) === true;
}
