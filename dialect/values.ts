import type { BigintMode, PgClient, PgQuery, PgTypeParser } from './config.js';

/** Type numbers on the PostgreSQL wire. */
const OID = {
  bigint: 20,
  json: 114,
  jsonArray: 199,
  textArray: 1009,
  bigintArray: 1016,
  varcharArray: 1015,
  timestamp: 1114,
  timestampArray: 1115,
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
    const integer = bigintParser(bigint);
    const json = (text: string) => parseJson(text, integer);
    parsers = new Map<number, PgTypeParser>([
      [OID.bigint, integer],
      [OID.bigintArray, (text) => parseArray(text, integer)],
      [OID.json, json],
      [OID.jsonArray, (text) => parseArray(text, json)],
      [OID.textArray, parseTextArray],
      [OID.varcharArray, parseTextArray],
      [OID.timestamp, parseTimestamp],
      [OID.timestampArray, (text) => parseArray(text, parseTimestamp)],
    ]);
    cache.set(bigint, parsers);
  }
  return parsers;
}

function bigintParser(mode: BigintMode): (text: string) => unknown {
  switch (mode) {
    case 'string':
      return (text) => text;
    case 'bigint':
      return BigInt;
    case 'number-or-bigint':
      return (text) => {
        const number = Number(text);
        return Number.isSafeInteger(number) ? number : BigInt(text);
      };
  }
}

/** An integer that a JavaScript number may not hold exactly. */
const LONG_INTEGER = /\d{16}/;
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = '\u0000bigint:';

/** As JSON.parse, but integers beyond 2^53 arrive as bigints do, instead of rounded. */
function parseJson(text: string, integer: (text: string) => unknown): unknown {
  if (!LONG_INTEGER.test(text)) return JSON.parse(text);
  const marked = text.replace(JSON_TOKEN, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))
      ? JSON.stringify(MARK + token)
      : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? integer(value.slice(MARK.length)) : value,
  );
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
  return parameters.map((value) => (isPlainObject(value) ? encodeObject(value) : value));
}

function isPlainObject(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  );
}

function encodeObject(value: object): string {
  const json = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? MARK + String(member) : member,
  );
  return json.includes('"\\u0000bigint:') ? json.replace(/"\\u0000bigint:(-?\d+)"/g, '$1') : json;
}
