import type { StoreContext } from '../context.js';
import type { Tenure } from './names.js';
import type { TenureTable } from './rows.js';

/**
 * Gives the rows that another program wrote under the name to the tenure. Others that change the
 * name must be kept away meanwhile: a rename copies and removes by generation.
 */
export async function stampRows(
  context: StoreContext,
  table: TenureTable,
  { name, generation }: Pick<Tenure, 'name' | 'generation'>,
): Promise<void> {
  await context.db
    .updateTable(table)
    // CrateDB finds the rows first and changes them after: one may have been given away since.
    .set((eb) => ({ generation: eb.fn.coalesce('generation', eb.val(generation)) }))
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .where('generation', 'is', null)
    .execute();
}
