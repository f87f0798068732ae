import { type RawBuilder, sql } from 'kysely';

/**
 * What an upsert sets, column by column: what is written, unless what stands there is of a later
 * tenure. So a writer that comes too late never replaces a row of the name's next model.
 */
export function newerTenureWins<Column extends string>(
  table: string,
  columns: readonly Column[],
): Record<Column | 'generation', RawBuilder<never>> {
  const standing = sql.ref(`${table}.generation`);
  const isNotLater = sql`coalesce(${standing}, 0) <= ${sql.ref('excluded.generation')}`;
  const entries = [...columns, 'generation'].map((column) => {
    const [written, kept] = [sql.ref(`excluded.${column}`), sql.ref(`${table}.${column}`)];
    return [column, sql`CASE WHEN ${isNotLater} THEN ${written} ELSE ${kept} END`];
  });
  return Object.fromEntries(entries) as Record<Column | 'generation', RawBuilder<never>>;
}
