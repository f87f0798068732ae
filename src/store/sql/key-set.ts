/**
 * Pages by key-set: a page begins after the last row of the one before, found by its order values,
 * so that rows written between two pages neither repeat nor hide others.
 */
import { type AliasableExpression, type Expression, sql, type SqlBool } from 'kysely';

import { decodePageToken, type TokenValue } from '../../domain/index.js';

/** One order column. Where its values may be null, a {@link nullRank} column stands before it. */
export interface OrderColumn {
  readonly expression: AliasableExpression<unknown>;
  readonly descending?: boolean;
  /** The SQL type of the values, for the parameter. */
  readonly type: 'text' | 'bigint' | 'double precision' | 'integer';
}

/** 0 where there is a value, 1 where it is missing: "missing last" in both directions. */
export function nullRank(expression: Expression<unknown>): OrderColumn {
  return {
    expression: sql`CASE WHEN ${expression} IS NULL THEN 1 ELSE 0 END`,
    type: 'integer',
  };
}

/**
 * The rows after `values` in the given order:
 * `a > $1 OR (a = $1 AND (b < $2 OR (b = $2 AND …)))`.
 */
function afterKey(
  columns: readonly OrderColumn[],
  values: readonly TokenValue[],
): Expression<SqlBool> {
  const build = (index: number): Expression<SqlBool> => {
    const column = columns[index];
    if (column === undefined) return sql<SqlBool>`FALSE`;
    const value = values[index] ?? null;
    // A null value stands with equal ranks: all rows of that rank are null too.
    if (value === null) return build(index + 1);
    const parameter = sql`CAST(${value} AS ${sql.raw(column.type)})`;
    const operator = sql.raw(column.descending === true ? '<' : '>');
    const beyond = sql<SqlBool>`${column.expression} ${operator} ${parameter}`;
    if (index === columns.length - 1) return beyond;
    return sql<SqlBool>`(${beyond} OR (${column.expression} = ${parameter} AND ${build(index + 1)}))`;
  };
  return build(0);
}

/**
 * The rows after the page that gave the token; undefined for the first page.
 *
 * @param query what was searched for: a token of another search is refused
 */
export function afterPage(
  columns: readonly OrderColumn[],
  pageToken: string | undefined,
  query: string,
): Expression<SqlBool> | undefined {
  if (pageToken === undefined || pageToken === '') return undefined;
  return afterKey(columns, decodePageToken(pageToken, { query }));
}

/** `ORDER BY` terms with their direction. */
export function orderTerms(columns: readonly OrderColumn[]): Expression<unknown>[] {
  return columns.map((column) =>
    column.descending === true
      ? sql`${column.expression} DESC`
      : sql`${column.expression} ASC`,
  );
}
