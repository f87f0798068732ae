/**
 * Writes to a model while others may rename or delete it.
 *
 * A writer looks who bears the name, writes rows of that tenure, and looks again. Still the same,
 * and no rename under way: the rename or delete that comes next begins after the write and takes it
 * along. Otherwise the write may have come too late for the copy: the writer waits for the change
 * to be done (or does it, where it was left) and writes again to where the model is now. So what is
 * acknowledged is never lost. What was written too late is seen by nobody, and is removed.
 */
import { noSuchRegisteredModel } from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import type { Intents } from '../sql/intents.js';
import { readEpoch } from './epoch.js';
import { findModel, isSame, nameIntentId, readName, type Tenure } from './names.js';
import { removeRows } from './remove-rows.js';

/**
 * Runs `write` until what it wrote is the model's. It must be idempotent: it may run again, also on
 * the model under another name.
 * @throws RESOURCE_DOES_NOT_EXIST where no model has the name.
 */
export async function writeToModel<Result>(
  context: StoreContext,
  intents: Intents,
  name: string,
  write: (model: Tenure) => Promise<Result>,
): Promise<Result> {
  let model = await findModel(context, name);
  for (;;) {
    if (model === undefined) throw noSuchRegisteredModel(name);
    if (model.isMoving) {
      await intents.settle(nameIntentId(context, model.name));
      model = await findModel(context, name);
      continue;
    }
    const result = await write(model);
    const standing = await readName(context, model.name);
    if (isSame(standing, model) && standing?.state !== 'moving') return result;
    model = await modelNow(context, intents, model);
  }
}

/** Waits until a change of the model's name is done, and for all that come after it at once. */
async function modelNow(
  context: StoreContext,
  intents: Intents,
  model: Tenure,
): Promise<Tenure | undefined> {
  await intents.settle(nameIntentId(context, model.name));
  if (!isSame(await readName(context, model.name), model)) {
    await removeRows(context, model.name, model.generation);
  }
  for (;;) {
    const before = await readEpoch(context);
    const now = await findModelById(context, model.modelId);
    if (now !== undefined && !now.isMoving) return now;
    if (now !== undefined) await intents.settle(nameIntentId(context, now.name));
    // Nowhere, unless it was renamed while it was looked for.
    else if ((await readEpoch(context)) === before) return undefined;
  }
}

/** The model that is seen under any name; it may be missed while it is renamed. */
export async function findModelById(
  context: StoreContext,
  modelId: string,
): Promise<Tenure | undefined> {
  const rows = await context.db
    .selectFrom('registered_model_names')
    .select('name')
    .where('workspace', '=', context.workspace)
    .where('model_id', '=', modelId)
    .where('state', 'in', ['live', 'moving', 'arriving'])
    .execute();
  for (const { name } of rows) {
    const model = await findModel(context, name);
    if (model?.modelId === modelId) return model;
  }
  return undefined;
}
