import { unnest } from '../../../dialect/index.js';
import type { Tag } from '../../domain/tag.js';
import type { TraceMetric } from '../../domain/token-usage.js';
import type { StoreContext } from '../context.js';
import { sameForAll } from '../sql/same-for-all.js';

/** Tags or metadata of one trace; a key that stands gets the new value. Keys must be distinct. */
export async function writeTraceTexts(
  { db }: StoreContext,
  table: 'trace_tags' | 'trace_request_metadata',
  traceId: string,
  texts: readonly Tag[],
): Promise<void> {
  if (texts.length === 0) return;
  await db
    .insertInto(table)
    .columns(['request_id', 'key', 'value'])
    .expression(
      db
        .selectFrom(
          unnest('text', {
            key: { type: 'text', values: texts.map(({ key }) => key) },
            value: { type: 'text', values: texts.map(({ value }) => value) },
          }),
        )
        .select([sameForAll(traceId).as('request_id'), 'text.key', 'text.value']),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['request_id', 'key'])
        .doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute();
}

/** As {@link writeTraceTexts}, numbers. */
export async function writeTraceMetrics(
  { db }: StoreContext,
  traceId: string,
  metrics: readonly TraceMetric[],
): Promise<void> {
  if (metrics.length === 0) return;
  await db
    .insertInto('trace_metrics')
    .columns(['request_id', 'key', 'value'])
    .expression(
      db
        .selectFrom(
          unnest('metric', {
            key: { type: 'text', values: metrics.map(({ key }) => key) },
            value: { type: 'double precision', values: metrics.map(({ value }) => value) },
          }),
        )
        .select([sameForAll(traceId).as('request_id'), 'metric.key', 'metric.value']),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['request_id', 'key'])
        .doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute();
}
