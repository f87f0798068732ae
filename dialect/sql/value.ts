import { type Expression, isExpression, type RawBuilder, sql } from 'kysely';

import { isPlainObject } from '../values/json.js';

/** How texts and dates are written: as parameters, or as literals. */
type Write = (value: string | Date) => Expression<unknown>;

const asParameter: Write = (value) => sql.val(value);

/**
 * A value as it stands in the middle of an expression, where CrateDB has no column to take a
 * parameter's type from: numbers and booleans as literals (over the PostgreSQL wire, a parameter
 * would become a text), texts as parameters, arrays and objects member by member.
 *
 * @throws RangeError for a value of another kind
 */
export function typedValue(value: unknown, write = asParameter): Expression<unknown> {
  if (isExpression(value)) return value;
  if (value === null) return sql.lit(null);
  switch (typeof value) {
    case 'boolean':
    case 'bigint':
    case 'number':
      return sql.lit(value);
    case 'string':
      return write(value);
    case 'object':
      if (value instanceof Date) return sql`cast(${write(value)} as timestamp with time zone)`;
      if (Array.isArray(value)) {
        return sql`[${sql.join(value.map((item) => typedValue(item, write)))}]`;
      }
      if (isPlainObject(value)) return members(value, write);
      break;
    default:
  }
  throw new RangeError('a value must be a text, a number, a boolean, a Date, a list or an object');
}

/** Without any parameter, for statements that take none. */
export function literalValue(value: unknown): Expression<unknown> {
  return typedValue(value, (text) => sql.lit(text));
}

/** `{"name" = value, …}`; members that are undefined are left out. */
export function members(object: object, write = asParameter): RawBuilder<unknown> {
  const list = assignments(object, write);
  return list === undefined ? sql`{}` : sql`{${list}}`;
}

function assignments(object: object, write: Write): RawBuilder<unknown> | undefined {
  const list = Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => sql`${sql.id(name)} = ${typedValue(value, write)}`);
  return list.length === 0 ? undefined : sql.join(list);
}

/**
 * ` with ("name" = value, …)`, or nothing where there are no options: numbers and booleans as
 * literals, which is how CrateDB wants them there, texts as parameters, so that no secret stands in
 * the text of a statement.
 */
export function withOptions(values: object): RawBuilder<unknown> {
  const list = assignments(values, asParameter);
  return list === undefined ? sql`` : sql` with (${list})`;
}

/** @throws RangeError unless it is a finite number */
export function finite(what: string, value: number): RawBuilder<number> {
  if (!Number.isFinite(value)) throw new RangeError(`${what} must be a finite number`);
  return sql.lit(value);
}
