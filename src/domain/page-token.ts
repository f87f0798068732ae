import { invalidParameter } from './errors.js';
import { int64FromText, isInt64 } from './int64.js';

/** An order value of the last row of a page. */
export type TokenValue = string | number | bigint | boolean | null;

export interface PageToken {
  /** All that decides which rows the search finds, and in which order, as one text. */
  readonly query: string;
  /** The order values of the last row of the page. */
  readonly key: readonly TokenValue[];
}

/** What JSON can't hold is an object: `{"n": "9007199254740993"}`, `{"f": "NaN"}`. */
type JsonTokenValue =
  | string
  | number
  | boolean
  | null
  | { readonly n: string }
  | { readonly f: string };

/**
 * An opaque token for the page after the row with this key. It is bound to its query: with
 * another filter or order the key would mean another place.
 */
export function encodePageToken({ query, key }: PageToken): string {
  const json = JSON.stringify({ q: fingerprint(query), k: key.map(toJson) });
  return Buffer.from(json, 'utf8').toString('base64url');
}

/**
 * The key that {@link encodePageToken} was given.
 * @throws INVALID_PARAMETER_VALUE when it isn't a token, or one of another query.
 */
export function decodePageToken(
  token: string,
  { query }: Pick<PageToken, 'query'>,
): readonly TokenValue[] {
  if (!/^[\w+/-]+={0,2}$/.test(token)) {
    throw invalidParameter('Invalid page token, could not base64-decode');
  }
  const decoded = Buffer.from(token, 'base64url').toString('utf8');
  const malformed = () => invalidParameter(`Invalid page token, parsed value=${decoded}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoded);
  } catch {
    throw invalidParameter(`Invalid page token, decoded value=${decoded}`);
  }
  if (typeof parsed !== 'object' || parsed === null) throw malformed();
  if (!('q' in parsed) || !('k' in parsed) || !Array.isArray(parsed.k)) throw malformed();
  if (parsed.q !== fingerprint(query)) {
    throw invalidParameter(
      'Invalid page token: it was issued for another search. A token continues only the search ' +
        'it came from, with the same filter and order.',
    );
  }
  return parsed.k.map((value: unknown) => {
    const plain = fromJson(value);
    if (plain === undefined) throw malformed();
    return plain;
  });
}

function toJson(value: TokenValue): JsonTokenValue {
  if (typeof value === 'bigint') return { n: String(value) };
  if (typeof value === 'number' && !Number.isFinite(value)) return { f: String(value) };
  return value;
}

function fromJson(value: unknown): TokenValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if ('n' in value && typeof value.n === 'string') return bigintFromText(value.n);
      if ('f' in value) return NOT_FINITE.find((number) => String(number) === value.f);
      return undefined;
    default:
      return undefined;
  }
}

const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

function bigintFromText(text: string): TokenValue | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const value = int64FromText(text);
  return isInt64(value) ? value : undefined;
}

/**
 * 64 bits that tell one query from another. It guards against mistakes, not against forgery: a key
 * of one's own making shows no row that the search itself would not show.
 */
function fingerprint(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b) + low;
  }
  return [low, high].map((half) => (half >>> 0).toString(36)).join('.');
}
