import type { Kysely, RawBuilder } from 'kysely';

/**
 * The rows as CrateDB names their columns: plugins see the statement, since they may rename its
 * tables, and not the result.
 */
export async function rowsOf<Row, DB>(
  db: Kysely<DB>,
  statement: RawBuilder<Row>,
): Promise<readonly Row[]> {
  const { rows } = await db.withoutPlugins().executeQuery(statement.compile(db));
  return rows;
}
