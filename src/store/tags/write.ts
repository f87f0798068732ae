import { unnest } from '../../../dialect/index.js';
import { RUN_NAME_TAG } from '../../domain/index.js';
import type { Tag } from '../../domain/tag.js';
import type { StoreContext } from '../context.js';
import { sameForAll } from '../sql/same-for-all.js';

/** Writes tags of one run; a key that stands gets the new value. Keys must be distinct. */
export async function writeTags(
  context: StoreContext,
  runId: string,
  tags: readonly Tag[],
): Promise<void> {
  if (tags.length === 0) return;
  await context.db
    .insertInto('tags')
    .columns(['run_uuid', 'key', 'value'])
    .expression(
      context.db
        .selectFrom(
          unnest('tag', {
            key: { type: 'text', values: tags.map((tag) => tag.key) },
            value: { type: 'text', values: tags.map((tag) => tag.value) },
          }),
        )
        .select([sameForAll(runId).as('run_uuid'), 'tag.key', 'tag.value']),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['run_uuid', 'key'])
        .doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute();
}

/**
 * Tags as a client sets them: `mlflow.runName` is the run's name too, and an empty one is ignored.
 * The tag goes first, so that a repeated call completes what a crash left.
 */
export async function setTags(
  context: StoreContext,
  runId: string,
  tags: readonly Tag[],
): Promise<void> {
  const effective = tags.filter(({ key, value }) => key !== RUN_NAME_TAG || value !== '');
  await writeTags(context, runId, effective);
  const name = effective.find(({ key }) => key === RUN_NAME_TAG)?.value;
  if (name !== undefined) {
    await context.db.updateTable('runs').set({ name }).where('run_uuid', '=', runId).execute();
  }
}
