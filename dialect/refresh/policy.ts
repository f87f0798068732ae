import type { Kysely, KyselyPlugin, QueryId } from 'kysely';

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

/**
 * By query id, not by operation node: plugins copy the nodes, the id goes with the query all the
 * way to the driver.
 */
const policies = new WeakMap<QueryId, RefreshPolicy>();

/**
 * The same database with another refresh policy for all queries made from it. Without effect on
 * other dialects.
 */
export function withRefresh<DB>(db: Kysely<DB>, policy: RefreshPolicy): Kysely<DB> {
  return db.withPlugin(new RefreshPolicyPlugin(policy));
}

export function refreshPolicyOf(queryId: QueryId): RefreshPolicy | undefined {
  return policies.get(queryId);
}

class RefreshPolicyPlugin implements KyselyPlugin {
  readonly #policy: RefreshPolicy;

  constructor(policy: RefreshPolicy) {
    this.#policy = policy;
  }

  transformQuery({ node, queryId }: Parameters<KyselyPlugin['transformQuery']>[0]) {
    policies.set(queryId, this.#policy);
    return node;
  }

  transformResult({ result }: Parameters<KyselyPlugin['transformResult']>[0]) {
    return Promise.resolve(result);
  }
}
