import type { Kysely, KyselyPlugin, QueryId } from 'kysely';

const unchecked = new WeakSet<QueryId>();

/** Inserts made from it don't raise RowsDroppedError: their caller counts for himself. */
export function uncheckedInserts<DB>(db: Kysely<DB>): Kysely<DB> {
  return db.withPlugin(new UncheckedInsertsPlugin());
}

export function isUnchecked(queryId: QueryId): boolean {
  return unchecked.has(queryId);
}

class UncheckedInsertsPlugin implements KyselyPlugin {
  transformQuery({ node, queryId }: Parameters<KyselyPlugin['transformQuery']>[0]) {
    unchecked.add(queryId);
    return node;
  }

  transformResult({ result }: Parameters<KyselyPlugin['transformResult']>[0]) {
    return Promise.resolve(result);
  }
}
