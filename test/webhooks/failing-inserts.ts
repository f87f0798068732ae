import type { KyselyPlugin, PluginTransformQueryArgs, PluginTransformResultArgs } from 'kysely';

/** Fails so many inserts, as for a database that is away for a moment. */
export class FailingInserts implements KyselyPlugin {
  left = 0;

  transformQuery({ node }: PluginTransformQueryArgs): PluginTransformQueryArgs['node'] {
    if (this.left > 0 && node.kind === 'InsertQueryNode') {
      this.left -= 1;
      throw new Error('The database is away.');
    }
    return node;
  }

  transformResult({ result }: PluginTransformResultArgs) {
    return Promise.resolve(result);
  }
}
