import { toPair } from '../codecs.js';
import { GeoPointParameter } from '../values.js';
import { type CrateColumn, crateColumn } from './column-type.js';

/** In degrees. */
export interface GeoPoint {
  /** Longitude, -180 to 180. */
  readonly x: number;
  /** Latitude, -90 to 90. */
  readonly y: number;
}

/**
 * `GEO_POINT`, as `{ x: longitude, y: latitude }` in degrees.
 *
 * @param name default: the key in the table
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-geo-point
 */
export function geoPoint(name?: string): CrateColumn<GeoPoint> {
  return crateColumn<GeoPoint>(name, {
    type: 'geo_point',
    encode: ({ x, y }) => new GeoPointParameter(x, y),
    decode: (value) => {
      const [x, y] = toPair(value);
      return { x, y };
    },
  });
}
