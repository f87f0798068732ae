/**
 * Pieces of response JSON. Responses are written straight as text: int64 stay exact whatever their
 * size, floats look like MLflow's, and a history of many points needs no objects in between.
 */
import type { Int64 } from '../domain/int64.js';
import type { Page } from '../domain/page.js';
import type { Tag } from '../domain/tag.js';

import { pythonFloat } from './python-json.js';

export const text = (value: string): string => JSON.stringify(value);

export const integer = (value: Int64): string => String(value);

/** NaN and infinities are strings, as in protobuf's JSON. */
export function float(value: number): string {
  return Number.isFinite(value) ? pythonFloat(value) : `"${pythonFloat(value)}"`;
}

/** `[name, JSON text]` pairs; `undefined` leaves a field out, as protobuf does with unset ones. */
export function object(...fields: readonly (readonly [string, string | undefined])[]): string {
  let result = '';
  for (const [name, value] of fields) {
    if (value !== undefined) result += `${result === '' ? '' : ','}"${name}":${value}`;
  }
  return `{${result}}`;
}

/** A repeated field, left out when empty. */
export function repeated<Item>(
  items: readonly Item[],
  encode: (item: Item) => string,
): string | undefined {
  return items.length === 0 ? undefined : `[${items.map(encode).join(',')}]`;
}

export function optionalText(value: string | undefined): string | undefined {
  return value === undefined ? undefined : text(value);
}

/** A page of a search: its items under `name`, and the token of the next page. */
export function page<Item>(
  name: string,
  { items, nextPageToken }: Page<Item>,
  encode: (item: Item) => string,
): string {
  return object([name, repeated(items, encode)], ['next_page_token', optionalText(nextPageToken)]);
}

export function keyValue({ key, value }: Tag): string {
  return `{"key":${text(key)},"value":${text(value)}}`;
}

export const EMPTY = '{}';
