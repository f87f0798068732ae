import { unnest } from '../../../dialect/index.js';
import { newUuidHex } from '../../domain/index.js';
import type { StoreContext } from '../context.js';
import { sameForAll, sameInt64ForAll } from '../sql/same-for-all.js';

/** A trace, and what it is linked to. */
export interface TraceAssociation {
  readonly traceId: string;
  readonly destinationId: string;
}

/**
 * Writes the associations that are new, and keeps those that stand: one statement. None may be
 * there twice.
 */
export async function associateTraces(
  context: StoreContext,
  destinationType: 'prompt_version' | 'run',
  associations: readonly TraceAssociation[],
): Promise<void> {
  if (associations.length === 0) return;
  const text = (values: readonly string[]) => ({ type: 'text', values }) as const;
  await context.db
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
      context.db
        .selectFrom(
          unnest('link', {
            association_id: text(associations.map(() => newUuidHex())),
            source_id: text(associations.map(({ traceId }) => traceId)),
            destination_id: text(associations.map(({ destinationId }) => destinationId)),
          }),
        )
        .select([
          'link.association_id',
          sameForAll('trace').as('source_type'),
          'link.source_id',
          sameForAll(destinationType).as('destination_type'),
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
