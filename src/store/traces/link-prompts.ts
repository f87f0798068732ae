import { unnest } from '../../../dialect/index.js';
import { newUuidHex } from '../../domain/index.js';
import { checkPromptLinks, type PromptVersionRef } from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import { sameForAll, sameInt64ForAll } from '../sql/same-for-all.js';

/** Writes the associations that are new, and keeps those that stand: one statement. */
export async function linkPromptsToTrace(
  context: StoreContext,
  traceId: string,
  promptVersions: readonly PromptVersionRef[],
): Promise<void> {
  const ids = checkPromptLinks(traceId, promptVersions);
  if (ids.length === 0) return;
  const { db } = context;
  await db
    .insertInto('entity_associations')
    .columns([
      'association_id',
      'source_type',
      'source_id',
      'destination_type',
      'destination_id',
      'created_time',
    ])
    .expression(
      db
        .selectFrom(
          unnest('link', {
            association_id: { type: 'text', values: ids.map(() => newUuidHex()) },
            destination_id: { type: 'text', values: ids },
          }),
        )
        .select([
          'link.association_id',
          sameForAll('trace').as('source_type'),
          sameForAll(traceId).as('source_id'),
          sameForAll('prompt_version').as('destination_type'),
          'link.destination_id',
          sameInt64ForAll(context.now()).as('created_time'),
        ]),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['source_type', 'source_id', 'destination_type', 'destination_id'])
        .doUpdateSet((eb) => ({ association_id: eb.ref('entity_associations.association_id') })),
    )
    .execute();
}
