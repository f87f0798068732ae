import { type RawBuilder, sql } from 'kysely';

export interface NewerTenureWinsOptions {
  /** What becomes of a row without a generation, which another program wrote. */
  readonly foreign: 'kept' | 'replaced';
}

/**
 * What an upsert sets, column by column: what is written, unless what stands there is of a later
 * tenure. So a writer that comes too late never replaces a row of the name's next model.
 */
export function newerTenureWins<Column extends string>(
  table: string,
  columns: readonly Column[],
  { foreign }: NewerTenureWinsOptions,
): Record<Column | 'generation', RawBuilder<never>> {
  const standing = sql.ref(`${table}.generation`);
  // Null is not less than anything.
  const counted = foreign === 'kept' ? standing : sql`coalesce(${standing}, 0)`;
  const isNotLater = sql`${counted} <= ${sql.ref('excluded.generation')}`;
  const entries = [...columns, 'generation'].map((column) => {
    const [written, kept] = [sql.ref(`excluded.${column}`), sql.ref(`${table}.${column}`)];
    return [column, sql`CASE WHEN ${isNotLater} THEN ${written} ELSE ${kept} END`];
  });
  return Object.fromEntries(entries) as Record<Column | 'generation', RawBuilder<never>>;
}
