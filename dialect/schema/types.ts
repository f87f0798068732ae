import {
  type ColumnDataType,
  DataTypeNode,
  type Expression,
  ExpressionWrapper,
  isColumnDataType,
  type RawBuilder,
  sql,
} from 'kysely';

import { wholeNumber } from './keywords.js';

/**
 * Kysely's names of the types that CrateDB can store. Of the others, `json`, `date` and `timetz`
 * are types of expressions alone, `numeric` needs precision and scale, and the rest (`jsonb`,
 * `bytea`, `serial`, ranges …) is unknown: use an object, `timestamptz`, or text.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html
 */
export type StoredDataType = Extract<
  ColumnDataType,
  | 'text'
  | 'varchar'
  | `varchar(${number})`
  | 'char'
  | `char(${number})`
  | 'boolean'
  | 'smallint'
  | 'int2'
  | 'integer'
  | 'int4'
  | 'bigint'
  | 'int8'
  | 'real'
  | 'float4'
  | 'double precision'
  | 'float8'
  | `numeric(${number}, ${number})`
  | `decimal(${number}, ${number})`
  | 'timestamp'
  | 'timestamptz'
  | 'uuid'
>;

/** The type of a column: a name that CrateDB stores, or an expression as functions here give it. */
export type StoredType = StoredDataType | Expression<unknown>;

/**
 * The type as an expression, for use inside of another type.
 *
 * @throws RangeError for a name that is none of Kysely's types
 */
export function typeExpression(type: StoredType): Expression<unknown> {
  if (typeof type !== 'string') return type;
  if (!isColumnDataType(type)) throw new RangeError('not the name of a data type');
  return new ExpressionWrapper<unknown, never, unknown>(DataTypeNode.create(type));
}

/**
 * `array(type)`, of any type and depth.
 *
 * ```ts
 * .addColumn('tags', arrayOf('text'))
 * .addColumn('points', arrayOf(object('strict', { at: 'timestamptz', value: 'real' })))
 * ```
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-array
 */
export function arrayOf<T = unknown>(
  type: StoredDataType | Expression<T>,
): RawBuilder<readonly T[]> {
  return sql`array(${typeExpression(type)})`;
}

/**
 * `float_vector(dimensions)`: for KNN_MATCH and vector similarity.
 *
 * @param dimensions 1 to 2048
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-float-vector
 */
export function floatVector(dimensions: number): RawBuilder<readonly number[]> {
  return sql`float_vector(${wholeNumber('floatVector: dimensions', dimensions)})`;
}

/**
 * `bit(length)`: a string of that many bits.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#data-type-bit
 */
export function bit(length: number): RawBuilder<string> {
  return sql`bit(${wholeNumber('bit: length', length)})`;
}

/**
 * `character varying(length)`: text of at most that many UTF-16 units, or of any length up to
 * 32,766 bytes where none is given.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-varchar
 */
export function characterVarying(length?: number): RawBuilder<string> {
  if (length === undefined) return sql`character varying`;
  return sql`character varying(${wholeNumber('characterVarying: length', length)})`;
}

/**
 * `character(length)`: text of that length, filled up with blanks.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#data-type-character
 */
export function character(length: number): RawBuilder<string> {
  return sql`character(${wholeNumber('character: length', length)})`;
}

/**
 * `timestamp with time zone`, as Kysely's `timestamptz`: a moment, to the millisecond.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-timestamp-with-tz
 */
export function timestampWithTimeZone(): RawBuilder<Date> {
  return sql`timestamp with time zone`;
}

/**
 * `timestamp without time zone`, as Kysely's `timestamp`: a date and time of day, to the
 * millisecond.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-timestamp-without-tz
 */
export function timestampWithoutTimeZone(): RawBuilder<Date> {
  return sql`timestamp without time zone`;
}

/**
 * `ip`: an address of IPv4 or IPv6.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-ip
 */
export function ip(): RawBuilder<string> {
  return sql`ip`;
}

/**
 * `geo_point`: longitude and latitude, in degrees.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-geo-point
 */
export function geoPoint(): RawBuilder<unknown> {
  return sql`geo_point`;
}

/**
 * `geo_shape`: GeoJSON or WKT. How it is indexed is said by {@link geoShapeIndex}.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-geo-shape
 */
export function geoShape(): RawBuilder<unknown> {
  return sql`geo_shape`;
}
