import type { BigintMode, PgClient, PgQuery, PgTypeParser } from '../../config.js';
import { integerParser } from '../../values/bigint.js';
import { parseInterval } from '../../values/interval.js';
import { isPlainObject, parseJson, toJson } from '../../values/json.js';

/** Type numbers on the PostgreSQL wire. */
const OID = {
  byte: 18,
  bigint: 20,
  json: 114,
  jsonArray: 199,
  byteArray: 1002,
  textArray: 1009,
  varcharArray: 1015,
  bigintArray: 1016,
  date: 1082,
  timestamp: 1114,
  timestampArray: 1115,
  dateArray: 1182,
  timestamptz: 1184,
  timestamptzArray: 1185,
  interval: 1186,
  intervalArray: 1187,
  numericArray: 1231,
  bitArray: 1561,
} as const;

/**
 * Parsers for the types that CrateDB sends unlike PostgreSQL, or that may not lose digits. They go
 * with each query, so the pool's own parsers stay as they are, and serve all other types.
 *
 * CrateDB doesn't escape quotes inside a text array on the wire. An element that contains `","`
 * can't be told from two elements there; keep such texts in an OBJECT or a JSON text.
 */
export function createTypes(client: PgClient, bigint: BigintMode): NonNullable<PgQuery['types']> {
  const parsers = parsersFor(bigint);
  return {
    getTypeParser: (oid, format) =>
      (format === 'binary' ? undefined : parsers.get(oid)) ?? client.getTypeParser(oid, format),
  };
}

const cache = new Map<BigintMode, ReadonlyMap<number, PgTypeParser>>();

function parsersFor(bigint: BigintMode): ReadonlyMap<number, PgTypeParser> {
  let parsers = cache.get(bigint);
  if (parsers === undefined) {
    const integer = integerParser(bigint);
    const json = (text: string) => parseJson(text, integer);
    parsers = new Map<number, PgTypeParser>([
      [OID.byte, Number],
      [OID.byteArray, (text) => parseArray(text, Number)],
      [OID.bigint, integer],
      [OID.bigintArray, (text) => parseArray(text, integer)],
      [OID.json, json],
      [OID.jsonArray, (text) => parseArray(text, json)],
      [OID.textArray, parseTextArray],
      [OID.varcharArray, parseTextArray],
      [OID.bitArray, parseTextArray],
      [OID.numericArray, (text) => parseArray(text, String)],
      [OID.timestamp, parseTimestamp],
      [OID.timestampArray, (text) => parseArray(text, parseTimestamp)],
      [OID.timestamptz, parseTimestamp],
      [OID.timestamptzArray, (text) => parseArray(text, parseTimestamp)],
      [OID.date, parseTimestamp],
      [OID.dateArray, (text) => parseArray(text, parseTimestamp)],
      [OID.interval, parseInterval],
      [OID.intervalArray, (text) => parseArray(text, parseInterval)],
    ]);
    cache.set(bigint, parsers);
  }
  return parsers;
}

const TIMESTAMP =
  /^([+-]?\d+)-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})\d*)?)?(?:\+00)?( BC)?$/;

/**
 * Without a time zone it is in UTC, a date too; `pg` would take it for local time. CrateDB sends
 * those with a zone in UTC.
 */
function parseTimestamp(text: string): Date {
  const match = TIMESTAMP.exec(text);
  if (match === null) return new Date(text);
  const [, year, month, day, hours = 0, minutes = 0, seconds = 0, fraction = '', era] = match;
  const date = new Date(0);
  // Not Date.UTC(), which has the years 0 to 99 in the 20th century.
  const fullYear = era === undefined ? Number(year) : 1 - Number(year);
  date.setUTCFullYear(fullYear, Number(month) - 1, Number(day));
  const ms = Number(fraction.padEnd(3, '0'));
  date.setUTCHours(Number(hours), Number(minutes), Number(seconds), ms);
  return date;
}

/** `{"1",NULL,"{\"a\":1}"}`: elements quoted, quotes and backslashes inside them escaped. */
function parseArray(text: string, element: (text: string) => unknown): unknown[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|([^{},"]+)/gs)].map(([, quoted, plain]) => {
    if (quoted !== undefined) return element(quoted.replace(/\\(.)/gs, '$1'));
    return plain === undefined || plain === 'NULL' ? null : element(plain);
  });
}

/** `{"a"b","c\d",NULL}`: elements quoted, nothing escaped. */
function parseTextArray(text: string): (string | null)[] {
  const elements: (string | null)[] = [];
  for (const match of text.matchAll(/(?<=[{,])(?:NULL|"(.*?)")(?=,(?:"|NULL)|\}$)/gs)) {
    elements.push(match[1] ?? null);
  }
  return elements;
}

/**
 * A parameter as `pg` can send it: objects that hold bigints become JSON here, since JSON.stringify
 * refuses them, and dates UTC, since CrateDB takes no notice of the offset that `pg` would send with
 * local time to a `timestamp without time zone`.
 */
export function encodeParameters(parameters: readonly unknown[]): unknown[] {
  return parameters.map(encodeParameter);
}

function encodeParameter(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    const elements = value as unknown[];
    return elements.some((element) => element instanceof Date)
      ? elements.map((element) => (element instanceof Date ? element.toISOString() : element))
      : elements;
  }
  return isPlainObject(value) ? toJson(value) : value;
}
