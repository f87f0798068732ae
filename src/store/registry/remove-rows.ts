import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { TENURE_TABLES } from './rows.js';

/**
 * Removes what a tenure, and those before it, left under a name. Nobody sees these rows any more;
 * and none of a later tenure is among them.
 */
export async function removeRows(
  context: StoreContext,
  name: string,
  generation: Int64,
): Promise<void> {
  await Promise.all(
    TENURE_TABLES.map((table) =>
      context.db
        .deleteFrom(table)
        .where('workspace', '=', context.workspace)
        .where('name', '=', name)
        .where('generation', '<=', generation)
        .execute(),
    ),
  );
}
