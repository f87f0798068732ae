import type { Kysely, QueryId } from 'kysely';

import { QueryMark } from '../query-mark.js';

/**
 * When a search sees what was written. Lookups by whole primary key always see the newest row.
 *
 * - `before-read`: a read sees every write that was acknowledged before the read began, by whomever.
 *   The tables it reads are refreshed first; reads that wait together share one REFRESH. Writes
 *   don't pay for it.
 * - `after-write`: a write is acknowledged once every reader sees it. Reads don't refresh.
 * - `manual`: nothing is refreshed but by {@link refreshTable}, or by the table's own
 *   `refresh_interval`.
 *
 * See https://cratedb.com/docs/crate/reference/en/latest/general/dql/refresh.html
 */
export type RefreshPolicy = 'before-read' | 'after-write' | 'manual';

const policies = new QueryMark<RefreshPolicy>();

/**
 * The same database with another refresh policy for all queries made from it. Without effect on
 * other dialects.
 */
export function withRefresh<DB>(db: Kysely<DB>, policy: RefreshPolicy): Kysely<DB> {
  return policies.on(db, policy);
}

export function refreshPolicyOf(queryId: QueryId): RefreshPolicy | undefined {
  return policies.get(queryId);
}
