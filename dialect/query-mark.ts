import type { Kysely, KyselyPlugin, QueryId } from 'kysely';

/**
 * Something that is said of single queries, for the connection that executes them.
 *
 * By query id, not by operation node: plugins copy the nodes, the id goes with the query all the
 * way to the driver.
 */
export class QueryMark<Value> {
  readonly #values = new WeakMap<QueryId, Value>();

  set(queryId: QueryId, value: Value): void {
    this.#values.set(queryId, value);
  }

  get(queryId: QueryId): Value | undefined {
    return this.#values.get(queryId);
  }

  /** The same database, with every query made from it marked. */
  on<DB>(db: Kysely<DB>, value: Value): Kysely<DB> {
    return db.withPlugin(new MarkPlugin(this, value));
  }
}

class MarkPlugin<Value> implements KyselyPlugin {
  readonly #mark: QueryMark<Value>;
  readonly #value: Value;

  constructor(mark: QueryMark<Value>, value: Value) {
    this.#mark = mark;
    this.#value = value;
  }

  transformQuery({ node, queryId }: Parameters<KyselyPlugin['transformQuery']>[0]) {
    this.#mark.set(queryId, this.#value);
    return node;
  }

  transformResult({ result }: Parameters<KyselyPlugin['transformResult']>[0]) {
    return Promise.resolve(result);
  }
}
