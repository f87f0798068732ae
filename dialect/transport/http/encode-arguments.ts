import { NotSupportedError } from '../../errors/index.js';
import { toJson } from '../../values/json.js';

/**
 * The parameters of a statement as JSON, so that the server makes the same of them as of those that
 * come over the PostgreSQL wire. There it reads each from a text, by the type that the statement
 * wants; so single values are sent as texts here too. A JSON number would bring its own type along:
 * 5.7 would become the integer 5 without a word.
 *
 * Arrays stay arrays, and their numbers numbers: a FLOAT_VECTOR takes no others.
 */
export function encodeArguments(values: readonly unknown[], sql: string): string {
  return toJson(values.map((value, index) => encodeArgument(value, index + 1, sql)));
}

function encodeArgument(value: unknown, position: number, sql: string): unknown {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return value.toISOString();
      if (Array.isArray(value)) return encodeArray(value, isCastToIntegers(value, position, sql));
      return encodeObject(value);
    default:
      return null;
  }
}

/** @param asTexts numbers too; they must be where others are texts, else the array has no type */
function encodeArray(values: readonly unknown[], asTexts: boolean): unknown[] {
  const mixed = asTexts || values.some(isSentAsText);
  return values.map((value) => {
    switch (typeof value) {
      case 'number':
      case 'bigint':
        return mixed ? String(value) : value;
      case 'boolean':
        return String(value);
      case 'undefined':
        return null;
      case 'object':
        if (value instanceof Date) return value.toISOString();
        return Array.isArray(value) ? encodeArray(value, asTexts) : value;
      default:
        return value;
    }
  });
}

function isSentAsText(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return !Number.isFinite(value);
    default:
      return value instanceof Date;
  }
}

/** Of JSON numbers with a fraction, `$1::bigint[]` would cut it off. */
function isCastToIntegers(values: readonly unknown[], position: number, sql: string): boolean {
  if (!values.some((value) => typeof value === 'number' && !Number.isInteger(value))) return false;
  const cast = `\\$${String(position)}\\s*(::|as)\\s*(array\\s*\\(\\s*)?`;
  return new RegExp(`${cast}(byte|char|short|smallint|int|integer|long|bigint|int[248])\\b`, 'i').test(
    sql,
  );
}

const GEOMETRIES =
  /^(Point|MultiPoint|LineString|MultiLineString|Polygon|MultiPolygon|GeometryCollection)$/i;

/**
 * An OBJECT is read from a text as well, and a text column keeps the text; but a GEO_SHAPE takes only
 * WKT from a text, and GeoJSON as an object.
 */
function encodeObject(value: object): unknown {
  if (ArrayBuffer.isView(value)) {
    throw new NotSupportedError(
      "CrateDB has no binary type: a Buffer or typed array can't be a parameter. Send it as a text " +
        '(hex or base64) or as an array of numbers, or keep it in a BLOB table.',
    );
  }
  const { toPostgres, toJSON, type } = value as {
    readonly toPostgres?: unknown;
    readonly toJSON?: unknown;
    readonly type?: unknown;
  };
  // What has a spelling of its own for each of the transports.
  if (typeof toPostgres === 'function') {
    return typeof toJSON === 'function' ? value : String(toPostgres.call(value));
  }
  const isGeometry =
    typeof type === 'string' &&
    GEOMETRIES.test(type) &&
    ('coordinates' in value || 'geometries' in value);
  return isGeometry ? value : toJson(value);
}
