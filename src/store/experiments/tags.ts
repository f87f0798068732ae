import { sql } from 'kysely';

import { unnest } from '../../../dialect/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { Tag } from '../../domain/tag.js';
import type { StoreContext } from '../context.js';

/** Writes tags of one experiment; a key that stands gets the new value. Keys must be distinct. */
export async function writeExperimentTags(
  context: StoreContext,
  experimentId: Int64,
  tags: readonly Tag[],
): Promise<void> {
  if (tags.length === 0) return;
  await context.db
    .insertInto('experiment_tags')
    .columns(['experiment_id', 'key', 'value'])
    .expression(
      context.db
        .selectFrom(
          unnest('tag', {
            experiment_id: { type: 'bigint', values: tags.map(() => experimentId) },
            key: { type: 'text', values: tags.map((tag) => tag.key) },
            value: { type: 'text', values: tags.map((tag) => tag.value) },
          }),
        )
        .select(['tag.experiment_id', 'tag.key', 'tag.value']),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['key', 'experiment_id'])
        .doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute();
}

/** The tags of many experiments, by experiment id as text. */
export async function readExperimentTags(
  context: StoreContext,
  experimentIds: readonly Int64[],
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  const tags = new Map<string, Tag[]>(experimentIds.map((id) => [String(id), []]));
  if (experimentIds.length === 0) return tags;
  const rows = await context.db
    .selectFrom('experiment_tags')
    .select(['experiment_id', 'key', 'value'])
    .where(sql<boolean>`experiment_id = ANY(${experimentIds}::bigint[])`)
    .orderBy('key')
    .execute();
  for (const row of rows) {
    tags.get(String(row.experiment_id))?.push({ key: row.key, value: row.value ?? '' });
  }
  return tags;
}
