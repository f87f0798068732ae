import { randomUUID } from 'node:crypto';

import { int64FromText } from '../domain/int64.js';
import { invalidParameter } from '../domain/errors.js';
import { replaceNonFinite } from '../domain/json-text.js';

/** An integer of so many digits that a double may not hold it, where a value can stand. */
const LONG_INTEGER = /[\s:[,]-?\d{16}|^-?\d{16}/;

type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context: { source?: string },
) => unknown;
// TypeScript's library does not know the third argument yet.
const parseWithSource = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * Parses JSON without rounding integers: those that a number cannot hold become bigints. Takes the
 * bare tokens NaN, Infinity and -Infinity too, which Python writes though JSON has none.
 *
 * @see https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/JSON/parse
 */
export function parseJson(text: string): unknown {
  try {
    return parseStrict(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  try {
    return parseNonFinite(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The parser's own message quotes the body, which may hold anything.
    throw invalidParameter('Malformed JSON in the request body.');
  }
}

function parseStrict(text: string): unknown {
  return LONG_INTEGER.test(text) ? parseWithSource(text, exactInteger) : JSON.parse(text);
}

const exactInteger: Reviver = (_key, value, { source }) =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  source !== undefined &&
  /^-?\d+$/.test(source)
    ? int64FromText(source)
    : value;

/** A string that no request can hold by chance stands in for NaN until it is parsed. */
const NAN_MARK = `NaN:${randomUUID()}`;

function parseNonFinite(text: string): unknown {
  return parseWithSource(withoutNonFinite(text), function (key, value, context) {
    return value === NAN_MARK ? Number.NaN : exactInteger.call(this, key, value, context);
  });
}

/** A number as it was written: `1.0` is no integer. */
export class JsonNumber {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/**
 * Parses JSON as Python writes it, in which each number keeps its form.
 * @throws SyntaxError
 */
export function parseJsonNumbers(text: string): unknown {
  return parseWithSource(withoutNonFinite(text), (_key, value, { source }) => {
    if (value === NAN_MARK) return new JsonNumber('NaN');
    return typeof value === 'number' && source !== undefined ? new JsonNumber(source) : value;
  });
}

/** Infinity becomes a number too large for a double, which JSON.parse reads as Infinity. */
function withoutNonFinite(text: string): string {
  return replaceNonFinite(text, (token) =>
    token === 'NaN' ? JSON.stringify(NAN_MARK) : token.replace('Infinity', '1e999'),
  );
}
