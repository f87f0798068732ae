import { join } from 'node:path';

import { invalidParameter, type MlflowError } from '../domain/index.js';
import { openCrate } from './cratedb.js';
import { type Database, DEFAULT_SCHEMA } from './database.js';
import { openEmbedded } from './embedded.js';

export const DEFAULT_DATA_FOLDER = './mlflow-data';

export interface OpenDatabaseOptions {
  /** Where the embedded database is kept. Default: `./mlflow-data`. */
  readonly dataFolder?: string | undefined;
  /** Connections to CrateDB. Default: 10. */
  readonly maxConnections?: number | undefined;
  /** Sees every statement, REFRESH included. For benches and tests. */
  readonly onStatement?: ((statement: { readonly sql: string }) => void) | undefined;
  /** Is told, in one line, of tables that are migrated, and of the copy made before. */
  readonly onNotice?: ((line: string) => void) | undefined;
}

/** Whether the URI means the embedded database: none at all, or `pglite:`. */
export function isEmbeddedUri(uri: string | undefined): boolean {
  return uri === undefined || uri === '' || uri.startsWith('pglite:');
}

/**
 * Opens and provisions a database.
 *
 * @param uri `crate://user:password@host:port/?schema=…` for CrateDB; `pglite:<folder>` or
 *   `pglite:memory` for the embedded database; nothing for the embedded database in `dataFolder`.
 */
export async function openDatabase(
  uri: string | undefined,
  options: OpenDatabaseOptions = {},
): Promise<Database> {
  if (uri !== undefined && uri.startsWith('crate://')) {
    return openCrate({ url: uri, ...options });
  }
  if (isEmbeddedUri(uri)) {
    const { onStatement, onNotice } = options;
    const folder = embeddedFolder(uri, options);
    return openEmbedded({ folder, schema: DEFAULT_SCHEMA, onStatement, onNotice });
  }
  throw unsupportedUri(uri);
}

/** The folder of the database itself; undefined where it is kept in memory. */
export function embeddedFolder(
  uri: string | undefined,
  { dataFolder = DEFAULT_DATA_FOLDER }: Pick<OpenDatabaseOptions, 'dataFolder'>,
): string | undefined {
  const named = uri?.slice('pglite:'.length) ?? '';
  return named === 'memory' ? undefined : join(named === '' ? dataFolder : named, 'db');
}

export function unsupportedUri(uri: string | undefined): MlflowError {
  // What stands before the colon can't hold a password.
  const shown = uri?.replace(/:.*$/s, ':…') ?? '';
  return invalidParameter(
    `The backend store URI '${shown}' is not supported. ` +
      "Expected 'crate://user@host:5432/?schema=mlflow', 'pglite:<folder>', or none for the embedded default.",
  );
}
