/**
 * drizzle-orm's query builder on CrateDB, by the rules of the Kysely dialect.
 *
 * @module
 */
export { arrayOf } from './columns/array-of.js';
export { bit } from './columns/bit.js';
export type { CrateColumn } from './columns/column-type.js';
export { floatVector } from './columns/float-vector.js';
export { geoPoint } from './columns/geo-point.js';
export type { GeoPoint } from './columns/geo-point.js';
export { geoShape } from './columns/geo-shape.js';
export type { GeoShape } from './columns/geo-shape.js';
export { int64 } from './columns/int64.js';
export { ip } from './columns/ip.js';
export { object } from './columns/object.js';
export type { ObjectColumns, ObjectData, ObjectOptions } from './columns/object.js';
export { CrateDrizzle, drizzleCrate } from './drizzle-crate.js';
export type { DrizzleCrateOptions, KyselyConfig } from './drizzle-crate.js';
export type { CrateQueryResult, CrateQueryResultHKT } from './session.js';
export { subscript } from './subscript.js';
export type { ColumnPolicy } from '../schema/object-type.js';
