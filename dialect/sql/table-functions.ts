import {
  type AliasedRawBuilder,
  type Expression,
  isExpression,
  type RawBuilder,
  sql,
} from 'kysely';

import { type IntervalOperand, toInterval } from './time.js';

/**
 * A call as a table, `f(…) AS alias(a, b)`: what every table function here is made with, for those
 * that CrateDB may have besides.
 *
 * ```ts
 * tableFunction<{ x: string; n: number }, 'e'>('e', ['x', 'n'],
 *   sql`information_schema._pg_expandarray(${arrayValue('text', names)})`)
 * ```
 *
 * Arguments can't be columns: CrateDB has no LATERAL. A table function on a column belongs into
 * SELECT, `eb.fn('unnest', ['tags'])`, where it multiplies the rows.
 *
 * @param columns the names of all columns of the call
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/table-functions.html
 */
export function tableFunction<Row extends object, Alias extends string>(
  alias: Alias,
  columns: readonly (keyof Row & string)[],
  call: RawBuilder<unknown>,
): AliasedRawBuilder<Row, Alias> {
  return call
    .$castTo<Row>()
    .as<Alias>(sql`${sql.id(alias)}(${sql.join(columns.map((name) => sql.id(name)))})`);
}

/** Whole numbers from `start` to `stop`, both included. */
export interface NumberSeries {
  readonly start: number;
  readonly stop: number;
  /** Default: 1. */
  readonly step?: number;
}

/** Moments from `start` to `stop`, both included. */
export interface TimeSeries {
  readonly start: Date;
  readonly stop: Date;
  readonly step: IntervalOperand;
}

/**
 * `generate_series(start, stop, step) AS alias(column)`: whole numbers, or moments.
 *
 * ```ts
 * db.selectFrom(generateSeries('s', 'day', { start, stop, step: { days: 1 } }))
 *   .leftJoin('readings', …)
 *   .select('s.day')
 * ```
 *
 * @throws RangeError for numbers that are not whole ones
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/table-functions.html#pg-catalog-generate-series-start-stop-step
 */
export function generateSeries<Alias extends string, Column extends string>(
  alias: Alias,
  column: Column,
  series: NumberSeries,
): AliasedRawBuilder<Record<Column, number>, Alias>;
export function generateSeries<Alias extends string, Column extends string>(
  alias: Alias,
  column: Column,
  series: TimeSeries,
): AliasedRawBuilder<Record<Column, Date>, Alias>;
export function generateSeries<Alias extends string, Column extends string>(
  alias: Alias,
  column: Column,
  series: NumberSeries | TimeSeries,
): AliasedRawBuilder<Record<Column, number | Date>, Alias> {
  const bounds = isTimes(series)
    ? [moment(series.start), moment(series.stop), toInterval(series.step)]
    : [series.start, series.stop, series.step ?? 1].map(whole);
  const call = sql`generate_series(${sql.join(bounds)})`;
  return tableFunction<Record<Column, number | Date>, Alias>(alias, [column], call);
}

function isTimes(series: NumberSeries | TimeSeries): series is TimeSeries {
  return series.start instanceof Date;
}

function moment(date: Date): RawBuilder<unknown> {
  return sql`${sql.val(date)}::timestamp with time zone`;
}

/** A long would come back as the dialect's `bigint` option says. */
function whole(value: number): RawBuilder<unknown> {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError('generateSeries: numbers must be whole numbers');
  }
  const type = Math.abs(value) < 2 ** 31 ? sql`integer` : sql`bigint`;
  return sql`${sql.val(value)}::${type}`;
}

/**
 * `generate_subscripts(array, dimension, reverse) AS alias(column)`: the positions in an array,
 * from 1 on.
 *
 * @param options `dimension` default: 1; `reverse` default: false
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/table-functions.html#pg-catalog-generate-subscripts-array-dim-reverse
 */
export function generateSubscripts<Alias extends string, Column extends string>(
  alias: Alias,
  column: Column,
  array: Expression<readonly unknown[]>,
  options: { readonly dimension?: number; readonly reverse?: boolean } = {},
): AliasedRawBuilder<Record<Column, number>, Alias> {
  const dimension = sql.lit(options.dimension ?? 1);
  const reverse = sql.lit(options.reverse ?? false);
  const call = sql`generate_subscripts(${array}, ${dimension}, ${reverse})`;
  return tableFunction<Record<Column, number>, Alias>(alias, [column], call);
}

/**
 * `regexp_matches(text, pattern, flags) AS alias(column)`: of each match the groups, or the whole
 * where the pattern has none; a group that took no part is null. On a column, it belongs into
 * SELECT: `eb.fn<(string | null)[]>('regexp_matches', ['column', eb.val(pattern)])`.
 *
 * @param pattern a regular expression of Java
 * @param flags such as `g` for all matches, `i` for both cases. Default: none
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/table-functions.html#regexp-matches-source-pattern-flags
 */
export function regexpMatches<Alias extends string, Column extends string>(
  alias: Alias,
  column: Column,
  text: string | Expression<string>,
  pattern: string,
  flags = '',
): AliasedRawBuilder<Record<Column, (string | null)[]>, Alias> {
  const source = isExpression(text) ? text : sql`${sql.val(text)}::text`;
  const call = sql`regexp_matches(${source}, ${sql.val(pattern)}::text, ${sql.val(flags)}::text)`;
  return tableFunction<Record<Column, (string | null)[]>, Alias>(alias, [column], call);
}
