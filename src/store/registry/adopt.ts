/**
 * Models that another program wrote into MLflow's tables, which knows nothing of tenures: their
 * rows have no generation and are not seen. They are taken in when a store starts, and by the
 * sweep.
 */
import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { changeName, claimName, newModelId, nextGeneration, readName } from './names.js';
import { TENURE_TABLES } from './rows.js';
import { skipTakenVersions } from './version-numbers.js';

/** Safe to repeat, also by several servers at once. Answers how many names were taken in. */
export async function adoptModels(context: StoreContext): Promise<number> {
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
    if (await adopt(context, name)) adopted += 1;
  }
  return adopted;
}

/** Answers false where rows of a name that is being changed must wait for another time. */
async function adopt(context: StoreContext, name: string): Promise<boolean> {
  const standing = await readName(context, name);
  if (standing?.state === 'live') {
    await stamp(context, name, standing.generation);
    return true;
  }
  const row = await context.db
    .selectFrom('registered_models')
    .select('generation')
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .executeTakeFirst();
  // Rows of no model are nobody's.
  if (row === undefined || row.generation !== null) return false;
  const generation = await nextGeneration(context);
  const modelId = newModelId();
  const claim = await claimName(
    context,
    { name, generation, state: 'creating', model_id: modelId, peer: null, peer_generation: null },
    // What a dead server began.
    standing?.generation,
  );
  if (claim.generation !== generation) return false;
  await stamp(context, name, generation);
  await skipTakenVersions(context, { name, generation, modelId, isMoving: false });
  await changeName(context, name, { generation, from: 'creating', to: 'live' });
  return true;
}

async function stamp(context: StoreContext, name: string, generation: Int64): Promise<void> {
  await Promise.all(
    TENURE_TABLES.map((table) =>
      context.db
        .updateTable(table)
        .set({ generation })
        .where('workspace', '=', context.workspace)
        .where('name', '=', name)
        .where('generation', 'is', null)
        .execute(),
    ),
  );
}
