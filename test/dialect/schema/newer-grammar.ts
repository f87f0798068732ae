import type { CompiledQuery } from 'kysely';
import { expect } from 'vitest';

import { expectCrateGrammar } from '../expect-sql.js';

/**
 * As `expectSql`, for what the server takes and the package's grammar, of an older version, doesn't
 * know yet. Fails when the package has caught up: then it is a case for `expectSql`.
 */
export function expectNewerSql(
  compiled: CompiledQuery,
  text: string,
  parameters: readonly unknown[],
): void {
  expect(compiled.sql).toBe(text);
  expect(compiled.parameters).toEqual(parameters);
  expect(() => expectCrateGrammar(compiled.sql)).toThrow("CrateDB's grammar refuses");
}
