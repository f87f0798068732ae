import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { nextValue } from '../sql/sequence.js';

/** The counter of renames and deletes that searches compare: see search.ts. */
function epochName(context: StoreContext): string {
  return `registered-model-changes:${context.workspace}`;
}

export async function nextEpoch(context: StoreContext): Promise<void> {
  await nextValue(context, epochName(context));
}

export async function readEpoch(context: StoreContext): Promise<Int64 | undefined> {
  const row = await context.db
    .selectFrom('sequences')
    .select('value')
    .where('name', '=', epochName(context))
    .executeTakeFirst();
  return row?.value;
}
