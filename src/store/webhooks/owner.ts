/**
 * Who has a delivery: nobody yet (`''`), who claimed it, or nobody any more. Then the column tells
 * by whom it was settled last, so that whoever settles learns whether it was he.
 */
import { sql, type SqlBool } from 'kysely';

export function settledBy(owner: string): string {
  return `settled:${owner}`;
}

/** The condition that nobody has it. */
export const isUnclaimed = sql<SqlBool>`(owner = '' OR owner LIKE 'settled:%')`;
