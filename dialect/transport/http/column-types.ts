import type { ParseInteger } from '../../values/bigint.js';
import { parseInterval } from '../../values/interval.js';
import { digitsOf, parseJson, unmarkAll } from '../../values/json.js';
import { toNumber, toRecordText, toTimeText } from './texts.js';

/** A type number, or 100 and the type of an array's elements. */
export type ColumnType = number | readonly [100, ColumnType];

/** https://cratedb.com/docs/crate/reference/en/latest/interfaces/http.html#column-types */
const TYPE = {
  byte: 2,
  double: 6,
  real: 7,
  smallint: 8,
  integer: 9,
  bigint: 10,
  timestamptz: 11,
  geoPoint: 13,
  timestamp: 15,
  interval: 17,
  record: 18,
  timetz: 20,
  oidvector: 21,
  numeric: 22,
  regclass: 23,
  date: 24,
  bit: 25,
  json: 26,
} as const;

/** From the JSON of a value, which is not null, to what `pg` gives. */
export type Decode = (value: unknown) => unknown;

/** Whether a column needs the digits of its numbers as they were sent. */
export function needsDigits(type: ColumnType): boolean {
  return typeof type === 'number' ? type === TYPE.numeric : needsDigits(type[1]);
}

/** Undefined where the JSON is what is wanted, if none of its numbers are marked. */
export function decoderFor(type: ColumnType, integer: ParseInteger): Decode | undefined {
  if (typeof type !== 'number') return arrayDecoder(type[1], integer);
  switch (type) {
    case TYPE.byte:
    case TYPE.smallint:
    case TYPE.integer:
    case TYPE.real:
    case TYPE.double:
      return toNumber;
    case TYPE.bigint:
      return (value) => integer(digitsOf(value) ?? String(value));
    case TYPE.timestamptz:
    case TYPE.timestamp:
    case TYPE.date:
      return (value) => new Date(toNumber(value));
    case TYPE.geoPoint:
      return (value) => {
        const [x, y] = value as readonly unknown[];
        return { x: toNumber(x), y: toNumber(y) };
      };
    case TYPE.interval:
      return (value) => parseInterval(value as string);
    case TYPE.record:
      return (value) => toRecordText(value as readonly unknown[]);
    case TYPE.timetz:
      return (value) => toTimeText(...(value as [unknown, unknown]));
    case TYPE.oidvector:
      return (value) => (value as readonly unknown[]).map(toNumber).join(' ');
    case TYPE.numeric:
    case TYPE.regclass:
      return (value) => digitsOf(value) ?? String(value);
    case TYPE.bit:
      return (value) => (value as string).slice(2, -1);
    case TYPE.json:
      return (value) => parseJson(value as string, integer);
    default:
      return undefined;
  }
}

/** Arrays of arrays come as JSON over the PostgreSQL wire, whatever is in them. */
function arrayDecoder(element: ColumnType, integer: ParseInteger): Decode | undefined {
  const decode = typeof element === 'number' ? decoderFor(element, integer) : undefined;
  if (decode !== undefined) {
    return (value) => (value as unknown[]).map((item) => (item === null ? null : decode(item)));
  }
  return undefined;
}

/** For columns without a decoder, where numbers are marked. */
export function unmarkingDecoder(integer: ParseInteger): Decode {
  return (value) => unmarkAll(value, integer);
}
