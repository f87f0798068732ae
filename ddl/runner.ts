import { sql, type Kysely } from 'kysely';

/** The least that {@link provision} needs of a database: a statement in, rows out. */
export interface StatementRunner {
  execute(statement: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A runner over a Kysely of any tables. */
export function runnerOf(db: Kysely<never> | StatementRunner): StatementRunner {
  if ('execute' in db) return db;
  return { execute: (statement) => sql.raw(statement).execute(db) };
}
