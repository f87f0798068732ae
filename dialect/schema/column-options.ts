import { type ColumnDefinitionBuilder, type Expression, sql } from 'kysely';

import { keyword } from './keywords.js';
import { withClause } from './properties.js';

/**
 * What `addColumn` takes as its third argument. Several are put together by Kysely's `$call`:
 *
 * ```ts
 * .addColumn('body', 'text', (column) =>
 *   column.notNull().$call(indexOff).$call(columnStorage({ columnstore: false })))
 * ```
 */
export type ColumnOption = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;

/**
 * `generated always as (expression)`: computed when a row is written, and stored. The expression
 * may name columns of the row that are not generated themselves.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/generated-columns.html
 */
export function generatedAs(expression: Expression<unknown>): ColumnOption {
  return (column) => column.generatedAlwaysAs(expression);
}

/**
 * `index off`: for what is never searched for.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/fulltext-indices.html#sql-ddl-index-off
 */
export function indexOff(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.modifyEnd(sql`index off`);
}

/**
 * `index using plain`, which is the default: the whole value as one term.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/fulltext-indices.html#sql-ddl-index-plain
 */
export function plainIndex(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder {
  return column.modifyEnd(sql`index using plain`);
}

/** How a geo_shape is cut into cells: two kinds of grid, or triangles. */
export type GeoShapeIndexMethod = 'geohash' | 'quadtree' | 'bkdtree';

const GEO_SHAPE_METHODS: readonly GeoShapeIndexMethod[] = ['geohash', 'quadtree', 'bkdtree'];

/** Options of the two grids; `bkdtree`, which is exact, has none. */
export interface GeoShapeIndexOptions {
  /** Length of the smallest cells with its unit; default `50m`. */
  readonly precision?: string;
  /** Depth of the grid, in place of `precision`. */
  readonly tree_levels?: number;
  /** Part of a shape's size that its cells may be off by: 0 to 0.5, default 0.025. */
  readonly distance_error_pct?: number;
}

/**
 * `index using geohash with (precision = '50m', …)`.
 *
 * @param method default of CrateDB: `geohash`
 * @throws RangeError for a method that there isn't
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-geo-shape
 */
export function geoShapeIndex(method: 'bkdtree'): ColumnOption;
export function geoShapeIndex(
  method: GeoShapeIndexMethod,
  options?: GeoShapeIndexOptions,
): ColumnOption;
export function geoShapeIndex(
  method: GeoShapeIndexMethod,
  options: GeoShapeIndexOptions = {},
): ColumnOption {
  const index = sql`index using ${keyword('geoShapeIndex: method', method, GEO_SHAPE_METHODS)}`;
  return (column) => column.modifyEnd(sql`${index}${withClause(options)}`);
}

/** What CrateDB's STORAGE WITH (…) knows. */
export interface ColumnStorageOptions {
  /**
   * Whether the values are also kept by column, for sorting and grouping; default true. Without
   * it, and without an index, a text may be longer than 32,766 bytes. For texts, numbers and
   * timestamps.
   */
  readonly columnstore: boolean;
}

/**
 * `storage with (columnstore = false)`.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/storage.html
 */
export function columnStorage(options: ColumnStorageOptions): ColumnOption {
  return (column) => column.modifyEnd(sql`storage${withClause(options)}`);
}
