import type { ParseInteger } from './bigint.js';

/** An integer that a JavaScript number may not hold exactly. */
const LONG_INTEGER = /(?:^|[[,:\s])-?\d{16}/;
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Not to be foreseen by whoever writes texts that are read here. */
const MARK = `\u0000${Math.random().toString(36).slice(2)}:`;
const MARK_IN_JSON = JSON.stringify(MARK).slice(1, -1).replace('\\', '\\\\');
const MARKED_NUMBER = new RegExp(`"${MARK_IN_JSON}(-?[\\d.e+]+)"`, 'g');
/** From here on, an integer is none to CrateDB, unless it has an exponent. */
const BEYOND_BIGINT = 2 ** 63;

/** As JSON.parse, but integers beyond 2^53 go through `integer`, instead of being rounded. */
export function parseJson(text: string, integer: ParseInteger): unknown {
  if (!hasLongIntegers(text)) return JSON.parse(text);
  return unmarkAll(parseMarked(text, 'long'), integer);
}

/** Whether some of the integers may be beyond 2^53. */
export function hasLongIntegers(text: string): boolean {
  return LONG_INTEGER.test(text);
}

/**
 * As JSON.parse, but numbers become texts that {@link digitsOf} knows: all of them, or the integers
 * beyond 2^53.
 */
export function parseMarked(text: string, which: 'all' | 'long'): unknown {
  const marked = text.replace(JSON_TOKEN, (token) =>
    !token.startsWith('"') && (which === 'all' || isLongInteger(token))
      ? JSON.stringify(MARK + token)
      : token,
  );
  return JSON.parse(marked);
}

/** The digits of a number that was marked; undefined for every other value. */
export function digitsOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : undefined;
}

/** The value with numbers in place of the marked ones. */
export function unmarkAll(value: unknown, integer: ParseInteger): unknown {
  if (Array.isArray(value)) return value.map((member) => unmarkAll(member, integer));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, unmarkAll(member, integer)]),
    );
  }
  const digits = digitsOf(value);
  if (digits === undefined) return value;
  return isLongInteger(digits) ? integer(digits) : Number(digits);
}

function isLongInteger(token: string): boolean {
  return /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
}

/** As JSON.stringify, but with bigints as the integers they are, and great doubles as doubles. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === 'bigint') return MARK + String(member);
    const isGreat =
      typeof member === 'number' && Number.isFinite(member) && Math.abs(member) >= BEYOND_BIGINT;
    return isGreat ? MARK + member.toExponential() : member;
  });
  return json.replace(MARKED_NUMBER, '$1');
}

export function isPlainObject(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  );
}
