import { type CrateColumn, crateColumn } from './column-type.js';

/**
 * `BIGINT`, as a number where that is exact, and as a bigint beyond 2^53 - 1. Drizzle's own
 * `bigint()` makes one choose between a bigint always and an error for such values.
 *
 * @param name default: the key in the table
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-numeric
 */
export function int64(name?: string): CrateColumn<number | bigint> {
  return crateColumn<number | bigint>(name, {
    type: 'bigint',
    decode: (value) => {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : BigInt(value as string | bigint);
    },
  });
}
