import { type RawBuilder, sql } from 'kysely';

/** The columns that every table has, beside its own. */
export interface SystemColumns {
  /** Of the row: made from its primary key, or generated where there is none. */
  _id: string;
  /** How well the row fits `match(…)` or `knnMatch(…)`; null where it was read by its key. */
  _score: number | null;
  /** Counts the changes of the row: a 64-bit integer. For compare-and-set, use the row version. */
  _version: number | string | bigint;
  /** Both together are the version of the row, see `rowVersion`: 64-bit integers. */
  _seq_no: number | string | bigint;
  _primary_term: number | string | bigint;
  /** All columns as one object; timestamps in it are milliseconds. */
  _doc: Record<string, unknown>;
  /** What is stored, as JSON by the numbers of the columns. Can't stand in WHERE. */
  _raw: string;
  /** Of the document within its shard, until the next merge: an integer. */
  _docid: number;
}

/**
 * A system column, `_score` or `table._score`.
 *
 * ```ts
 * db.selectFrom('notes')
 *   .select([systemColumn('_score').as('score'), 'title'])
 *   .where((eb) => match(eb, 'body', 'fox'))
 *   .orderBy(systemColumn('_score'), 'desc')
 * ```
 *
 * @param name for a table that is joined, with the name or alias of the table
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/system-columns.html
 */
export function systemColumn<Name extends keyof SystemColumns>(
  name: Name | `${string}.${Name}`,
): RawBuilder<SystemColumns[Name]> {
  return sql`${sql.ref(name)}`;
}
