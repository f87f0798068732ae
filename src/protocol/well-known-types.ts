/**
 * Protobuf's own types as JSON has them.
 * @see https://protobuf.dev/programming-guides/json/
 */
import type { Int64 } from '../domain/int64.js';
import type { Tag } from '../domain/tag.js';

import { text } from './encode.js';
import type { Decoder } from './fields.js';
import { isObject, string } from './fields.js';
import { brokenRule, FieldProblem, invalid } from './problems.js';

const TIMESTAMP =
  /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/** `google.protobuf.Timestamp`, such as `2026-11-24T10:54:28.422Z`, as ms since the epoch. */
export const timestamp: Decoder<number> = {
  decode: (value) => {
    const [, day = '', time = '', fraction = '', offset = ''] =
      typeof value === 'string' ? (TIMESTAMP.exec(value) ?? []) : [];
    // Of a day that its month doesn't have, JavaScript makes one of the next month.
    const midnight = new Date(`${day}T00:00:00Z`);
    const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
    const ms = Date.parse(`${day}${time}.${milliseconds(fraction)}${offset}`);
    if (!isDay || !(ms >= MIN_TIMESTAMP && ms <= MAX_TIMESTAMP)) throw invalid(value);
    return ms;
  },
};

/** Protobuf's range: the years 1 to 9999. */
const MIN_TIMESTAMP = Date.parse('0001-01-01T00:00:00.000Z');
const MAX_TIMESTAMP = Date.parse('9999-12-31T23:59:59.999Z');

/** A time beyond protobuf's range, which only a foreign program can have written, is its end. */
export function timestampJson(ms: Int64): string {
  const date = new Date(Math.min(Math.max(Number(ms), MIN_TIMESTAMP), MAX_TIMESTAMP));
  return text(date.toISOString().replace('.000Z', 'Z'));
}

const DURATION = /^(-?)(\d{1,12})(?:\.(\d{0,9}))?s$/;

/** `google.protobuf.Duration` such as `1.500s`, as ms; what is finer is cut off. */
export const duration: Decoder<number> = {
  decode: (value) => {
    const found = typeof value === 'string' ? DURATION.exec(value) : null;
    if (found === null) throw invalid(value);
    const [, sign, seconds = '', fraction = ''] = found;
    if (Number(seconds) > MAX_DURATION_SECONDS) throw invalid(value);
    const ms = Number(seconds) * 1_000 + Number(milliseconds(fraction));
    return sign === '-' && ms !== 0 ? -ms : ms;
  },
};

/** Protobuf's: 10,000 years. */
const MAX_DURATION_SECONDS = 315_576_000_000;

export function durationJson(ms: Int64): string {
  const magnitude = Math.abs(Number(ms));
  const rest = magnitude % 1_000;
  const seconds = String((magnitude - rest) / 1_000);
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`;
  return text(`${Number(ms) < 0 ? '-' : ''}${seconds}${fraction}s`);
}

/** Three digits. */
function milliseconds(fraction: string): string {
  return fraction.slice(0, 3).padEnd(3, '0');
}

/** `map<string, string>`, in the order given. */
export const textMap: Decoder<readonly Tag[]> = {
  decode: (value) => {
    if (value === undefined) return [];
    if (!isObject(value)) throw invalid(value);
    return Object.entries(value).map(([key, member]) => {
      try {
        return { key: string.decode(key), value: string.decode(member) };
      } catch (error) {
        throw error instanceof FieldProblem ? error.within(key) : error;
      }
    });
  },
};

/** Left out when empty. */
export function textMapJson(entries: readonly Tag[]): string | undefined {
  if (entries.length === 0) return undefined;
  return `{${entries.map(({ key, value }) => `${text(key)}:${text(value)}`).join(',')}}`;
}

/** As deep as protobuf's own readers go. */
const MAX_DEPTH = 100;

/**
 * `google.protobuf.Value`: any JSON, but for NaN, the infinities and what is too deep; absent means
 * null.
 */
export const anyValue: Decoder<unknown> = {
  decode: (value) => {
    checkValue(value, MAX_DEPTH);
    return value ?? null;
  },
};

function checkValue(value: unknown, depth: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalid(value);
  if (typeof value !== 'object' || value === null) return;
  if (depth === 0) {
    throw new FieldProblem((path) =>
      brokenRule(`Parameter '${path}' is nested more than ${String(MAX_DEPTH)} levels deep.`),
    );
  }
  for (const member of Object.values(value)) checkValue(member, depth - 1);
}
