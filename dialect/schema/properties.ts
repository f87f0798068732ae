import { type RawBuilder, sql } from 'kysely';

/** What a property of CrateDB's WITH (…) and SET (…) can hold. */
export type PropertyValue = string | number | boolean | readonly (string | number | boolean)[];

/** Properties by CrateDB's own names; what is undefined is left out. */
export type Properties = Readonly<Record<string, PropertyValue | undefined>>;

/** `"name" = 'value', …` with literals. Undefined where there are none. */
export function propertyList(properties: object): RawBuilder<unknown> | undefined {
  return listOf(properties, literal);
}

/**
 * `"name" = $1, …`: for values that may be secret, which then stand in no text of a statement, be
 * it in an event, in an error or in the server's `sys.jobs_log`.
 */
export function parameterList(properties: object): RawBuilder<unknown> | undefined {
  return listOf(properties, (value) => sql`${sql.val(value)}`);
}

/** ` with ("name" = 'value', …)`, or nothing where there are none. */
export function withClause(properties: object): RawBuilder<unknown> {
  const list = propertyList(properties);
  return list === undefined ? sql`` : sql` with (${list})`;
}

function listOf(
  properties: object,
  toSql: (value: unknown) => RawBuilder<unknown>,
): RawBuilder<unknown> | undefined {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return undefined;
  return sql.join(entries.map(([name, value]) => sql`${sql.id(name)} = ${toSql(value)}`));
}

/** @throws RangeError for a value that CrateDB has no literal for */
export function literal(value: unknown): RawBuilder<unknown> {
  if (Array.isArray(value)) return sql`[${sql.join(value.map(literal))}]`;
  if (typeof value === 'string' || typeof value === 'boolean') return sql.lit(value);
  if (typeof value === 'number' && Number.isFinite(value)) return sql.lit(value);
  throw new RangeError('a property must be a text, a finite number, a boolean or a list of them');
}
