import { sql } from 'kysely';

import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { nextValue } from '../sql/sequence.js';
import type { Tenure } from './names.js';

/**
 * The sequence of a model's version numbers. It belongs to the model, not to its name: a rename
 * keeps it, and the next model of the name begins at 1.
 */
export function versionsOf(modelId: string): string {
  return `model-versions:${modelId}`;
}

export async function nextVersion(context: StoreContext, { modelId }: Tenure): Promise<number> {
  return Number(await nextValue(context, versionsOf(modelId)));
}

/** After a number that was taken: versions that another program wrote are not in the sequence. */
export async function skipTakenVersions(
  context: StoreContext,
  model: Omit<Tenure, 'isMoving'>,
): Promise<void> {
  const { highest } = await context.db
    .selectFrom('model_versions')
    .select((eb) => eb.fn.coalesce(eb.fn.max('version'), sql.lit(0)).as('highest'))
    .where('workspace', '=', context.workspace)
    .where('name', '=', model.name)
    .where('generation', '=', model.generation)
    .executeTakeFirstOrThrow();
  await context.db
    .insertInto('sequences')
    .values({ name: versionsOf(model.modelId), value: highest })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({
        value: sql<Int64>`greatest(${sql.ref('sequences.value')}, ${sql.ref('excluded.value')})`,
      }),
    )
    .execute();
}
