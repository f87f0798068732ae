import { type AliasedRawBuilder, type RawBuilder, sql, type SqlBool } from 'kysely';

import { type SystemColumns, systemColumn } from './system-columns.js';

/** The version of a row, as it was read: each change of the row makes another. */
export type RowVersion = Pick<SystemColumns, '_seq_no' | '_primary_term'>;

/**
 * The version of a row, to be selected with it, or returned by INSERT and UPDATE:
 *
 * ```ts
 * const run = await db
 *   .selectFrom('runs')
 *   .select(['name', ...rowVersion()])
 *   .where('id', '=', id)
 *   .executeTakeFirstOrThrow();
 * ```
 *
 * @param table for a query of several tables, the name or alias of the one that is meant
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/occ.html
 */
export function rowVersion(
  table?: string,
): readonly [
  AliasedRawBuilder<RowVersion['_seq_no'], '_seq_no'>,
  AliasedRawBuilder<RowVersion['_primary_term'], '_primary_term'>,
] {
  const of = <Name extends keyof RowVersion>(name: Name): RawBuilder<RowVersion[Name]> =>
    systemColumn(table === undefined ? name : `${table}.${name}`);
  return [of('_seq_no').as('_seq_no'), of('_primary_term').as('_primary_term')];
}

/**
 * `_seq_no = $1 AND _primary_term = $2`: with the whole primary key and nothing else in the WHERE,
 * an atomic compare-and-set: the row is changed or deleted only if nobody has changed it since it
 * was read. The count of rows tells; 0 is lost, or the row is gone.
 *
 * ```ts
 * const { numUpdatedRows } = await db
 *   .updateTable('runs')
 *   .set({ status: 'done' })
 *   .where('id', '=', id)
 *   .where(hasRowVersion(run))
 *   .executeTakeFirstOrThrow();
 * if (numUpdatedRows === 0n) // read it again
 * ```
 *
 * `WHERE id = $1 AND status = 'active'` is none: it is a search, and of many at once all succeed.
 *
 * @throws RangeError where the version isn't one
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/occ.html#optimistic-update
 */
export function hasRowVersion(version: RowVersion): RawBuilder<SqlBool> {
  const { _seq_no: number, _primary_term: term } = version;
  if (!isInteger(number) || !isInteger(term)) {
    throw new RangeError('hasRowVersion: _seq_no and _primary_term must be the integers of a row');
  }
  const [numbers, terms] = [systemColumn('_seq_no'), systemColumn('_primary_term')];
  return sql`(${numbers} = ${number} and ${terms} = ${term})`;
}

function isInteger(value: unknown): boolean {
  return (
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'string' && /^\d+$/.test(value))
  );
}
