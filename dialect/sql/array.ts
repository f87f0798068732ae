import { type Expression, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';

import { wholeNumber } from '../schema/keywords.js';

/** Types of items that a parameter can hold an array of. */
export type ArrayItemType =
  | 'text'
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'real'
  | 'double precision'
  | 'numeric'
  | 'boolean'
  | 'timestamp with time zone'
  | 'timestamp without time zone'
  | 'object'
  | 'ip'
  | 'uuid';

/** How each is written. */
const ITEM_TYPES: Readonly<Record<ArrayItemType, RawBuilder<unknown>>> = {
  text: sql`text`,
  smallint: sql`smallint`,
  integer: sql`integer`,
  bigint: sql`bigint`,
  real: sql`real`,
  'double precision': sql`double precision`,
  numeric: sql`numeric`,
  boolean: sql`boolean`,
  'timestamp with time zone': sql`timestamp with time zone`,
  'timestamp without time zone': sql`timestamp without time zone`,
  object: sql`object`,
  ip: sql`ip`,
  uuid: sql`uuid`,
};

/**
 * `$1::integer[]`: an array as one parameter of a known type, so that the statement's text is the
 * same for any number of items.
 *
 * ```ts
 * eb('status', '=', anyOf(arrayValue('text', statuses)))
 * eb('tags', '&&', arrayValue('text', ['a', 'b']))
 * ```
 *
 * On a key column, `= ANY($1)` is a search; `wholeKeys` gives lookups.
 *
 * @throws RangeError for a type that isn't in the list
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-array
 */
export function arrayValue<T>(type: ArrayItemType, values: readonly T[]): RawBuilder<T[]> {
  const item = Object.hasOwn(ITEM_TYPES, type) ? ITEM_TYPES[type] : undefined;
  if (item === undefined) {
    throw new RangeError(`an array's type must be one of ${Object.keys(ITEM_TYPES).join(', ')}`);
  }
  return sql`${sql.val(values)}::${item}[]`;
}

/**
 * `ANY (array)`, to the right of a comparison: whether it holds for one of the items. As Kysely's
 * `eb.fn.any`, for arrays that may be null as well.
 *
 * ```ts
 * eb(eb.val('a'), '=', anyOf(eb.ref('tags')))
 * eb('status', '=', anyOf(arrayValue('text', statuses)))
 * eb(eb.val('key'), '=', anyOf(eb.fn<string[]>('object_keys', ['info'])))
 * ```
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/array-comparisons.html#any-some-array-expression
 */
export function anyOf<T>(array: Expression<readonly T[] | null>): RawBuilder<T> {
  return sql`any(${array})`;
}

/**
 * `ALL (array)`, to the right of a comparison: whether it holds for all items; so it does for an
 * empty array.
 *
 * ```ts
 * eb('id', '!=', allOf(arrayValue('text', ids)))
 * ```
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/array-comparisons.html#all-array-expression
 */
export function allOf<T>(array: Expression<readonly T[] | null>): RawBuilder<T> {
  return sql`all(${array})`;
}

/**
 * `a[from:to]`: the items from one position to another, both included, counted from 1. What is
 * left out is open.
 *
 * ```ts
 * slice(eb.ref('tags'), 1, 3).as('first_three')
 * slice(eb.ref('tags'), 2)
 * ```
 *
 * Positions are written as literals, so that the same slice can stand in SELECT and in GROUP BY.
 * For one item, use `subscript(array, position)`.
 *
 * @throws RangeError for a position that is no whole number, 1 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#array-slice-anyarray-from-to
 */
export function slice<T extends readonly unknown[] | null>(
  array: Expression<T>,
  from: number | undefined,
  to?: number,
): RawBuilder<T> {
  const start = from === undefined ? sql`` : wholeNumber('slice: from', from);
  const end = to === undefined ? sql`` : wholeNumber('slice: to', to);
  return sql`${array}[${start}:${end}]`;
}

/** A SELECT of one column. */
type Subquery<O> = Expression<O> &
  Pick<SelectQueryBuilder<never, never, O>, 'isSelectQueryBuilder'>;

/**
 * `array(select …)`: the one column of a subquery's rows as an array, as Kysely's `jsonArrayFrom`
 * for PostgreSQL; it may be correlated by one level. For several columns, select one
 * `buildObject({ … })`.
 *
 * ```ts
 * arrayFrom(
 *   eb.selectFrom('pet').select('pet.name').whereRef('pet.owner_id', '=', 'person.id'),
 * ).as('pets')
 * ```
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#array-subquery
 */
export function arrayFrom<O>(subquery: Subquery<O>): RawBuilder<O[keyof O][]> {
  return sql`array${subquery}`;
}
