import { type Expression, sql, type SqlBool } from 'kysely';

/**
 * `column = ANY(…)`, one parameter however many values. A single value is compared as such: where it
 * is what the table is routed by, CrateDB then asks its shard alone.
 */
export function isOneOf(
  column: string,
  type: 'text' | 'bigint' | 'integer',
  values: readonly unknown[],
): Expression<SqlBool> {
  return values.length === 1
    ? sql<SqlBool>`${sql.ref(column)} = ${values[0]}`
    : sql<SqlBool>`${sql.ref(column)} = ANY(CAST(${values} AS ${sql.raw(type)}[]))`;
}
