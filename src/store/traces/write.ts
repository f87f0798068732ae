import { unnest, type UnnestColumn } from '../../../dialect/index.js';
import type { Tag } from '../../domain/tag.js';
import type { TraceMetric } from '../../domain/token-usage.js';
import type { StoreContext } from '../context.js';
import { sameForAll } from '../sql/same-for-all.js';

/** Tags or metadata of one trace; a key that stands gets the new value. Keys must be distinct. */
export function writeTraceTexts(
  context: StoreContext,
  table: 'trace_tags' | 'trace_request_metadata',
  traceId: string,
  texts: readonly Tag[],
): Promise<void> {
  return upsert(context, table, traceId, texts, 'text');
}

/** As {@link writeTraceTexts}, numbers. */
export function writeTraceMetrics(
  context: StoreContext,
  traceId: string,
  metrics: readonly TraceMetric[],
): Promise<void> {
  return upsert(context, 'trace_metrics', traceId, metrics, 'double precision');
}

async function upsert(
  { db }: StoreContext,
  table: 'trace_tags' | 'trace_request_metadata' | 'trace_metrics',
  traceId: string,
  pairs: readonly { readonly key: string; readonly value: string | number }[],
  type: UnnestColumn['type'],
): Promise<void> {
  if (pairs.length === 0) return;
  await db
    .insertInto(table)
    .columns(['request_id', 'key', 'value'])
    .expression(
      db
        .selectFrom(
          unnest('pair', {
            key: { type: 'text', values: pairs.map(({ key }) => key) },
            value: { type, values: pairs.map(({ value }) => value) },
          }),
        )
        .select([sameForAll(traceId).as('request_id'), 'pair.key', 'pair.value']),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['request_id', 'key'])
        .doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute();
}
