import type {
  KyselyPlugin,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from 'kysely';

/**
 * Lets so many statements through and fails all later ones, as for a process that died: nothing of
 * theirs reaches the database.
 */
export class CrashPlugin implements KyselyPlugin {
  static readonly message = 'The process died here.';
  #left: number;

  constructor(statements: number) {
    this.#left = statements;
  }

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    if (this.#left === 0) throw new Error(CrashPlugin.message);
    this.#left -= 1;
    return node;
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }
}
