import { type Int64, isInt64, normalizeInt64 } from '../int64.js';
import { invalidValue } from './values.js';

/** A time, or how long something took, in ms. */
export function checkTime(name: string, time: Int64): Int64 {
  if (!isInt64(time)) {
    throw invalidValue(name, time, 'It must be a valid long (64-bit integer).');
  }
  return normalizeInt64(time);
}
