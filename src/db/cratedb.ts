import { Kysely, sql } from 'kysely';

import { CrateDialect, parseCrateUrl } from '../../dialect/index.js';
import { type DB, provision, type SchemaEvent } from '../../ddl/index.js';
import { type Database, DEFAULT_SCHEMA } from './database.js';

export interface CrateOptions {
  readonly url: string;
  /** Connections in the pool. Default: 10. */
  readonly maxConnections?: number | undefined;
  /** Sees every statement that is sent, REFRESH included. For benches and tests. */
  readonly onStatement?: ((statement: { readonly sql: string }) => void) | undefined;
  /** Is told, in one line, when tables are made or migrated, or another who does so is waited for. */
  readonly onNotice?: ((line: string) => void) | undefined;
}

/** CrateDB over the PostgreSQL wire, or HTTP where the URL says so. Any number of processes may share one cluster. */
export async function openCrate(options: CrateOptions): Promise<Database> {
  const { schema = DEFAULT_SCHEMA } = parseCrateUrl(options.url);
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
    const onEvent = ({ kind, text }: SchemaEvent) => {
      if (kind === 'waiting' || kind === 'version') options.onNotice?.(`schema ${schema}: ${text}`);
    };
    await provision(db, { engine: 'cratedb', schema, onEvent });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    engine: 'cratedb',
    db,
    description: describeCrate(options.url),
    close: () => db.destroy(),
  };
}

/** Which cluster and schema, for a log line; without a password. */
export function describeCrate(url: string): string {
  const { hosts, schema = DEFAULT_SCHEMA } = parseCrateUrl(url);
  const places = hosts.map(({ host, port }) => `${host}:${String(port)}`);
  return `CrateDB at ${places.join(', ')}, schema ${schema}`;
}
