import { type Kysely, sql } from 'kysely';

import { qualifiedName } from '../qualified-name.js';

/**
 * Whether there is a table or view, for steps that may run twice. The name may be qualified
 * (`schema.table`); others are of the dialect's schema.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/admin/information-schema.html#tables
 */
export async function hasTable<DB>(db: Kysely<DB>, table: string): Promise<boolean> {
  return isRelation(db, qualifiedName(db.withoutPlugins(), table));
}

export async function isRelation<DB>(
  db: Kysely<DB>,
  { schema, name }: { readonly schema: string; readonly name: string },
): Promise<boolean> {
  const { rows } = await sql`select 1 from information_schema.tables
    where table_schema = ${schema} and table_name = ${name}`.execute(db.withoutPlugins());
  return rows.length > 0;
}

/**
 * Whether a table has a column, for steps that add, drop or rename one and may run twice: CrateDB
 * has no `ADD COLUMN IF NOT EXISTS`. A column inside of an object is named as in SQL: `o['a']`.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/admin/information-schema.html#columns
 */
export async function hasColumn<DB>(
  db: Kysely<DB>,
  table: string,
  column: string,
): Promise<boolean> {
  const plain = db.withoutPlugins();
  const { schema, name } = qualifiedName(plain, table);
  const { rows } = await sql`select 1 from information_schema.columns
    where table_schema = ${schema} and table_name = ${name} and column_name = ${column}`.execute(
    plain,
  );
  return rows.length > 0;
}
