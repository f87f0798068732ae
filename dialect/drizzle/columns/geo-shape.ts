import { type CrateColumn, crateColumn } from './column-type.js';

/** GeoJSON, see https://datatracker.ietf.org/doc/html/rfc7946#section-3.1 */
export type GeoShape =
  | { readonly type: 'Point'; readonly coordinates: readonly number[] }
  | {
      readonly type: 'MultiPoint' | 'LineString';
      readonly coordinates: readonly (readonly number[])[];
    }
  | {
      readonly type: 'MultiLineString' | 'Polygon';
      readonly coordinates: readonly (readonly (readonly number[])[])[];
    }
  | {
      readonly type: 'MultiPolygon';
      readonly coordinates: readonly (readonly (readonly (readonly number[])[])[])[];
    }
  | { readonly type: 'GeometryCollection'; readonly geometries: readonly GeoShape[] };

/**
 * `GEO_SHAPE`, as GeoJSON with longitude first. Not as WKT: over the PostgreSQL wire CrateDB takes
 * no WKT for a parameter of this type.
 *
 * @param name default: the key in the table
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-geo-shape
 */
export function geoShape(name?: string): CrateColumn<GeoShape> {
  return crateColumn<GeoShape>(name, { type: 'geo_shape' });
}
