import { sql, type RawBuilder } from 'kysely';

import type { Int64 } from '../../domain/int64.js';

/** A text that every row of a bulk insert has: sent once, not once a row. */
export function sameForAll(value: string): RawBuilder<string> {
  return sql<string>`CAST(${value} AS text)`;
}

/** As {@link sameForAll}, a 64-bit integer. */
export function sameInt64ForAll(value: Int64): RawBuilder<Int64> {
  return sql<Int64>`CAST(${value} AS bigint)`;
}
