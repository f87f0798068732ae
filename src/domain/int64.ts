/**
 * A 64-bit integer: a `number` where that is exact (up to 2^53 - 1), else a `bigint`.
 *
 * MLflow's times (ms since the epoch) and steps are int64. A number is what callers want to hold,
 * and nothing may be rounded in silence, so the two are mixed: `<` and `>` compare them rightly,
 * `===` does not; use {@link compareInt64}.
 */
export type Int64 = number | bigint;

/** CrateDB keeps the two outermost values of its BIGINT for itself and refuses them. */
const MIN_INT64 = -(2n ** 63n) + 1n;
const MAX_INT64 = 2n ** 63n - 2n;

/** The exact value of a decimal integer text, as a number where that is safe. */
export function int64FromText(text: string): Int64 {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** Whether the value is an integer that a BIGINT column holds, on either database. */
export function isInt64(value: unknown): value is Int64 {
  if (typeof value === 'bigint') return value >= MIN_INT64 && value <= MAX_INT64;
  return Number.isSafeInteger(value);
}

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export function compareInt64(a: Int64, b: Int64): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The same integer as a number where that is exact. */
export function normalizeInt64(value: Int64): Int64 {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
