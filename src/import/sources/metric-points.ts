/** The points of metrics as MLflow's SQL store keeps them. */
import { compareInt64 } from '../../domain/int64.js';

/** The greatest a double holds: what MLflow stores for an infinity. */
const GREATEST = Number.MAX_VALUE;

export interface Point {
  readonly value: number;
  readonly timestamp: string;
  readonly step: string;
}

/** A NaN is stored as 0 with a flag, an infinity as the greatest number. */
export function stored(value: number): { readonly value: number; readonly is_nan: boolean } {
  if (Number.isNaN(value)) return { value: 0, is_nan: true };
  return { value: Math.min(GREATEST, Math.max(-GREATEST, value)), is_nan: false };
}

/** A number as Python prints it: `nan`, `inf`, `-inf`, `1e-05`. */
export function pythonNumber(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) {
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return Number(text);
}

/** Whether the first is newer: by step, then time, then value. */
export function isNewer(one: Point, other: Point): boolean {
  const order =
    compareInt64(BigInt(one.step), BigInt(other.step)) ||
    compareInt64(BigInt(one.timestamp), BigInt(other.timestamp));
  return order === 0 ? one.value > other.value : order > 0;
}
