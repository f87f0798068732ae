import { Kysely, sql } from 'kysely';

import { CrateDialect, parseCrateUrl } from '../../dialect/index.js';
import type { StatementRunner } from '../../ddl/index.js';
import { describeCrate } from './cratedb.js';
import { DEFAULT_SCHEMA } from './database.js';
import { hasEmbedded, openEmbeddedSession } from './embedded-session.js';
import { embeddedFolder, isEmbeddedUri, unsupportedUri } from './open.js';

/** A database as it is, for whoever looks at its tables or makes them: nothing is provisioned. */
export interface SchemaDatabase {
  readonly engine: 'cratedb' | 'postgres';
  /** The schema that the URI names, or the default. */
  readonly schema: string;
  readonly runner: StatementRunner;
  /** What it is and where, without a password. */
  readonly description: string;
  /** Whether no other process can be at work on it. */
  readonly exclusive: boolean;
  /** Embedded: makes a copy of the folder; answers where. Undefined where that isn't done. */
  copyAside(label: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface OpenSchemaDatabaseOptions {
  /**
   * Embedded: make the folder if it isn't there. Else a database that isn't there is shown as an
   * empty one, and no file is made. Default: false.
   */
  readonly create?: boolean | undefined;
}

/** Opens a database by the URI of the backend store; see `openDatabase`. */
export async function openSchemaDatabase(
  uri: string | undefined,
  { create = false }: OpenSchemaDatabaseOptions = {},
): Promise<SchemaDatabase> {
  if (uri?.startsWith('crate://') === true) return openCrate(uri);
  if (!isEmbeddedUri(uri)) throw unsupportedUri(uri);
  const folder = embeddedFolder(uri, {});
  if (!create && (folder === undefined || !(await hasEmbedded(folder)))) {
    return nothing(folder === undefined ? 'memory' : folder);
  }
  const session = await openEmbeddedSession({ folder });
  return {
    engine: 'postgres',
    schema: DEFAULT_SCHEMA,
    runner: { execute: (statement) => sql.raw(statement).execute(session.db) },
    description: `embedded PGlite in ${session.path ?? 'memory'}`,
    exclusive: true,
    copyAside: (label) => session.copyAside(label),
    close: () => session.close(),
  };
}

async function openCrate(url: string): Promise<SchemaDatabase> {
  const { schema = DEFAULT_SCHEMA } = parseCrateUrl(url);
  // One for the statement under way, one to prolong the lease meanwhile.
  const db = new Kysely<unknown>({ dialect: new CrateDialect({ url, schema, max: 2 }) });
  try {
    await sql`SELECT 1`.execute(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    engine: 'cratedb',
    schema,
    runner: { execute: (statement) => sql.raw(statement).execute(db) },
    description: describeCrate(url),
    exclusive: false,
    copyAside: () => Promise.resolve(undefined),
    close: () => db.destroy(),
  };
}

function nothing(place: string): SchemaDatabase {
  return {
    engine: 'postgres',
    schema: DEFAULT_SCHEMA,
    runner: { execute: () => Promise.resolve({ rows: [] }) },
    description: `embedded PGlite in ${place}, not there yet`,
    exclusive: true,
    copyAside: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}
