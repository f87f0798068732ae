import { type Expression, type ExpressionBuilder, sql, type UpdateType } from 'kysely';

/** What `ON CONFLICT … DO UPDATE` knows the new row by. */
interface WithExcluded {
  readonly excluded: unknown;
}

/** An assignment of each of the columns. */
type Assignments<DB extends WithExcluded, Column extends keyof DB['excluded']> = {
  [Name in Column]: Expression<UpdateType<DB['excluded'][Name]>>;
};

/**
 * `a = excluded.a, b = excluded.b`: takes the columns from the new row, in DO UPDATE.
 *
 * ```ts
 * db.insertInto('tags')
 *   .values(rows)
 *   .onConflict((conflict) =>
 *     conflict
 *       .columns(['run_uuid', 'key'])
 *       .doUpdateSet((eb) => excludedColumns(eb, ['value'])),
 *   )
 * ```
 *
 * For an expression of one of them, Kysely has `eb.ref('excluded.value')`; the row's own columns
 * are `eb.ref('value')` or `eb.ref('tags.value')`, which is compiled to `value`, as CrateDB
 * demands.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/insert.html#on-conflict
 */
export function excludedColumns<
  DB extends WithExcluded,
  TB extends keyof DB,
  Column extends keyof DB['excluded'] & string,
>(_eb: ExpressionBuilder<DB, TB>, columns: readonly Column[]): Assignments<DB, Column> {
  return assign(columns, (column) => sql.ref(`excluded.${column}`)) as Assignments<DB, Column>;
}

/**
 * `a = a, b = b`: keeps the columns as they are, in DO UPDATE, so that RETURNING gives the row that
 * stands, new or old, where DO NOTHING gives none: write once.
 *
 * ```ts
 * .onConflict((conflict) =>
 *   conflict.columns(['run_uuid', 'key']).doUpdateSet((eb) => ownColumns(eb, ['value'])),
 * )
 * .returning(['key', 'value'])
 * ```
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/insert.html#on-conflict
 */
export function ownColumns<
  DB extends WithExcluded,
  TB extends keyof DB,
  Column extends keyof DB['excluded'] & string,
>(_eb: ExpressionBuilder<DB, TB>, columns: readonly Column[]): Assignments<DB, Column> {
  return assign(columns, (column) => sql.ref(column)) as Assignments<DB, Column>;
}

function assign(
  columns: readonly string[],
  value: (column: string) => Expression<unknown>,
): Record<string, Expression<unknown>> {
  if (columns.length === 0) throw new RangeError('no columns to be set');
  return Object.fromEntries(columns.map((column) => [column, value(column)]));
}
