import { usageFailure } from './failure.js';

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

export function emptyToUndefined(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

/** What stands between commas. */
export function listOf(text: string | undefined): readonly string[] | undefined {
  return text
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

export function booleanVariable(variables: Variables, name: string): boolean | undefined {
  const value = emptyToUndefined(variables[name]);
  if (value === undefined) return undefined;
  if (/^(?:1|t|true|y|yes|on)$/i.test(value)) return true;
  if (/^(?:0|f|false|n|no|off)$/i.test(value)) return false;
  throw usageFailure(`The environment variable ${name} must be 'true' or 'false'. Got '${value}'.`);
}

/** A whole number from `least` on, up to `most` where there is one. */
export function integerVariable(
  variables: Variables,
  name: string,
  least: number,
  most?: number,
): number | undefined {
  const value = emptyToUndefined(variables[name]);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d{1,9}$/.test(value) && number >= least && number <= (most ?? number)) return number;
  const range = most === undefined ? `${String(least)} on` : `${String(least)} to ${String(most)}`;
  throw usageFailure(
    `The environment variable ${name} must be a whole number from ${range}. Got '${value}'.`,
  );
}
