/** The forms of MLflow's messages about values. */
import { cutToCodePoints, isLongerThan } from '../code-points.js';
import { invalidParameter, type MlflowError } from '../errors.js';
import { asciiJson } from '../python-text.js';

/** @param path where the value stood in the request, for example `metrics[0].name`. */
export function invalidValue(path: string, value: unknown, reason?: string): MlflowError {
  const shown = typeof value === 'string' ? asciiJson(value) : String(value);
  const end = reason === undefined ? '.' : `: ${reason}`;
  return invalidParameter(`Invalid value ${shown} for parameter '${path}' supplied${end}`);
}

export function missingValue(path: string): MlflowError {
  return invalidParameter(`Missing value for required parameter '${path}'.`);
}

/** `name` inside `path`, or `name` alone where there is no path. */
export function within(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

export function checkLength(name: string, limit: number, value: string): void {
  if (isLongerThan(value, limit)) throw tooLong(name, limit);
}

/**
 * Of a text whose column is no wider than the limit. CrateDB counts it as JavaScript does, in UTF-16
 * units, of which a character beyond U+FFFF has two.
 */
export function checkColumn(name: string, limit: number, value: string): void {
  if (value.length > limit) throw tooLong(name, limit);
}

/** The value, cut where that is allowed. */
export function limitLength(name: string, limit: number, value: string, truncate: boolean): string {
  if (!isLongerThan(value, limit)) return value;
  if (!truncate) throw tooLong(name, limit);
  return cutToCodePoints(value, limit);
}

function tooLong(name: string, limit: number): MlflowError {
  return invalidParameter(`'${name}' exceeds the maximum length of ${limit} characters`);
}
