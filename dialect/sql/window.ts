import {
  type AggregateFunctionBuilder,
  type Expression,
  type ExpressionBuilder,
  ExpressionWrapper,
  type OperationNode,
  type RawBuilder,
  sql,
} from 'kysely';

import { wholeNumber } from '../schema/keywords.js';
import { type Reference, type ReferenceType, toExpression } from './reference.js';
import { type IntervalOperand, toInterval } from './time.js';
import { finite, typedValue } from './value.js';

/** Where a frame begins or ends, and whether CrateDB allows it there. */
interface Bound<At extends 'start' | 'end' | 'both'> {
  readonly at: At;
  /** In a RANGE, of the type that the ordering column is compared with. */
  readonly offset?: number | IntervalOperand;
  readonly direction: 'preceding' | 'current' | 'following';
}

export type FrameStart = Bound<'start'> | Bound<'both'>;
export type FrameEnd = Bound<'end'> | Bound<'both'>;

/** The first row of the partition. */
export const unboundedPreceding: Bound<'start'> = { at: 'start', direction: 'preceding' };
/** The row itself; in a RANGE, the rows of the same rank as well. */
export const currentRow: Bound<'both'> = { at: 'both', direction: 'current' };
/** The last row of the partition. */
export const unboundedFollowing: Bound<'end'> = { at: 'end', direction: 'following' };

/** So many rows before; in a RANGE, values that are less by so much, or earlier by an interval. */
export function preceding(offset: number | IntervalOperand): Bound<'start'> {
  return { at: 'start', direction: 'preceding', offset };
}

/** So many rows after; in a RANGE, values that are greater by so much, or later by an interval. */
export function following(offset: number | IntervalOperand): Bound<'end'> {
  return { at: 'end', direction: 'following', offset };
}

/** Which rows of the partition count for one row. */
export type Frame = RawBuilder<unknown>;

/**
 * `rows between start and end`: counted in rows.
 *
 * @throws RangeError for an offset that is no whole number, 0 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/window-functions.html#over
 */
export function rowsBetween(start: FrameStart, end: FrameEnd = currentRow): Frame {
  return sql`rows between ${bound(start, rows)} and ${bound(end, rows)}`;
}

/**
 * `range between start and end`: by the value of the ordering column; with offsets, there is
 * exactly one such column.
 *
 * @throws RangeError for an offset that is no finite number
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/window-functions.html#over
 */
export function rangeBetween(start: FrameStart, end: FrameEnd = currentRow): Frame {
  return sql`range between ${bound(start, range)} and ${bound(end, range)}`;
}

function bound(
  { offset, direction }: Bound<'start' | 'end' | 'both'>,
  toOffset: (offset: number | IntervalOperand) => Expression<unknown>,
): RawBuilder<unknown> {
  if (direction === 'current') return sql`current row`;
  const distance = offset === undefined ? sql`unbounded` : toOffset(offset);
  return direction === 'preceding' ? sql`${distance} preceding` : sql`${distance} following`;
}

function rows(offset: number | IntervalOperand): Expression<unknown> {
  if (typeof offset !== 'number') {
    throw new RangeError('rowsBetween: an offset must be a number of rows');
  }
  return wholeNumber('rowsBetween: an offset', offset, 0);
}

function range(offset: number | IntervalOperand): Expression<unknown> {
  return typeof offset === 'number'
    ? finite('rangeBetween: an offset', offset)
    : toInterval(offset);
}

export interface WindowOptions {
  /** Default: from the first row of the partition to the current row and its peers. */
  readonly frame?: Frame;
  /** `ignore`: rows where the value is null are passed over. Default: `respect`. */
  readonly nulls?: 'ignore' | 'respect';
}

const NULLS = { ignore: sql`ignore nulls`, respect: sql`respect nulls` };

/**
 * What Kysely's `over(…)` can't say of a window function: its frame, and IGNORE NULLS (of `lag`,
 * `lead`, `firstValue`, `lastValue`, `nthValue`).
 *
 * ```ts
 * windowed(
 *   eb.fn.avg('value').over((over) => over.partitionBy('sensor').orderBy('ts')),
 *   { frame: rowsBetween(preceding(4)) },
 * ).as('moving_average')
 * ```
 *
 * @param call a window function with its `over(…)`
 * @throws RangeError where it has no `over(…)`
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/window-functions.html
 */
export function windowed<DB, TB extends keyof DB, O>(
  call: AggregateFunctionBuilder<DB, TB, O>,
  { frame, nulls }: WindowOptions,
): ExpressionWrapper<DB, TB, O> {
  const node = call.toOperationNode();
  const { over } = node;
  if (over === undefined) throw new RangeError('windowed: call over(…) on the function first');
  const parts = [over.partitionBy, over.orderBy, frame?.toOperationNode()]
    .filter((part) => part !== undefined)
    .map((part) => new ExpressionWrapper<DB, TB, unknown>(part));
  const window = sql`over(${sql.join(parts, sql` `)})`;
  const clause = nulls === undefined ? window : sql`${NULLS[nulls]} ${window}`;
  // In the place of Kysely's own clause, so that it is still known as a window function.
  const windowedNode: OperationNode & { readonly over: OperationNode } = {
    ...node,
    over: clause.toOperationNode(),
  };
  return new ExpressionWrapper(windowedNode);
}

/** What a row can be given where there is no other row. */
type Default<T> = NonNullable<T> | Expression<T>;

/**
 * `lag(column, offset, default)`: the value so many rows before this one.
 *
 * @param offset rows, 0 or more. Default: 1
 * @param fallback where there is no such row. Default: null
 * @throws RangeError for an offset that is no whole number, 0 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/window-functions.html#lag-arg-offset-default
 */
export function lag<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
  offset = 1,
  fallback?: Default<ReferenceType<DB, TB, RE>>,
): AggregateFunctionBuilder<DB, TB, ReferenceType<DB, TB, RE> | null> {
  return neighbour(eb, 'lag', column, offset, fallback);
}

/**
 * `lead(column, offset, default)`: the value so many rows after this one.
 *
 * @param offset rows, 0 or more. Default: 1
 * @param fallback where there is no such row. Default: null
 * @throws RangeError for an offset that is no whole number, 0 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/window-functions.html#lead-arg-offset-default
 */
export function lead<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
  offset = 1,
  fallback?: Default<ReferenceType<DB, TB, RE>>,
): AggregateFunctionBuilder<DB, TB, ReferenceType<DB, TB, RE> | null> {
  return neighbour(eb, 'lead', column, offset, fallback);
}

function neighbour<DB, TB extends keyof DB, O>(
  eb: ExpressionBuilder<DB, TB>,
  name: 'lag' | 'lead',
  column: Reference<DB, TB>,
  offset: number,
  fallback: unknown,
): AggregateFunctionBuilder<DB, TB, O> {
  const rowsAway = wholeNumber(`${name}: offset`, offset, 0);
  const others = fallback === undefined ? [] : [typedValue(fallback)];
  return eb.fn.agg<O, Expression<unknown>>(name, [toExpression(eb, column), rowsAway, ...others]);
}

/**
 * `first_value(column)`: of the frame's first row; null where the frame is empty.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/window-functions.html#first-value-arg
 */
export function firstValue<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
): AggregateFunctionBuilder<DB, TB, ReferenceType<DB, TB, RE> | null> {
  return eb.fn.agg<ReferenceType<DB, TB, RE> | null, Expression<unknown>>('first_value', [
    toExpression(eb, column),
  ]);
}

/**
 * `last_value(column)`: of the frame's last row, which by default is the current one: give the
 * frame by {@link windowed}.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/window-functions.html#last-value-arg
 */
export function lastValue<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
): AggregateFunctionBuilder<DB, TB, ReferenceType<DB, TB, RE> | null> {
  return eb.fn.agg<ReferenceType<DB, TB, RE> | null, Expression<unknown>>('last_value', [
    toExpression(eb, column),
  ]);
}

/**
 * `nth_value(column, n)`: of the frame's n-th row; null where it has fewer.
 *
 * @param n from 1 on
 * @throws RangeError for an `n` that is no whole number, 1 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/window-functions.html#nth-value-arg-number
 */
export function nthValue<DB, TB extends keyof DB, RE extends Reference<DB, TB>>(
  eb: ExpressionBuilder<DB, TB>,
  column: RE,
  n: number,
): AggregateFunctionBuilder<DB, TB, ReferenceType<DB, TB, RE> | null> {
  return eb.fn.agg<ReferenceType<DB, TB, RE> | null, Expression<unknown>>('nth_value', [
    toExpression(eb, column),
    wholeNumber('nthValue: n', n),
  ]);
}
