import { Kysely, sql } from 'kysely';

import { CrateDialect, parseCrateUrl } from '../../dialect/index.js';
import { type DB, provision } from '../../ddl/index.js';
import { type Database, DEFAULT_SCHEMA } from './database.js';

export interface CrateOptions {
  readonly url: string;
  /** Connections in the pool. Default: 10. */
  readonly maxConnections?: number | undefined;
  /** Sees every statement that is sent, REFRESH included. For benches and tests. */
  readonly onStatement?: ((statement: { readonly sql: string }) => void) | undefined;
}

/** CrateDB over the PostgreSQL wire. Any number of processes may share one cluster. */
export async function openCrate(options: CrateOptions): Promise<Database> {
  const { host, port, schema = DEFAULT_SCHEMA } = parseCrateUrl(options.url);
  const db = new Kysely<DB>({
    dialect: new CrateDialect({
      url: options.url,
      schema,
      bigint: 'number-or-bigint',
      refresh: 'before-read',
      ...(options.maxConnections === undefined ? {} : { max: options.maxConnections }),
      ...(options.onStatement === undefined ? {} : { onStatement: options.onStatement }),
    }),
  });
  try {
    await sql`SELECT 1`.execute(db);
    await provision(db, { engine: 'cratedb', schema });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    db,
    description: `CrateDB at ${host}:${String(port)}, schema ${schema}`,
    close: () => db.destroy(),
  };
}
