import { type Expression, sql, type SqlBool } from 'kysely';

import type { Comparator } from '../../domain/filter/ast.js';
import type { Int64 } from '../../domain/int64.js';

/** The value of a checked filter clause. */
export type ClauseValue = string | Int64 | readonly string[] | undefined;

/**
 * `expression <operator> value` of a clause. A null never matches, as in SQL.
 * `type` is the SQL type of the parameter: without it, PostgreSQL would have to guess.
 */
export function compare(
  expression: Expression<unknown>,
  comparator: Comparator,
  value: ClauseValue,
  type: 'text' | 'bigint' | 'double precision',
): Expression<SqlBool> {
  const cast = sql.raw(type);
  switch (comparator) {
    case 'IN':
      return sql<SqlBool>`${expression} = ANY(CAST(${value} AS ${cast}[]))`;
    case 'NOT IN':
      return sql<SqlBool>`NOT (${expression} = ANY(CAST(${value} AS ${cast}[])))`;
    case 'IS NULL':
      return sql<SqlBool>`${expression} IS NULL`;
    case 'IS NOT NULL':
      return sql<SqlBool>`${expression} IS NOT NULL`;
    case 'LIKE':
    case 'ILIKE':
      // MLflow's grammar has no escapes: a backslash stands for itself, as on SQLite.
      return sql<SqlBool>`${expression} ${sql.raw(comparator)} ${String(value).replaceAll('\\', '\\\\')}`;
    default:
      return sql<SqlBool>`${expression} ${sql.raw(comparator)} CAST(${value} AS ${cast})`;
  }
}
