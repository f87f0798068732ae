import { type RawBuilder, sql } from 'kysely';

import { toJson } from '../values/json.js';

/** How one column's values travel in an UNNEST, and how they become the column's type again. */
export interface BulkColumn {
  readonly name: string;
  /** Element type of the parameter. */
  readonly element: string;
  encode(value: unknown): unknown;
  /** From the unnested element to what is inserted. */
  decode(element: RawBuilder<unknown>): RawBuilder<unknown>;
}

const isNull = (value: unknown): value is null | undefined =>
  value === null || value === undefined;
const asIs = (value: unknown): unknown => value;
const plain = (element: RawBuilder<unknown>): RawBuilder<unknown> => element;

/** Types that CrateDB takes out of a text by itself. */
const FROM_TEXT = /^(text|character|numeric|ip$|interval|time |date$)/;

/**
 * Types that can't be the element of an UNNEST: it makes rows of all levels of an array at once, and
 * a cast that fails beside it fails for all rows. They travel as a member of an object, and become
 * what they are when the row is written.
 */
const WRAPPED = /_array$|^(float_vector|geo_point$|geo_shape$|bit)/;

/** @param type as information_schema has it */
export function bulkColumn(name: string, type: string): BulkColumn {
  if (WRAPPED.test(type)) {
    return {
      name,
      element: 'object',
      encode: (value) => (isNull(value) ? null : toJson({ v: toMember(value) })),
      decode: (element) => sql`${element}['v']`,
    };
  }
  if (type === 'object') {
    return {
      name,
      element: 'object',
      encode: (value) => (isNull(value) || typeof value === 'string' ? value : toJson(value)),
      decode: plain,
    };
  }
  return { name, element: FROM_TEXT.test(type) ? 'text' : type, encode: asIs, decode: plain };
}

/** JSON has no NaN and no infinities, and a geo_point comes as {x, y}. */
function toMember(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(toMember);
  if (typeof value === 'object' && value !== null && 'x' in value && 'y' in value) {
    return [value.x, value.y];
  }
  return value;
}
