import type {
  KyselyPlugin,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from 'kysely';

/** Lets another come between two statements: after so many, before their caller hears of the last. */
export class InterleavingPlugin implements KyselyPlugin {
  /** Whether the other came at all: the call may take fewer statements. */
  hasCome = false;
  #left: number;
  readonly #other: () => Promise<unknown>;

  /** @param statements at least 1 */
  constructor(statements: number, other: () => Promise<unknown>) {
    this.#left = statements;
    this.#other = other;
  }

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    this.#left -= 1;
    if (this.#left === 0) {
      this.hasCome = true;
      await this.#other();
    }
    return result;
  }
}
