import { sqlparse } from '@cratedb/cratedb-sqlparse';
import type { CompiledQuery } from 'kysely';
import { expect } from 'vitest';

/** Fails unless the text is a statement in CrateDB's own grammar. */
export function expectCrateGrammar(sql: string): void {
  const statements = sqlparse(sql);
  const errors = statements.flatMap((statement: { exception?: { errorMessage: string } | null }) =>
    statement.exception ? [statement.exception.errorMessage] : [],
  );
  expect(errors, `CrateDB's grammar refuses: ${sql}`).toEqual([]);
  expect(statements, `not exactly one statement: ${sql}`).toHaveLength(1);
}

/** Compares the text of a query, and checks it against CrateDB's grammar. */
export function expectSql(
  query: { compile(): CompiledQuery } | CompiledQuery,
  text: string,
  parameters?: readonly unknown[],
): void {
  const compiled = 'sql' in query ? query : query.compile();
  expect(compiled.sql).toBe(text);
  if (parameters !== undefined) expect(compiled.parameters).toEqual(parameters);
  expectCrateGrammar(compiled.sql);
}
