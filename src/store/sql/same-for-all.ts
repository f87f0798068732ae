import { sql, type RawBuilder } from 'kysely';

/** A text that every row of a bulk insert has: sent once, not once a row. */
export function sameForAll(value: string): RawBuilder<string> {
  return sql<string>`CAST(${value} AS text)`;
}
