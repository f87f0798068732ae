import { type Kysely, sql } from 'kysely';

import { RelationUnknownError } from '../errors/index.js';
import { DEFAULT_LEASE_TABLE } from './tables.js';

/**
 * The lease table of a `migrationTableSchema` also has a row for each schema of a dialect that used
 * it, for the introspector to tell it from the migration tables of another application.
 */
export function userRowId(schema: string): string {
  return `used from ${schema}`;
}

/** Whether migrations were run from `dialectSchema` with their tables in `schema`. */
export async function isUsedFrom<DB>(
  db: Kysely<DB>,
  schema: string,
  dialectSchema: string,
): Promise<boolean> {
  try {
    const { rows } = await sql`select 1 from ${sql.id(schema, DEFAULT_LEASE_TABLE)}
      where id = ${userRowId(dialectSchema)}`.execute(db);
    return rows.length > 0;
  } catch (error) {
    // Dropped since it was listed.
    if (error instanceof RelationUnknownError) return false;
    throw error;
  }
}
