/** Takes in what another program wrote: at the start, and by the sweep. See take-in.ts. */
import type { StoreContext } from '../context.js';
import type { Intents } from '../sql/intents.js';
import { registryIntents } from './intents.js';
import { TENURE_TABLES } from './rows.js';
import { isToBeTakenIn, takeIn } from './take-in.js';

/**
 * Safe to repeat, also by several servers at once. Answers how many names were taken in, or had
 * rows that were.
 */
export async function adoptModels(
  context: StoreContext,
  intents: Intents = registryIntents(context),
): Promise<number> {
  const found = await Promise.all(
    TENURE_TABLES.map((table) =>
      context.db
        .selectFrom(table)
        .select('name')
        .distinct()
        .where('workspace', '=', context.workspace)
        .where('generation', 'is', null)
        .execute(),
    ),
  );
  let adopted = 0;
  for (const name of new Set(found.flat().map((row) => row.name))) {
    // Rows of no model are nobody's, and those of a name that is being changed must wait.
    if (!(await isToBeTakenIn(context, name))) continue;
    await takeIn(context, intents, name);
    adopted += 1;
  }
  return adopted;
}
