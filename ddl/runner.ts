import { sql, type Kysely } from 'kysely';

/** The least that provisioning needs of a database: a statement in, rows out. */
export interface StatementRunner {
  execute(statement: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A runner over a Kysely of any tables. */
export function runnerOf(db: Kysely<never> | StatementRunner): StatementRunner {
  if ('execute' in db) return db;
  return { execute: (statement) => sql.raw(statement).execute(db) };
}

/** A value of a row whose columns nobody promised. */
export function field(row: unknown, name: string): unknown {
  return typeof row === 'object' && row !== null
    ? (row as Record<string, unknown>)[name]
    : undefined;
}
