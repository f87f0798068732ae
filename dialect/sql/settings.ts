import { type Kysely, sql } from 'kysely';

import { literal, parameterList, type PropertyValue } from '../schema/properties.js';

/** By CrateDB's own names, such as `statement_timeout` and `error_on_unknown_object_key`. */
export type SessionSettings = Readonly<Record<string, string | number | boolean>>;

/** By CrateDB's own names, such as `stats.enabled` and `cluster.max_shards_per_node`. */
export type GlobalSettings = Readonly<Record<string, PropertyValue>>;

/**
 * `SET SESSION name = value`, for the statements of the callback, which all go over one connection
 * of the pool; afterwards, the settings are CrateDB's defaults again.
 *
 * ```ts
 * const rows = await withSessionSettings(db, { statement_timeout: '10s' }, (session) =>
 *   session.selectFrom('readings').selectAll().execute(),
 * );
 * ```
 *
 * A name that CrateDB doesn't know is no error to it. Only for the PostgreSQL wire: over HTTP,
 * requests of one connection may go by several sockets, each with settings of its own.
 *
 * @param settings times in milliseconds, or texts with a unit such as `10s`
 * @see https://cratedb.com/docs/crate/reference/en/latest/config/session.html
 */
export async function withSessionSettings<DB, Result>(
  db: Kysely<DB>,
  settings: SessionSettings,
  use: (session: Kysely<DB>) => Promise<Result>,
): Promise<Result> {
  const entries = Object.entries(settings);
  return db.connection().execute(async (session) => {
    const reset = async () => {
      for (const [name] of entries) {
        await sql`set session ${sql.id(name)} = default`.execute(session);
      }
    };
    let result: Result;
    try {
      for (const [name, value] of entries) {
        await sql`set session ${sql.id(name)} = ${literal(value)}`.execute(session);
      }
      result = await use(session);
    } catch (error) {
      // Where it fails, the connection is gone: the first error says more.
      await reset().catch(() => undefined);
      throw error;
    }
    await reset();
    return result;
  });
}

/**
 * `SET GLOBAL name = value, …`: settings of the whole cluster.
 *
 * ```ts
 * await setGlobalSettings(db, { 'stats.jobs_log_size': 20_000 });
 * ```
 *
 * @param options `persistent`: whether they outlast a restart of the cluster; a value that is not
 *   persistent hides one that is. Default: false
 * @throws RangeError where there are no settings
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/set.html
 */
export async function setGlobalSettings<DB>(
  db: Kysely<DB>,
  settings: GlobalSettings,
  options: { readonly persistent?: boolean } = {},
): Promise<void> {
  const list = parameterList(settings);
  if (list === undefined) throw new RangeError('setGlobalSettings: no settings');
  const level = options.persistent === true ? sql`persistent` : sql`transient`;
  await sql`set global ${level} ${list}`.execute(db);
}

/**
 * `RESET GLOBAL name, …`: back to the values that the nodes were started with; of a name such as
 * `stats`, all that is in it.
 *
 * @throws RangeError where there are no names
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/set.html
 */
export async function resetGlobalSettings<DB>(
  db: Kysely<DB>,
  names: readonly string[],
): Promise<void> {
  if (names.length === 0) throw new RangeError('resetGlobalSettings: no names');
  await sql`reset global ${sql.join(names.map((name) => sql.id(name)))}`.execute(db);
}
