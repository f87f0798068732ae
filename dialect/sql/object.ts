import {
  BinaryOperationNode,
  type Expression,
  ExpressionWrapper,
  JSONPathLegNode,
  JSONPathNode,
  JSONReferenceNode,
  ParensNode,
  type RawBuilder,
  type ReferenceNode,
  sql,
} from 'kysely';

import { members } from './value.js';

/** The names that a subscript on this type can have, or `number` for an array. */
export type SubscriptKey<T> =
  NonNullable<T> extends readonly (infer Item)[] ? number | ObjectKey<Item> : ObjectKey<T>;

type ObjectKey<T> = NonNullable<T> extends Scalar ? never : keyof NonNullable<T> & string;
type Scalar = string | number | bigint | boolean | symbol | Date | readonly unknown[];

/**
 * The type of `value[key]`: of a name, the member; of a position, the item or null; of a name on an
 * array of objects, the array of their members. Null where the whole may be null or the member
 * undefined.
 */
export type SubscriptType<T, Key> =
  NonNullable<T> extends readonly (infer Item)[]
    ? Key extends number
      ? Item | null
      : readonly SubscriptType<Item, Key>[] | NullOf<T>
    : Key extends keyof NonNullable<T>
      ? Exclude<NonNullable<T>[Key], undefined> | NullOf<T> | NullOf<NonNullable<T>[Key]>
      : never;

type NullOf<T> = null extends T ? null : undefined extends T ? null : never;

/**
 * `o['a']['b']`: a member of an object, or an item of an array (from 1 on, as in CrateDB), typed
 * from the type of the whole. In SELECT, WHERE, GROUP BY, ORDER BY and, for members of objects, as
 * the target of SET.
 *
 * ```ts
 * db.selectFrom('cars')
 *   .select((eb) => subscript(eb.ref('info'), 'engine', 'power').as('power'))
 *   .where((eb) => eb(subscript(eb.ref('info'), 'tags', 1), '=', 'fast'))
 *
 * db.updateTable('cars')
 *   .set((eb) => subscript(eb.ref('info'), 'engine', 'power'), 90)
 *   .where('id', '=', id)
 * ```
 *
 * A name on an array of objects gives the array of those members: `subscript(eb.ref('items'),
 * 'price')` is a `number[]`. A name that no row has is an error to CrateDB, unless the setting
 * `error_on_unknown_object_key` is off. As the target of SET, name the column without its table;
 * members of objects in arrays can't be set.
 *
 * Kysely's `eb.ref('info', '->').key('engine').key('power')` is compiled to the same text.
 *
 * @param whole a column, or any other expression
 * @throws RangeError for a position that is no whole number, 1 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-object
 */
export function subscript<T, const A extends SubscriptKey<T>>(
  whole: Expression<T>,
  a: A,
): ExpressionWrapper<never, never, SubscriptType<T, A>>;
export function subscript<
  T,
  const A extends SubscriptKey<T>,
  const B extends SubscriptKey<SubscriptType<T, A>>,
>(
  whole: Expression<T>,
  a: A,
  b: B,
): ExpressionWrapper<never, never, SubscriptType<SubscriptType<T, A>, B>>;
export function subscript<
  T,
  const A extends SubscriptKey<T>,
  const B extends SubscriptKey<SubscriptType<T, A>>,
  const C extends SubscriptKey<SubscriptType<SubscriptType<T, A>, B>>,
>(
  whole: Expression<T>,
  a: A,
  b: B,
  c: C,
): ExpressionWrapper<never, never, SubscriptType<SubscriptType<SubscriptType<T, A>, B>, C>>;
export function subscript(
  whole: Expression<unknown>,
  ...keys: readonly (string | number)[]
): ExpressionWrapper<never, never, unknown> {
  const node = whole.toOperationNode();
  const path = keys
    .map((key) =>
      typeof key === 'string'
        ? JSONPathLegNode.create('Member', key)
        : JSONPathLegNode.create('ArrayLocation', fromZero(key)),
    )
    .reduce(JSONPathNode.cloneWithLeg, JSONPathNode.create());
  // What the compiler writes before the brackets may be more than a reference.
  const reference = BinaryOperationNode.is(node) ? ParensNode.create(node) : node;
  return new ExpressionWrapper(JSONReferenceNode.create(reference as ReferenceNode, path));
}

/** Kysely counts from 0. */
function fromZero(position: number): number {
  if (Number.isSafeInteger(position) && position >= 1) return position - 1;
  throw new RangeError('subscript: a position must be a whole number, 1 or more');
}

/** What an expression or a plain value of an object literal gives. */
export type ValueType<T> = T extends Expression<infer V> ? V : T;

/**
 * `{"a" = …, "b" = …}`: an object from expressions and values, as Kysely's `jsonBuildObject` makes
 * one for PostgreSQL. With `array_agg` or `arrayFrom`, rows that belong to a row:
 *
 * ```ts
 * arrayAgg(eb, buildObject({ id: eb.ref('pet.id'), name: eb.ref('pet.name') }))
 * ```
 *
 * Plain numbers and booleans are written as literals, texts go as parameters, a Date as a timestamp
 * (which comes back as its milliseconds, like all timestamps in objects); members that are
 * undefined are left out.
 *
 * @throws RangeError for a value that CrateDB can't hold in an object
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#object-literals
 */
export function buildObject<const T extends Readonly<Record<string, unknown>>>(
  object: T,
): RawBuilder<{ -readonly [Name in keyof T]: ValueType<T[Name]> }> {
  return sql`${members(object)}`;
}

/**
 * `concat(a, b)` of objects: members of the second replace those of the same name, on the
 * first level. As the value of SET, it changes some members and keeps the others:
 *
 * ```ts
 * .set((eb) => ({ info: mergeObjects(eb.ref('info'), { color: 'red' }) }))
 * ```
 *
 * @param objects columns, other expressions, or plain objects, which go as one parameter each
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#concat-object-object
 */
export function mergeObjects<A extends object | null, B extends object>(
  first: Expression<A> | NonNullable<A>,
  second: Expression<B> | B,
): RawBuilder<Merged<NonNullable<A>, B>>;
export function mergeObjects(...objects: readonly object[]): RawBuilder<unknown> {
  return sql`concat(${sql.join(objects.map(toObject))})`;
}

/** Members of the second where both have them. */
export type Merged<A, B> = Omit<A, keyof B> & B extends infer Both
  ? { [Name in keyof Both]: Both[Name] }
  : never;

function toObject(object: object): Expression<unknown> {
  return isObjectExpression(object) ? object : sql`cast(${sql.val(object)} as object)`;
}

function isObjectExpression(object: object): object is Expression<unknown> {
  return 'toOperationNode' in object && typeof object.toOperationNode === 'function';
}
