import { access, cp, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { Kysely } from 'kysely';

import type { DB } from '../../ddl/types.js';
import { EmbeddedDialect } from './embedded-dialect.js';
import { lockFolder } from './folder-lock.js';

export interface EmbeddedSessionOptions {
  /** Where the database is kept; `undefined` keeps it in memory, for tests. */
  readonly folder: string | undefined;
  /** Sees every statement, once it was executed. For benches and tests. */
  readonly onStatement?: ((statement: { readonly sql: string }) => void) | undefined;
}

/** PGlite on a folder that no other process has open; nothing is provisioned. */
export interface EmbeddedSession {
  /** Another one after {@link copyAside}. */
  readonly db: Kysely<DB>;
  /** The folder's whole path. */
  readonly path: string | undefined;
  /**
   * Copies the database to `<folder>.backup-<label>-<time>`, while it is closed, and opens it
   * again; answers the copy's path, or undefined for a database in memory.
   */
  copyAside(label: string): Promise<string | undefined>;
  close(): Promise<void>;
}

const DATA = 'pgdata';

/** Whether there is an embedded database in the folder. */
export function hasEmbedded(folder: string): Promise<boolean> {
  return access(join(resolve(folder), DATA)).then(
    () => true,
    () => false,
  );
}

export async function openEmbeddedSession(
  options: EmbeddedSessionOptions,
): Promise<EmbeddedSession> {
  const path = options.folder === undefined ? undefined : resolve(options.folder);
  const unlock = path === undefined ? undefined : await lockFolder(path);
  let opened: Opened | undefined;
  try {
    opened = await open(path, options);
  } catch (error) {
    await unlock?.();
    throw error;
  }
  let current = opened;
  return {
    path,
    get db() {
      return current.db;
    },
    async copyAside(label) {
      if (path === undefined) return undefined;
      const time = new Date().toISOString().replace(/[-:]/g, '').replace(/\..*/, 'Z');
      const copy = `${path}.backup-${label}-${time}`;
      // Under its own name only when it is whole.
      const partial = `${copy}.partial`;
      await current.close();
      await cp(join(path, DATA), join(partial, DATA), { recursive: true });
      await rename(partial, copy);
      current = await open(path, options);
      return copy;
    },
    async close() {
      await current.close();
      await unlock?.();
    },
  };
}

interface Opened {
  readonly db: Kysely<DB>;
  close(): Promise<void>;
}

async function open(
  path: string | undefined,
  { onStatement }: EmbeddedSessionOptions,
): Promise<Opened> {
  // Loaded here, so that whoever uses CrateDB never loads it.
  const { PGlite } = await import('@electric-sql/pglite');
  const pglite = await PGlite.create({
    dataDir: path === undefined ? 'memory://' : join(path, DATA),
  });
  const db = new Kysely<DB>({
    dialect: new EmbeddedDialect({ pglite }),
    ...(onStatement === undefined ? {} : { log: ({ query }) => onStatement(query) }),
  });
  return {
    db,
    async close() {
      await db.destroy();
      if (!pglite.closed) await pglite.close();
    },
  };
}
