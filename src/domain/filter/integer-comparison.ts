import { type Int64, normalizeInt64 } from '../int64.js';
import type { Comparator } from './ast.js';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

interface IntegerComparison {
  readonly comparator: Comparator;
  readonly value: Int64;
}

/** Holds for no integer, and for every integer; neither for a missing one. */
const NEVER: IntegerComparison = { comparator: '<', value: MIN_INT64 };
const ALWAYS: IntegerComparison = { comparator: '>=', value: MIN_INT64 };

/**
 * The same condition on a 64-bit integer, against a 64-bit integer: `> 1.5` is `> 1`, `= 1.5` holds
 * never. So a database needs neither round nor compare as doubles, which are not exact over 2^53.
 *
 * @param text a decimal number, as the filter has it.
 */
export function compareWithInteger(comparator: Comparator, text: string): IntegerComparison {
  const { floor, isExact } = floorOf(text);
  if (comparator === '=' || comparator === '!=') {
    const isInRange = isExact && floor >= MIN_INT64 && floor <= MAX_INT64;
    if (isInRange) return { comparator, value: normalizeInt64(floor) };
    return comparator === '=' ? NEVER : ALWAYS;
  }
  const isUpperBound = comparator === '<' || comparator === '<=';
  if (floor > MAX_INT64) return isUpperBound ? ALWAYS : NEVER;
  if (floor < MIN_INT64) return isUpperBound ? NEVER : ALWAYS;
  const value = normalizeInt64(floor);
  if (isExact) return { comparator, value };
  return { comparator: isUpperBound ? '<=' : '>', value };
}

/** The greatest integer not above the number, exactly; far outside of 64 bits only roughly. */
function floorOf(text: string): { readonly floor: bigint; readonly isExact: boolean } {
  const parts = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text);
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = parts ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return { floor: 0n, isExact: true };
  // The number is 0.digits × 10^pointAt.
  const pointAt = digits.length - fraction.length + Number(exponentText);
  const isNegative = sign === '-';
  if (pointAt > 30) return { floor: isNegative ? MIN_INT64 - 1n : MAX_INT64 + 1n, isExact: true };
  const integerDigits = pointAt <= 0 ? '' : digits.slice(0, pointAt).padEnd(pointAt, '0');
  const isExact = pointAt >= 0 && /^0*$/.test(digits.slice(pointAt));
  const magnitude = BigInt(integerDigits || '0');
  const truncated = isNegative ? -magnitude : magnitude;
  return { floor: isNegative && !isExact ? truncated - 1n : truncated, isExact };
}
