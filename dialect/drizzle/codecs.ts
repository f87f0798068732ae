import { type Column, is } from 'drizzle-orm';
import {
  PgArray,
  PgBigInt53,
  PgColumn,
  PgDate,
  PgDateString,
  PgJson,
  PgJsonb,
  PgPointObject,
  PgPointTuple,
  PgTimestamp,
  PgTimestampString,
  PgVector,
} from 'drizzle-orm/pg-core';

import { toDate } from '../values/date.js';
import { isPlainObject } from '../values/json.js';
import { GeoPointParameter, NestedArrayParameter, toTimestampText } from './values.js';

/** Between a value of a column as drizzle gives it, and as CrateDB takes and sends it. No nulls. */
export interface Codec {
  encode(value: unknown): unknown;
  decode(value: unknown): unknown;
}

/** Kept: a column is asked for its codec with every row. */
const codecs = new WeakMap<Column, Codec>();

/** What the transports send isn't always what drizzle's own columns expect of `pg`. */
export function codecOf(column: Column): Codec {
  let codec = codecs.get(column);
  if (codec === undefined) {
    codec = createCodec(column);
    codecs.set(column, codec);
  }
  return codec;
}

/** The same, for a value that may be null. */
export function encode(column: Column, value: unknown): unknown {
  return value === null || value === undefined ? null : codecOf(column).encode(value);
}

export function decode(column: Column, value: unknown): unknown {
  return value === null || value === undefined ? null : codecOf(column).decode(value);
}

function createCodec(column: Column): Codec {
  const own: Codec = {
    encode: (value) => column.mapToDriverValue(value),
    decode: (value) => column.mapFromDriverValue(value),
  };
  if (is(column, PgArray)) return arrayCodec(elementOf(column));
  if (is(column, PgTimestamp) || is(column, PgDate)) return { ...own, decode: toDate };
  if (is(column, PgTimestampString)) {
    const zone = column.withTimezone ? '+00' : '';
    return { ...own, decode: (value) => toTimestampText(value) + zone };
  }
  if (is(column, PgDateString)) {
    return { ...own, decode: (value) => toTimestampText(value).slice(0, 10) };
  }
  if (is(column, PgBigInt53)) return { ...own, decode: (value) => exactNumber(value, column) };
  if (is(column, PgJson) || is(column, PgJsonb)) {
    return { ...own, encode: (value) => (isPlainObject(value) ? value : own.encode(value)) };
  }
  if (is(column, PgVector)) return { encode: same, decode: same };
  if (is(column, PgPointTuple)) {
    return {
      encode: (value) => new GeoPointParameter(...(value as [number, number])),
      decode: toPair,
    };
  }
  if (is(column, PgPointObject)) {
    return {
      encode: (value) => {
        const { x, y } = value as { x: number; y: number };
        return new GeoPointParameter(x, y);
      },
      decode: (value) => {
        const [x, y] = toPair(value);
        return { x, y };
      },
    };
  }
  return own;
}

/** @param element the column that an element would be */
export function arrayCodec(element: Column): Codec {
  return {
    encode: (value) => {
      const elements = (value as unknown[]).map((item) => encode(element, item));
      return elements.some((item) => Array.isArray(item) || item instanceof NestedArrayParameter)
        ? new NestedArrayParameter(elements)
        : elements;
    },
    decode: (value) => (value as unknown[]).map((item) => decode(element, item)),
  };
}

/** Longitude and latitude, from `{x, y}` or from an array. */
export function toPair(value: unknown): [number, number] {
  if (Array.isArray(value)) return value as [number, number];
  const { x, y } = value as { x: number; y: number };
  return [x, y];
}

function elementOf(array: unknown): PgColumn {
  return (array as { baseColumn: PgColumn }).baseColumn;
}

/** Rounded, it would be another number, and nothing would say so. */
function exactNumber(value: unknown, column: Column): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(
    `Column "${column.name}" holds an integer beyond 2^53 - 1: declare it with mode 'bigint'.`,
  );
}

function same(value: unknown): unknown {
  return value;
}
