import type { Tag } from '../../domain/tag.js';
import type { TraceInfo } from '../../domain/trace.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { readAssessments } from './assessments.js';
import { toTraceInfo, type TraceRow } from './rows.js';

/**
 * Traces with all that hangs on them: a constant number of statements, however many traces.
 *
 * The rows must have been read before: they are written last, and a trace's id may be known to
 * others before the trace is there, so that a search which began beside the read of the row might
 * miss tags that were written before it.
 */
export async function readTraceInfos(
  context: StoreContext,
  rows: readonly TraceRow[],
): Promise<readonly TraceInfo[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.request_id);
  // In the same tick, so that they share one refresh.
  const [tags, traceMetadata, assessments] = await Promise.all([
    readTexts(context, 'trace_tags', ids),
    readTexts(context, 'trace_request_metadata', ids),
    readAssessments(context, ids),
  ]);
  return rows.map((row) => {
    const { request_id: id } = row;
    return toTraceInfo(row, {
      tags: tags(id),
      traceMetadata: traceMetadata(id),
      assessments: assessments(id),
    });
  });
}

async function readTexts(
  { db }: StoreContext,
  table: 'trace_tags' | 'trace_request_metadata',
  traceIds: readonly string[],
): Promise<(traceId: string) => readonly Tag[]> {
  const rows = await db
    .selectFrom(table)
    .select(['request_id', 'key', 'value'])
    .where(isOneOf('request_id', 'text', traceIds))
    .orderBy('key')
    .execute();
  const rowsOf = Map.groupBy(rows, (row) => row.request_id);
  return (traceId) => (rowsOf.get(traceId) ?? []).map(({ key, value }) => ({ key, value }));
}
