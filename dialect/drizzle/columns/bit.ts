import { type CrateColumn, crateColumn } from './column-type.js';

/**
 * `BIT(length)`, as a string of that many `0` and `1`.
 *
 * @param length 1 or more
 * @param name default: the key in the table
 * @throws RangeError for another length, of the type or of a value
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#data-type-bit
 */
export function bit(length: number, name?: string): CrateColumn<string> {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError('bit: length must be a whole number, 1 or more');
  }
  return crateColumn<string>(name, {
    type: `bit(${length})`,
    encode: (bits) => {
      // CrateDB would say nothing more than that an index is out of bounds.
      if (bits.length === length && /^[01]*$/.test(bits)) return bits;
      throw new RangeError(`bit(${length}): the value must be a string of ${length} 0 and 1`);
    },
    // Inside of objects and over HTTP it is a literal: B'0101'.
    decode: (value) => String(value).replace(/^B'([01]*)'$/, '$1'),
  });
}
