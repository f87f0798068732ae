import { type CrateColumn, crateColumn } from './column-type.js';

/**
 * `FLOAT_VECTOR(dimensions)`, as an array of numbers; each is kept in 32 bits.
 *
 * @param dimensions 1 to 2048
 * @param name default: the key in the table
 * @throws RangeError for other dimensions
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-float-vector
 */
export function floatVector(dimensions: number, name?: string): CrateColumn<number[]> {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 2048) {
    throw new RangeError('floatVector: dimensions must be a whole number from 1 to 2048');
  }
  return crateColumn<number[]>(name, { type: `float_vector(${dimensions})` });
}
