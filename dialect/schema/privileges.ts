import { type RawBuilder, sql } from 'kysely';

import { keyword } from './keywords.js';

/**
 * `DQL`: read; `DML`: write; `DDL`: create, alter and drop; `AL`: users, roles and cluster.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/admin/privileges.html
 */
export type Privilege = 'DQL' | 'DML' | 'DDL' | 'AL';

const PRIVILEGES: readonly Privilege[] = ['DQL', 'DML', 'DDL', 'AL'];

type Names = string | readonly string[];

/** Where privileges hold: in schemas, tables or views; in the whole cluster where none is named. */
export type PrivilegeScope =
  | { readonly schema?: never; readonly table?: never; readonly view?: never }
  | { readonly schema: Names; readonly table?: never; readonly view?: never }
  | { readonly schema?: never; readonly table: Names; readonly view?: never }
  | { readonly schema?: never; readonly table?: never; readonly view: Names };

/** One privilege, several, or all four. */
export type Privileges = Privilege | 'ALL' | readonly Privilege[];

/**
 * `grant … on … to …`.
 *
 * ```ts
 * await grant('DQL', { schema: 'app', to: 'reader' }).execute(db);
 * await grant(['DQL', 'DML'], { table: ['runs', 'metrics'], to: ['anna', 'writers'] }).execute(db);
 * await grant('ALL', { to: 'admin' }).execute(db); // the whole cluster
 * ```
 *
 * @throws RangeError where nobody, nothing or no privilege is named, or there is none of that name
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/grant.html
 */
export function grant(
  privileges: Privileges,
  scope: PrivilegeScope & { readonly to: Names },
): RawBuilder<unknown> {
  const privilege = sql`${what('grant', privileges)}${where('grant', scope)}`;
  return sql`grant ${privilege} to ${names('grant', scope.to)}`;
}

/**
 * `deny … on … to …`: taken away from this user or role, though a wider scope or a role grants it.
 *
 * @throws RangeError as {@link grant}
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/deny.html
 */
export function deny(
  privileges: Privileges,
  scope: PrivilegeScope & { readonly to: Names },
): RawBuilder<unknown> {
  const privilege = sql`${what('deny', privileges)}${where('deny', scope)}`;
  return sql`deny ${privilege} to ${names('deny', scope.to)}`;
}

/**
 * `revoke … on … from …`: as if it had been neither granted nor denied.
 *
 * @throws RangeError as {@link grant}
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/revoke.html
 */
export function revoke(
  privileges: Privileges,
  scope: PrivilegeScope & { readonly from: Names },
): RawBuilder<unknown> {
  const privilege = sql`${what('revoke', privileges)}${where('revoke', scope)}`;
  return sql`revoke ${privilege} from ${names('revoke', scope.from)}`;
}

/**
 * `grant role to user`.
 *
 * @throws RangeError where nobody or no role is named
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/grant.html
 */
export function grantRole(roles: Names, to: { readonly to: Names }): RawBuilder<unknown> {
  return sql`grant ${names('grantRole', roles)} to ${names('grantRole', to.to)}`;
}

/**
 * `revoke role from user`.
 *
 * @throws RangeError where nobody or no role is named
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/revoke.html
 */
export function revokeRole(roles: Names, from: { readonly from: Names }): RawBuilder<unknown> {
  return sql`revoke ${names('revokeRole', roles)} from ${names('revokeRole', from.from)}`;
}

function what(statement: string, privileges: Privileges): RawBuilder<unknown> {
  if (privileges === 'ALL') return sql`all privileges`;
  const list = typeof privileges === 'string' ? [privileges] : privileges;
  if (list.length === 0) throw new RangeError(`${statement}: no privileges`);
  return sql.join(list.map((one) => keyword(`${statement}: privilege`, one, PRIVILEGES)));
}

function where(statement: string, { schema, table, view }: PrivilegeScope): RawBuilder<unknown> {
  if (schema !== undefined) return sql` on schema ${names(statement, schema)}`;
  if (table !== undefined) return sql` on table ${tables(statement, table)}`;
  if (view !== undefined) return sql` on view ${tables(statement, view)}`;
  return sql``;
}

function names(statement: string, list: Names): RawBuilder<unknown> {
  return sql.join(nonEmpty(statement, list).map((name) => sql.id(name)));
}

function tables(statement: string, list: Names): RawBuilder<unknown> {
  return sql.join(nonEmpty(statement, list).map((name) => sql.table(name)));
}

function nonEmpty(statement: string, list: Names): readonly string[] {
  const all = typeof list === 'string' ? [list] : list;
  if (all.length === 0) throw new RangeError(`${statement}: an empty list of names`);
  return all;
}
