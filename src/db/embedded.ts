import {
  currentSchema,
  pendingFrom,
  provision,
  type SchemaDefinition,
  versionOf,
} from '../../ddl/index.js';
import type { Database } from './database.js';
import { openEmbeddedSession, type EmbeddedSessionOptions } from './embedded-session.js';

export interface EmbeddedOptions extends EmbeddedSessionOptions {
  readonly schema: string;
  /** Is told, in one line, of a migration and of the copy made before. */
  readonly onNotice?: ((line: string) => void) | undefined;
  /** The tables and migrations. Default: those of the package. */
  readonly definition?: SchemaDefinition | undefined;
}

/**
 * PGlite: PostgreSQL inside this process, with nothing to install. One process a folder.
 *
 * A folder that an older version made is migrated, after a copy of it: `<folder>.backup-v1-<time>`.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Database> {
  const { schema, onNotice, definition = currentSchema() } = options;
  const session = await openEmbeddedSession(options);
  // The folder's lock says that nobody else is at work: no lease need run out.
  const target = { engine: 'postgres', schema, force: true } as const;
  try {
    const pending = await pendingFrom(session.db, target, definition);
    if (pending !== undefined) {
      const version = pending.recorded?.version;
      // A later version is refused below, and left alone.
      const copy =
        version === undefined || version > versionOf(definition)
          ? undefined
          : await session.copyAside(`v${String(version)}`);
      const done = await provision(session.db, target, definition);
      if (copy !== undefined && done !== undefined) {
        onNotice?.(
          `migrated ${session.path ?? ''} from version ${String(version)} to ${String(done.to)};` +
            ` a copy from before is in ${copy}`,
        );
      }
    }
  } catch (error) {
    await session.close();
    throw error;
  }
  return {
    engine: 'postgres',
    db: session.db.withSchema(schema),
    description: `embedded PGlite in ${session.path ?? 'memory'}`,
    close: () => session.close(),
  };
}
