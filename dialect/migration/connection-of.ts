import type { Kysely } from 'kysely';

import { CrateConnection } from '../connection.js';
import { CrateError } from '../errors/index.js';

/**
 * A connection of the `Kysely`: the one that it keeps, where it was made by `db.connection()`, as
 * the Migrator's is.
 *
 * @throws CrateError where its driver is not that of this dialect
 */
export async function connectionOf<DB>(db: Kysely<DB>): Promise<CrateConnection> {
  const connection = await db.getExecutor().provideConnection((one) => Promise.resolve(one));
  if (connection instanceof CrateConnection) return connection;
  throw new CrateError('This needs a Kysely made with CrateDialect.');
}
