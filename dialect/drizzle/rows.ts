import { Column, getTableName, is, SQL, Subquery } from 'drizzle-orm';
import type { SelectedFieldsOrdered } from 'drizzle-orm/pg-core';

import { decode } from './codecs.js';

/** For the tables of a query with joins: whether their rows are always there. */
export type NotNullable = Readonly<Record<string, boolean>>;

interface Decoder {
  mapFromDriverValue(value: unknown): unknown;
}

/**
 * A row of values as the object that was selected. A joined table without a match is null as a
 * whole.
 */
export function toObject(
  fields: SelectedFieldsOrdered,
  row: readonly unknown[],
  notNullable: NotNullable | undefined,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  /** Names of tables whose columns have all been null so far, by the key of their object. */
  const empty = new Map<string, string | undefined>();
  fields.forEach(({ path, field }, index) => {
    const value = decodeField(field, row[index]);
    place(result, path, value);
    const [key] = path;
    if (notNullable === undefined || key === undefined || path.length !== 2) return;
    if (!is(field, Column)) return;
    const table = getTableName(field.table);
    const isEmpty = value === null && (!empty.has(key) || empty.get(key) === table);
    empty.set(key, isEmpty ? table : undefined);
  });
  for (const [key, table] of empty) {
    if (table !== undefined && notNullable?.[table] !== true) result[key] = null;
  }
  return result;
}

function place(result: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let target = result;
  for (const key of path.slice(0, -1)) {
    target = (target[key] ??= {}) as Record<string, unknown>;
  }
  const last = path.at(-1);
  if (last !== undefined) target[last] = value;
}

function decodeField(field: SelectedFieldsOrdered[number]['field'], value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (is(field, Column)) return decode(field, value);
  const decoder = decoderOf(is(field, SQL) ? field : is(field, Subquery) ? field._.sql : field.sql);
  return is(decoder, Column) ? decode(decoder, value) : decoder.mapFromDriverValue(value);
}

/** Set by `mapWith()`; drizzle keeps it out of its types. */
function decoderOf(expression: SQL): Decoder {
  return (expression as unknown as { decoder: Decoder }).decoder;
}
