import { type RawBuilder, sql } from 'kysely';

/**
 * What an UPDATE by whole key sets a column to: the value where the row, as it stands, fulfils the
 * condition, else what it has. A condition beside the key would make it a search on CrateDB, which
 * all of many callers win.
 */
export function setIf<Value>(
  condition: RawBuilder<unknown>,
  column: string,
  value: unknown,
  type: 'text' | 'bigint' | 'integer',
): RawBuilder<Value> {
  const cast = sql`CAST(${value} AS ${sql.raw(type)})`;
  return sql<Value>`CASE WHEN ${condition} THEN ${cast} ELSE ${sql.ref(column)} END`;
}
