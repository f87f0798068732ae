/**
 * The name of a column inside of an object, for the places of Kysely's schema builder that take a
 * column's name: `columnPath('o', 'a', 'b')` is `o['a']['b']`, which CrateDB reads as such even in
 * quotes.
 *
 * ```ts
 * db.schema.alterTable('t')
 *   .addColumn(columnPath('o', 'size'), 'integer')
 *   .dropColumn(columnPath('o', 'old'))
 *
 * db.schema.createTable('t') … .$call(partitionedBy(columnPath('o', 'day')))
 * ```
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-add-column
 */
export function columnPath<Column extends string>(
  column: Column,
  ...keys: readonly [string, ...string[]]
): `${Column}[${string}]` {
  const path = keys.map((key) => `['${key.replaceAll("'", "''")}']`).join('');
  return `${column}${path}` as `${Column}[${string}]`;
}
