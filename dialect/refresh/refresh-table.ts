import { type Kysely, sql } from 'kysely';

/**
 * Makes everything written to the tables visible to searches, in one statement. CrateDB only.
 * Names may be qualified (`schema.table`); others belong to the dialect's schema.
 */
export async function refreshTable<DB>(
  db: Kysely<DB>,
  ...tables: readonly (string & keyof DB)[]
): Promise<void> {
  if (tables.length === 0) return;
  await sql`REFRESH TABLE ${sql.join(tables.map((table) => sql.table(table)))}`.execute(db);
}
