import type { BigintMode } from '../config.js';

/** From the digits, as the mode wants it. */
export type ParseInteger = (digits: string) => unknown;

const parsers: Readonly<Record<BigintMode, ParseInteger>> = {
  string: (digits) => digits,
  bigint: BigInt,
  'number-or-bigint': (digits) => {
    const number = Number(digits);
    return Number.isSafeInteger(number) ? number : BigInt(digits);
  },
};

export function integerParser(mode: BigintMode): ParseInteger {
  return parsers[mode];
}
