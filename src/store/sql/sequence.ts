import { sql } from 'kysely';

import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';

/**
 * The next value of an ascending sequence that starts at 1: one atomic statement, so that no two
 * callers on any server get the same one. A caller that dies leaves a gap.
 */
export async function nextValue(context: StoreContext, name: string): Promise<Int64> {
  const row = await context.db
    .insertInto('sequences')
    .values({ name, value: 1 })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet((eb) => ({ value: eb('sequences.value', '+', sql.lit(1)) })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  return row.value;
}
