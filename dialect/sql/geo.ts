import {
  type Expression,
  type ExpressionBuilder,
  isExpression,
  type RawBuilder,
  sql,
  type SqlBool,
} from 'kysely';

import { keyword } from '../schema/keywords.js';
import { type Reference, toExpression } from './reference.js';

/** Longitude, then latitude, in degrees, as GeoJSON has them; a third number is passed over. */
export type GeoPosition = readonly [longitude: number, latitude: number, ...others: number[]];

/** A place on earth, in degrees; as `x` (longitude) and `y` (latitude), a column gives it. */
export type GeoPointValue =
  | { readonly lon: number; readonly lat: number }
  | { readonly x: number; readonly y: number }
  | GeoPosition;

/** GeoJSON's geometries. Polygons are lists of closed rings, the first one the outer. */
export type GeoShapeValue =
  | { readonly type: 'Point'; readonly coordinates: GeoPosition }
  | { readonly type: 'MultiPoint'; readonly coordinates: readonly GeoPosition[] }
  | { readonly type: 'LineString'; readonly coordinates: readonly GeoPosition[] }
  | { readonly type: 'MultiLineString'; readonly coordinates: readonly (readonly GeoPosition[])[] }
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly GeoPosition[])[] }
  | {
      readonly type: 'MultiPolygon';
      readonly coordinates: readonly (readonly (readonly GeoPosition[])[])[];
    }
  | { readonly type: 'GeometryCollection'; readonly geometries: readonly GeoShapeValue[] };

/** A point, or an expression that gives one, such as a column. */
export type GeoPointOperand = GeoPointValue | Expression<unknown>;

/** GeoJSON, a WKT text (`POLYGON ((…))`), or an expression that gives a shape, such as a column. */
export type GeoShapeOperand = GeoShapeValue | string | Expression<unknown>;

/**
 * `[$1, $2]::geo_point`, to be used where an expression can stand, or as a value of INSERT and
 * UPDATE.
 *
 * ```ts
 * db.insertInto('places').values({ id, at: pointValue({ lon: 9.74, lat: 47.41 }) })
 * ```
 *
 * @throws RangeError unless the longitude is from -180 to 180, and the latitude from -90 to 90
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-geo-point
 */
export function pointValue(point: GeoPointValue): RawBuilder<{ x: number; y: number }> {
  const [longitude, latitude] = positionOf(point);
  const coordinates = [degrees('longitude', longitude, 180), degrees('latitude', latitude, 90)].map(
    (value) => sql`${sql.val(value)}::double precision`,
  );
  return sql`[${sql.join(coordinates)}]::geo_point`;
}

/**
 * A shape, to be used where an expression can stand, or as a value of INSERT and UPDATE. GeoJSON
 * goes as a parameter; a WKT text is written as a literal, since CrateDB takes none as a parameter.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-geo-shape
 */
export function shapeValue(shape: GeoShapeValue | string): RawBuilder<object> {
  if (typeof shape === 'string') return sql`${sql.lit(shape)}::geo_shape`;
  return sql`cast(${sql.val(shape)} as object)::geo_shape`;
}

/**
 * `distance(a, b)`: between two points along the surface of the earth, in metres. In WHERE and
 * ORDER BY against a constant point, CrateDB uses the index.
 *
 * ```ts
 * db.selectFrom('places')
 *   .select((eb) => ['name', distance(eb, 'at', { lon: 9.74, lat: 47.41 }).as('metres')])
 *   .where((eb) => eb(distance(eb, 'at', { lon: 9.74, lat: 47.41 }), '<', 5_000))
 * ```
 *
 * @throws RangeError as {@link pointValue}
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#distance-geo-point1-geo-point2
 */
export function distance<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  from: Reference<DB, TB>,
  to: GeoPointOperand,
): RawBuilder<number | null> {
  const point = isExpression(to) ? to : pointValue(to);
  return sql`distance(${toExpression(eb, from)}, ${point})`;
}

/**
 * `within(a, shape)`: whether a point or shape lies in the shape, exactly, row by row. For columns
 * with an index, {@link matchShape} is the fast way.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#within-shape1-shape2
 */
export function within<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  inner: Reference<DB, TB>,
  outer: GeoShapeOperand,
): RawBuilder<SqlBool> {
  return sql`within(${toExpression(eb, inner)}, ${toShape(outer)})`;
}

/**
 * `intersects(a, b)`: whether two shapes have a point in common, exactly, row by row. For columns
 * with an index, {@link matchShape} is the fast way.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#intersects-geo-shape-geo-shape
 */
export function intersects<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  shape: Reference<DB, TB>,
  other: GeoShapeOperand,
): RawBuilder<SqlBool> {
  return sql`intersects(${toExpression(eb, shape)}, ${toShape(other)})`;
}

/** How the column's shape lies to the other one. */
export type ShapeRelation = 'intersects' | 'disjoint' | 'within';

const RELATIONS: readonly ShapeRelation[] = ['intersects', 'disjoint', 'within'];

/**
 * `match(column, shape) using relation`: a search in the index of a `geo_shape` column, in a WHERE,
 * as exact as the index is. Beside a condition on the whole primary key, CrateDB 6.4 refuses it.
 *
 * ```ts
 * db.selectFrom('countries').select('name').where((eb) => matchShape(eb, 'area', route))
 * ```
 *
 * @param relation default: `intersects`
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/dql/geo.html#match-predicate
 */
export function matchShape<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: Reference<DB, TB>,
  shape: GeoShapeOperand,
  relation: ShapeRelation = 'intersects',
): RawBuilder<SqlBool> {
  const using = keyword('matchShape: relation', relation, RELATIONS);
  return sql`match(${toExpression(eb, column)}, ${toShape(shape)}) using ${using}`;
}

function toShape(shape: GeoShapeOperand): Expression<unknown> {
  return typeof shape === 'object' && isExpression(shape) ? shape : shapeValue(shape);
}

function positionOf(point: GeoPointValue): readonly [number, number] {
  if ('lon' in point) return [point.lon, point.lat];
  if ('x' in point) return [point.x, point.y];
  return [point[0], point[1]];
}

function degrees(what: string, value: number, limit: number): number {
  // NaN is in no range.
  if (Math.abs(value) <= limit) return value;
  throw new RangeError(`a point's ${what} must be from -${limit} to ${limit} degrees`);
}
