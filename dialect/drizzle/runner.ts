import {
  createQueryId,
  type Kysely,
  type QueryResult,
  RawNode,
  type RootOperationNode,
} from 'kysely';

import { CrateAdapter } from '../adapter.js';
import { qualifiedName } from '../qualified-name.js';
import { takeRowsAsArrays } from '../transport/array-rows.js';

/** Sends what drizzle made through Kysely's executor, where all of the dialect's rules are. */
export class KyselyRunner {
  readonly #kysely: Kysely<unknown>;

  constructor(kysely: Kysely<unknown>) {
    if (!(kysely.getExecutor().adapter instanceof CrateAdapter)) {
      throw new TypeError('drizzleCrate: the Kysely instance must have a CrateDialect.');
    }
    this.#kysely = kysely;
  }

  /** What the instance qualifies tables by. */
  get schema(): string {
    return qualifiedName(this.#kysely, 't').schema;
  }

  /**
   * @param node what the statement is, where that is more than its text
   * @param rows `arrays`: in the order of the columns, which may have one name twice
   */
  run<Row>(
    text: string,
    parameters: readonly unknown[],
    rows: 'objects' | 'arrays',
    node?: RootOperationNode,
  ): Promise<QueryResult<Row>> {
    const queryId = createQueryId();
    if (rows === 'arrays') takeRowsAsArrays(queryId);
    const executor = this.#kysely.getExecutor();
    // Plugins that set the refresh policy go by the id; those that change results know no arrays.
    const raw = executor.transformQuery(RawNode.createWithSql(text), queryId);
    return executor
      .withoutPlugins()
      .executeQuery<Row>({ query: node ?? raw, queryId, sql: text, parameters });
  }
}
