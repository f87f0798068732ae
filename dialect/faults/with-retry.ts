import type { Kysely, QueryId } from 'kysely';

import { QueryMark } from '../query-mark.js';

const retried = new QueryMark<true>();

/**
 * The same database, with every query made from it sent again when its connection breaks before the
 * answer came, writes included. Only for statements that do the same when they are executed twice:
 * an upsert by primary key that sets values it was given, say; not `n = n + 1`, and no claim by `ON
 * CONFLICT DO NOTHING RETURNING`, which would find its own first try. Reads are sent again anyhow.
 * Without effect on other dialects.
 */
export function withRetry<DB>(db: Kysely<DB>): Kysely<DB> {
  return retried.on(db, true);
}

export function isRetried(queryId: QueryId): boolean {
  return retried.get(queryId) === true;
}
