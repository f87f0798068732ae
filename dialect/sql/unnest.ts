import { type AliasedRawBuilder, sql } from 'kysely';

import { type ArrayItemType, arrayValue } from './array.js';
import { tableFunction } from './table-functions.js';

/** A type that CrateDB can unnest; `object`, `ip` and `uuid` are not for PostgreSQL. */
export type UnnestType = ArrayItemType;

/** One column: its values, from the first row to the last. */
export interface UnnestColumn<Value = unknown> {
  readonly type: UnnestType;
  readonly values: readonly Value[];
}

/** The row type: each column has the type of its values. */
export type UnnestRow<Columns extends Readonly<Record<string, UnnestColumn>>> = {
  [Name in keyof Columns]: Columns[Name]['values'][number];
};

/**
 * Rows as a table, `UNNEST($1::text[], $2::bigint[]) AS alias(a, b)`: one parameter per column, so
 * that the statement's text is the same for any number of rows.
 *
 * ```ts
 * db.insertInto('tags')
 *   .columns(['run_uuid', 'key', 'value'])
 *   .expression(
 *     db
 *       .selectFrom(unnest('n', { key: { type: 'text', values: keys }, value: … }))
 *       .select((eb) => [eb.val(runUuid).as('run_uuid'), 'n.key', 'n.value']),
 *   )
 * ```
 *
 * @throws RangeError where the columns are not of the same length
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/table-functions.html#unnest-array-array
 */
export function unnest<
  Alias extends string,
  Columns extends Readonly<Record<string, UnnestColumn>>,
>(alias: Alias, columns: Columns): AliasedRawBuilder<UnnestRow<Columns>, Alias> {
  const names: readonly (keyof Columns & string)[] = Object.keys(columns);
  const list = Object.values(columns);
  const [first] = list;
  if (first === undefined) throw new RangeError('unnest: no columns');
  // The databases would fill the shorter ones with nulls.
  if (list.some((column) => column.values.length !== first.values.length)) {
    throw new RangeError('unnest: columns of different lengths');
  }
  const arrays = list.map(({ type, values }) => arrayValue(type, values));
  return tableFunction<UnnestRow<Columns>, Alias>(alias, names, sql`unnest(${sql.join(arrays)})`);
}
