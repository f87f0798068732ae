import { openSchemaDatabase, type SchemaDatabase } from '../../db/index.js';
import type { SchemaTarget } from '../../../ddl/index.js';
import { DDL_EXIT } from '../exit-codes.js';
import { Failure, storeFailure } from '../failure.js';
import type { DdlSettings } from './options.js';

/** What a command works on. */
export interface DdlContext {
  readonly database: SchemaDatabase;
  readonly target: SchemaTarget & { readonly schema: string };
  readonly settings: DdlSettings;
}

/** Opens the database for `work`; whatever goes wrong is one line and exit code 1. */
export async function withDatabase(
  settings: DdlSettings,
  options: { readonly create?: boolean },
  work: (context: DdlContext) => Promise<number>,
): Promise<number> {
  const { uri, shards, replicas } = settings;
  try {
    const database = await openSchemaDatabase(uri, options);
    try {
      if (database.engine === 'postgres' && settings.schema !== undefined) {
        throw new Failure(
          `--schema is for CrateDB: the embedded database has its tables in ${database.schema}.`,
          DDL_EXIT.error,
        );
      }
      const schema = settings.schema ?? database.schema;
      const target = { engine: database.engine, schema, shards, replicas };
      return await work({ database, target, settings });
    } finally {
      await database.close();
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    // Says it all, and by whom, without a prefix.
    if (error instanceof Error && /^Schema\w+Error$/.test(error.name)) {
      throw new Failure(error.message, DDL_EXIT.error, { cause: error });
    }
    throw storeFailure(error, uri, DDL_EXIT.error);
  }
}
