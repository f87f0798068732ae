import { type RawBuilder, sql } from 'kysely';

import { parameterList } from './properties.js';

/** Whom a token must be from and for. */
export interface JwtProperties {
  /** URL of the issuer, where its public keys are found. */
  readonly iss: string;
  /** Name of the user there. */
  readonly username: string;
  /** Default: the id of the cluster. */
  readonly aud?: string;
}

/** What a user may have; a role has none of it. */
export interface UserOptions {
  readonly password?: string;
  readonly jwt?: JwtProperties;
  /** Session settings that hold from login on, such as `search_path` and `statement_timeout`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** As {@link UserOptions}; null takes away. */
export interface UserChanges {
  readonly password?: string | null;
  readonly jwt?: JwtProperties | null;
  readonly settings?: UserOptions['settings'];
}

/**
 * `create user`: someone who can log in. The password is sent as a parameter: it is in no text of a
 * statement, be it in an event, in an error or in the server's `sys.jobs_log`.
 *
 * ```ts
 * await createUser('anna', { password, settings: { search_path: 'app' } }).execute(db);
 * ```
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-user.html
 */
export function createUser(name: string, options: UserOptions = {}): RawBuilder<unknown> {
  const list = userProperties(options);
  return sql`create user ${sql.id(name)}${list === undefined ? sql`` : sql` with (${list})`}`;
}

/**
 * `alter user … set (…)`: what is not given stays as it is.
 *
 * @throws RangeError where there is no change
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-role.html
 */
export function alterUser(name: string, changes: UserChanges): RawBuilder<unknown> {
  const list = userProperties(changes);
  if (list === undefined) throw new RangeError('alterUser: no changes');
  return sql`alter user ${sql.id(name)} set (${list})`;
}

/**
 * `alter user … reset`: a session setting, or all of them, back to the defaults.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-role.html#reset
 */
export function resetUserSettings(name: string, setting?: string): RawBuilder<unknown> {
  const what = setting === undefined ? sql`all` : sql.id(setting);
  return sql`alter user ${sql.id(name)} reset ${what}`;
}

/**
 * `drop user`, with the privileges that it was given.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/drop-user.html
 */
export function dropUser(name: string, options: IfExists = {}): RawBuilder<unknown> {
  return sql`drop user ${ifExists(options)}${sql.id(name)}`;
}

/**
 * `create role`: a name for privileges, which is granted to users and other roles. It can't log in.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-role.html
 */
export function createRole(name: string): RawBuilder<unknown> {
  return sql`create role ${sql.id(name)}`;
}

/**
 * `drop role`: refused as long as somebody has it.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/drop-role.html
 */
export function dropRole(name: string, options: IfExists = {}): RawBuilder<unknown> {
  return sql`drop role ${ifExists(options)}${sql.id(name)}`;
}

interface IfExists {
  /** Default: false, and dropping what isn't there is an error. */
  readonly ifExists?: boolean;
}

function ifExists(options: IfExists): RawBuilder<unknown> {
  return options.ifExists === true ? sql`if exists ` : sql``;
}

function userProperties({ password, jwt, settings }: UserChanges): RawBuilder<unknown> | undefined {
  const lists = [parameterList({ password, ...settings })];
  if (jwt === null) lists.push(sql`"jwt" = null`);
  else if (jwt !== undefined) lists.push(sql`"jwt" = {${parameterList(jwt)}}`);
  const given = lists.filter((list) => list !== undefined);
  return given.length === 0 ? undefined : sql.join(given);
}
