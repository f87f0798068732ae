import { type Kysely, sql } from 'kysely';

import { RelationUnknownError } from '../errors/index.js';
import { qualifiedName } from '../qualified-name.js';

/** The table that rows go to, as the server has it. */
export interface Target {
  /** Types by column name, in CrateDB's words; generated columns are left out. */
  readonly types: ReadonlyMap<string, string>;
  /** The primary key, in its order; empty where there is none. */
  readonly keys: readonly string[];
}

interface ColumnRow {
  readonly column_name: string;
  readonly data_type: string;
  readonly key_position: number | null;
}

/**
 * https://cratedb.com/docs/crate/reference/en/latest/admin/information-schema.html#columns
 *
 * @throws RelationUnknownError
 */
export async function readTarget<DB>(db: Kysely<DB>, table: string): Promise<Target> {
  const { schema, name } = qualifiedName(db, table);
  const { rows } = await sql<ColumnRow>`
    select c.column_name, c.data_type, k.ordinal_position as key_position
    from information_schema.columns c
    left join information_schema.key_column_usage k
      on k.table_schema = c.table_schema and k.table_name = c.table_name
      and k.column_name = c.column_name
    where c.table_schema = ${schema} and c.table_name = ${name} and c.is_generated = 'NEVER'
    order by c.ordinal_position`.execute(db);
  if (rows.length === 0) {
    throw new RelationUnknownError(`Relation '${schema}.${name}' unknown`, { sqlstate: '42P01' });
  }
  const keys = rows
    .filter((row) => row.key_position !== null)
    .sort((a, b) => (a.key_position ?? 0) - (b.key_position ?? 0));
  return {
    types: new Map(rows.map((row) => [row.column_name, row.data_type])),
    keys: keys.map((row) => row.column_name),
  };
}
