import {
  type AggregateFunctionBuilder,
  type Expression,
  type ExpressionBuilder,
  type RawBuilder,
  sql,
} from 'kysely';

import { wholeNumber } from '../schema/keywords.js';
import { type Reference, type ReferenceType, toExpression } from './reference.js';

/** An aggregate function of Kysely: with `filterWhere`, `over` and `as`. */
type Aggregate<DB, TB extends keyof DB, O> = AggregateFunctionBuilder<DB, TB, O>;

/**
 * `array_agg(column)`: all values as an array, nulls among them, in no order. Null where there are
 * no rows.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/aggregation.html#array-agg-column
 */
export function arrayAgg<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
): Aggregate<DB, TB, ReferenceType<DB, TB, RE>[]> {
  return aggregate(eb, 'array_agg', column);
}

/**
 * `any_value(column)`: of any of the rows; null where there are none.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/aggregation.html#any-value-column
 */
export function anyValue<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
): Aggregate<DB, TB, ReferenceType<DB, TB, RE> | null> {
  return aggregate(eb, 'any_value', column);
}

/**
 * `max_by(column, by)`: the value in the row where `by` is greatest. In place of DISTINCT ON: the
 * newest row of each group.
 *
 * ```ts
 * db.selectFrom('readings')
 *   .select((eb) => ['sensor', maxBy(eb, 'value', 'ts').as('last')])
 *   .groupBy('sensor')
 * ```
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/aggregation.html#max-by-returnfield-searchfield
 */
export function maxBy<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
  by: Reference<DB, TB>,
): Aggregate<DB, TB, ReferenceType<DB, TB, RE> | null> {
  return aggregate(eb, 'max_by', column, toExpression(eb, by));
}

/**
 * `min_by(column, by)`: the value in the row where `by` is least.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/aggregation.html#min-by-returnfield-searchfield
 */
export function minBy<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
  by: Reference<DB, TB>,
): Aggregate<DB, TB, ReferenceType<DB, TB, RE> | null> {
  return aggregate(eb, 'min_by', column, toExpression(eb, by));
}

/**
 * `percentile(column, fraction)`: approximate (t-digest), the more exact the nearer to the ends;
 * 0.5 is the median. Fails where the column holds NaN.
 *
 * @param fractions one, or several for an array of results; from 0 to 1
 * @param compression greater is more exact, and takes more memory. Default: 200
 * @throws RangeError for a fraction out of range, or a compression that is not greater than 0
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/aggregation.html#percentile-column-fraction-fractions-compression
 */
export function percentile<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: Reference<DB, TB>,
  fraction: number,
  compression?: number,
): Aggregate<DB, TB, number | null>;
export function percentile<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: Reference<DB, TB>,
  fractions: readonly number[],
  compression?: number,
): Aggregate<DB, TB, number[] | null>;
export function percentile<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: Reference<DB, TB>,
  fractions: number | readonly number[],
  compression?: number,
): Aggregate<DB, TB, number | number[] | null> {
  const list =
    typeof fractions === 'number'
      ? fraction(fractions)
      : sql`[${sql.join(fractions.map(fraction))}]`;
  if (compression === undefined) return aggregate(eb, 'percentile', column, list);
  if (!(compression > 0 && compression < Infinity)) {
    throw new RangeError('percentile: compression must be greater than 0');
  }
  return aggregate(eb, 'percentile', column, list, double(compression));
}

/**
 * `string_agg(column, separator)`: the texts one after the other, in no order, nulls left out.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/aggregation.html#string-agg-column-delimiter
 */
export function stringAgg<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: Reference<DB, TB>,
  separator: string,
): Aggregate<DB, TB, string | null> {
  return aggregate(eb, 'string_agg', column, sql.val(separator));
}

/** What `topk` gives. */
export interface TopK<T> {
  /** The most frequent first. */
  readonly frequencies: readonly {
    readonly item: T;
    readonly estimate: number;
    readonly lower_bound: number;
    readonly upper_bound: number;
  }[];
  /** 0 where the numbers are exact. */
  readonly maximum_error: number;
}

/**
 * `topk(column, k, capacity)`: the most frequent values, approximately.
 *
 * @param k how many, 1 to 5000. Default: 8
 * @param capacity how many values are counted at once: a power of two, more than `k`. Default: 8192
 * @throws RangeError for numbers that are no whole ones, 1 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/aggregation.html#topk-column-k-max-capacity
 */
export function topK<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
  k = 8,
  capacity?: number,
): Aggregate<DB, TB, TopK<ReferenceType<DB, TB, RE>> | null> {
  const count = wholeNumber('topK: k', k);
  if (capacity === undefined) return aggregate(eb, 'topk', column, count);
  return aggregate(eb, 'topk', column, count, wholeNumber('topK: capacity', capacity));
}

/**
 * `hyperloglog_distinct(column, precision)`: how many different values there are, approximately, in
 * constant memory.
 *
 * @param precision 4 to 18: the more, the more exact and the more memory. Default: 14
 * @returns a 64-bit integer, as the dialect's `bigint` option gives it
 * @throws RangeError for a precision that is no whole number, 4 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/aggregation.html#hyperloglog-distinct-column-precision
 */
export function hyperloglogDistinct<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: Reference<DB, TB>,
  precision = 14,
): Aggregate<DB, TB, number | string | bigint> {
  const digits = wholeNumber('hyperloglogDistinct: precision', precision, 4);
  return aggregate(eb, 'hyperloglog_distinct', column, digits);
}

/** Points of a line: where on the x axis, and how high; times are in milliseconds. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * `lttb(x, y, threshold)`: as many points as wanted, chosen so that the line through them looks
 * like the line through all (largest triangle, three buckets).
 *
 * @param points 3 or more
 * @throws RangeError for a number of points that is no whole one, 3 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/aggregation.html#lttb-column-column-threshhold
 */
export function lttb<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  x: Reference<DB, TB>,
  y: Reference<DB, TB>,
  points: number,
): Aggregate<DB, TB, Points | null> {
  const count = wholeNumber('lttb: points', points, 3);
  return aggregate(eb, 'lttb', x, toExpression(eb, y), count);
}

/** Numbers are written as literals: CrateDB finds no function for a parameter. */
function aggregate<DB, TB extends keyof DB, O>(
  eb: ExpressionBuilder<DB, TB>,
  name: string,
  column: Reference<DB, TB>,
  ...others: readonly Expression<unknown>[]
): Aggregate<DB, TB, O> {
  return eb.fn.agg<O, Expression<unknown>>(name, [toExpression(eb, column), ...others]);
}

function fraction(value: number): RawBuilder<unknown> {
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError('percentile: a fraction must be from 0 to 1');
  }
  return double(value);
}

function double(value: number): RawBuilder<unknown> {
  return sql`${sql.lit(value)}::double precision`;
}
