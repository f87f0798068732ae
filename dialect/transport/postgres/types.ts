import type { BigintMode, PgClient, PgQuery, PgTypeParser } from '../../config.js';
import { integerParser } from '../../values/bigint.js';
import { isPlainObject, parseJson, toJson } from '../../values/json.js';

/** Type numbers on the PostgreSQL wire. */
const OID = {
  byte: 18,
  bigint: 20,
  json: 114,
  jsonArray: 199,
  textArray: 1009,
  bigintArray: 1016,
  varcharArray: 1015,
  timestamp: 1114,
  timestampArray: 1115,
  byteArray: 1002,
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
    ]);
    cache.set(bigint, parsers);
  }
  return parsers;
}

/** Without a time zone it is in UTC; `pg` would take it for local time. */
function parseTimestamp(text: string): Date | string {
  const date = new Date(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(date.getTime()) ? text : date;
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
 * refuses them.
 */
export function encodeParameters(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value) => (isPlainObject(value) ? toJson(value) : value));
}
