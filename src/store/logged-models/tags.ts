import { unnest } from '../../../dialect/index.js';
import { checkLoggedModelTags, noSuchLoggedModelTag } from '../../domain/index.js';
import type { Tag } from '../../domain/tag.js';
import type { StoreContext } from '../context.js';
import { sameForAll, sameInt64ForAll } from '../sql/same-for-all.js';
import { type LoggedModelRow, readLoggedModelRow } from './rows.js';

/** The model, deleted or not, by key; then one upsert. A key that stands gets the new value. */
export async function setLoggedModelTags(
  context: StoreContext,
  modelId: string,
  tags: readonly Tag[],
): Promise<void> {
  const checked = checkLoggedModelTags(tags);
  await writeLoggedModelTags(context, await readLoggedModelRow(context, modelId), checked);
}

export async function deleteLoggedModelTag(
  context: StoreContext,
  modelId: string,
  key: string,
): Promise<void> {
  await readLoggedModelRow(context, modelId);
  const { numDeletedRows } = await context.db
    .deleteFrom('logged_model_tags')
    .where('model_id', '=', modelId)
    .where('tag_key', '=', key)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw noSuchLoggedModelTag(modelId, key);
}

/** Keys must be distinct. */
export async function writeLoggedModelTags(
  context: StoreContext,
  model: Pick<LoggedModelRow, 'model_id' | 'experiment_id'>,
  tags: readonly Tag[],
): Promise<void> {
  if (tags.length === 0) return;
  await context.db
    .insertInto('logged_model_tags')
    .columns(['model_id', 'experiment_id', 'tag_key', 'tag_value'])
    .expression(
      context.db
        .selectFrom(
          unnest('tag', {
            tag_key: { type: 'text', values: tags.map((tag) => tag.key) },
            tag_value: { type: 'text', values: tags.map((tag) => tag.value) },
          }),
        )
        .select([
          sameForAll(model.model_id).as('model_id'),
          sameInt64ForAll(model.experiment_id).as('experiment_id'),
          'tag.tag_key',
          'tag.tag_value',
        ]),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['model_id', 'tag_key'])
        .doUpdateSet((eb) => ({ tag_value: eb.ref('excluded.tag_value') })),
    )
    .execute();
}
