import { type Expression, type ExpressionBuilder, type RawBuilder, sql } from 'kysely';

import { type Reference, type ReferenceType, toExpression } from './reference.js';
import { finite } from './value.js';

/** How much of each; negative goes back in time. Years and months are as long as the calendar's. */
export interface IntervalParts {
  readonly years?: number;
  readonly months?: number;
  readonly weeks?: number;
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  /** Down to milliseconds, as in `0.25`. */
  readonly seconds?: number;
  readonly milliseconds?: number;
}

/**
 * Parts (an `Interval` that was read has them), a text that CrateDB reads (`5 minutes`, `P1DT2H`),
 * or an expression.
 */
export type IntervalOperand = IntervalParts | string | Expression<unknown>;

const UNITS = [
  'years',
  'months',
  'weeks',
  'days',
  'hours',
  'minutes',
  'seconds',
  'milliseconds',
] as const;

/**
 * `'1 days 2 hours'::interval`: a literal, since CrateDB takes no intervals as parameters.
 *
 * ```ts
 * eb('created', '>', sql`now() - ${interval({ days: 7 })}`)
 * ```
 *
 * @throws RangeError where there are no parts, one is no finite number, or no whole one (but
 *   seconds)
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-interval
 */
export function interval(parts: IntervalParts | string): RawBuilder<unknown> {
  if (typeof parts === 'string') return sql`${sql.lit(parts)}::interval`;
  const words = UNITS.flatMap((unit) => {
    const value = parts[unit];
    if (value === undefined) return [];
    if (!Number.isFinite(value) || (unit !== 'seconds' && !Number.isInteger(value))) {
      throw new RangeError(`interval: ${unit} must be a whole number`);
    }
    return [`${value} ${unit}`];
  });
  if (words.length === 0) throw new RangeError('interval: no parts');
  return sql`${sql.lit(words.join(' '))}::interval`;
}

export function toInterval(value: IntervalOperand): Expression<unknown> {
  return typeof value === 'object' && 'toOperationNode' in value ? value : interval(value);
}

/** Units of `date_trunc`. */
export type DateTruncUnit =
  'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** Fixed texts, that a statement can be prepared with. */
const TRUNC_UNITS: Readonly<Record<DateTruncUnit, RawBuilder<unknown>>> = {
  second: sql`'second'`,
  minute: sql`'minute'`,
  hour: sql`'hour'`,
  day: sql`'day'`,
  week: sql`'week'`,
  month: sql`'month'`,
  quarter: sql`'quarter'`,
  year: sql`'year'`,
};

/**
 * `date_trunc('month', column)`: the start of the month the time is in. All is written as literals,
 * so that the same can stand in SELECT, GROUP BY and ORDER BY, which it can't with parameters.
 *
 * ```ts
 * db.selectFrom('readings')
 *   .select((eb) => [dateTrunc(eb, 'hour', 'ts').as('hour'), eb.fn.avg('value').as('mean')])
 *   .groupBy((eb) => dateTrunc(eb, 'hour', 'ts'))
 * ```
 *
 * @param timeZone whose days and hours are meant, such as `Europe/Berlin` or `+02:00`. Default: UTC
 * @throws RangeError for another unit
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#date-trunc-interval-timezone-timestamp
 */
export function dateTrunc<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  unit: DateTruncUnit,
  time: RE,
  timeZone?: string,
): RawBuilder<ReferenceType<DB, TB, RE>> {
  const word = fixed('dateTrunc: unit', unit, TRUNC_UNITS);
  const zone = timeZone === undefined ? sql`` : sql`${sql.lit(timeZone)}, `;
  return sql`date_trunc(${word}, ${zone}${toExpression(eb, time)})`;
}

/**
 * `date_bin(interval, column, origin)`: the start of the bin that the time is in; bins are as long
 * as the interval and begin at the origin. Literals, as with {@link dateTrunc}.
 *
 * ```ts
 * dateBin(eb, { minutes: 15 }, 'ts').as('quarter_of_an_hour')
 * ```
 *
 * @param width without months and years, which differ in length
 * @param origin default: 1970-01-01T00:00:00Z
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#date-bin-interval-timestamp-origin
 */
export function dateBin<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  width: IntervalOperand,
  time: RE,
  origin: Date | Expression<unknown> = new Date(0),
): RawBuilder<ReferenceType<DB, TB, RE>> {
  const start = origin instanceof Date ? finite('dateBin: origin', origin.getTime()) : origin;
  return sql`date_bin(${toInterval(width)}, ${toExpression(eb, time)}, ${start})`;
}

/**
 * `date_format(format, column)`: as text. Literals, as with {@link dateTrunc}.
 *
 * @param format such as `%Y-%m-%d %H:%i`; see CrateDB's list of codes
 * @param timeZone such as `Europe/Berlin`. Default: UTC
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#date-format-format-string-timezone-timestamp
 */
export function dateFormat<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  format: string,
  time: Reference<DB, TB>,
  timeZone?: string,
): RawBuilder<string> {
  const zone = timeZone === undefined ? sql`` : sql`${sql.lit(timeZone)}, `;
  return sql`date_format(${sql.lit(format)}, ${zone}${toExpression(eb, time)})`;
}

/**
 * Fields of `extract`. Weeks begin on Monday, which is `day_of_week` 1; the `century` of 2026 is
 * 20, not 21 as in PostgreSQL.
 */
export type ExtractField =
  | 'century'
  | 'year'
  | 'quarter'
  | 'month'
  | 'week'
  | 'day'
  | 'day_of_week'
  | 'day_of_year'
  | 'hour'
  | 'minute'
  | 'second'
  | 'epoch';

const FIELDS: Readonly<Record<ExtractField, RawBuilder<unknown>>> = {
  century: sql`century`,
  year: sql`year`,
  quarter: sql`quarter`,
  month: sql`month`,
  week: sql`week`,
  day: sql`day`,
  day_of_week: sql`day_of_week`,
  day_of_year: sql`day_of_year`,
  hour: sql`hour`,
  minute: sql`minute`,
  second: sql`second`,
  epoch: sql`epoch`,
};

/**
 * `extract(field from column)`: a part of a time, in UTC; `epoch` is in seconds.
 *
 * @throws RangeError for another field
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#extract-field-from-source
 */
export function extract<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  field: ExtractField,
  time: Reference<DB, TB>,
): RawBuilder<number> {
  return sql`extract(${fixed('extract: field', field, FIELDS)} from ${toExpression(eb, time)})`;
}

function fixed<Word extends string>(
  what: string,
  word: Word,
  texts: Readonly<Record<Word, RawBuilder<unknown>>>,
): RawBuilder<unknown> {
  if (Object.hasOwn(texts, word)) return texts[word];
  throw new RangeError(`${what} must be one of ${Object.keys(texts).join(', ')}`);
}
