import { join, resolve } from 'node:path';

import { Kysely } from 'kysely';

import { provision } from '../../ddl/index.js';
import type { DB } from '../../ddl/index.js';
import type { Database } from './database.js';
import { EmbeddedDialect } from './embedded-dialect.js';
import { lockFolder } from './folder-lock.js';

export interface EmbeddedOptions {
  /** Where the database is kept; `undefined` keeps it in memory, for tests. */
  readonly folder: string | undefined;
  readonly schema: string;
  /** Sees every statement, once it was executed. For benches and tests. */
  readonly onStatement?: ((statement: { readonly sql: string }) => void) | undefined;
}

/** PGlite: PostgreSQL inside this process, with nothing to install. One process a folder. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Database> {
  const { folder, schema, onStatement } = options;
  // Loaded here, so that whoever uses CrateDB never loads it.
  const { PGlite } = await import('@electric-sql/pglite');
  const path = folder === undefined ? undefined : resolve(folder);
  const unlock = path === undefined ? undefined : await lockFolder(path);
  try {
    const pglite = await PGlite.create({
      dataDir: path === undefined ? 'memory://' : join(path, 'pgdata'),
    });
    const db = new Kysely<DB>({
      dialect: new EmbeddedDialect({ pglite }),
      ...(onStatement === undefined ? {} : { log: ({ query }) => onStatement(query) }),
    }).withSchema(schema);
    const close = async () => {
      await db.destroy();
      if (!pglite.closed) await pglite.close();
      await unlock?.();
    };
    try {
      await provision(db, { engine: 'postgres', schema });
    } catch (error) {
      await close();
      throw error;
    }
    return { db, description: `embedded PGlite in ${path ?? 'memory'}`, close };
  } catch (error) {
    await unlock?.();
    throw error;
  }
}
