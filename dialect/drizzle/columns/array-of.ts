import type { PgColumnBuilderBase } from 'drizzle-orm/pg-core';

import { arrayCodec } from '../codecs.js';
import { type CrateColumn, crateColumn } from './column-type.js';
import { type DataOf, innerColumn } from './inner-column.js';

/**
 * `ARRAY(type)`, of any type and depth, elements may be null where their type says so: of objects,
 * places, arrays. For arrays of simple types, drizzle's own `text().array()` does the same.
 *
 * @param element a column builder, such as `object({ … })` or `timestamp()`
 * @param name default: the key in the table
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-array
 */
export function arrayOf<Element extends PgColumnBuilderBase>(
  element: Element,
  name?: string,
): CrateColumn<DataOf<Element>[]> {
  const column = innerColumn(element);
  const codec = arrayCodec(column);
  return crateColumn<DataOf<Element>[]>(name, {
    type: `array(${column.getSQLType()})`,
    encode: (value) => codec.encode(value),
    decode: (value) => codec.decode(value) as DataOf<Element>[],
  });
}
