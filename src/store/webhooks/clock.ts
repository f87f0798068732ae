import { type RawBuilder, sql } from 'kysely';

import type { Int64 } from '../../domain/int64.js';

/** ms since the epoch by the database's clock, which all servers share, and so much later. */
export function databaseTime(laterMs = 0): RawBuilder<Int64> {
  const now = sql`CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)`;
  return sql<Int64>`${now} + CAST(${laterMs} AS BIGINT)`;
}
