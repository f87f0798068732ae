import { hasSpansInDatabase, TRACE_SIZE_KEY } from '../../domain/index.js';
import type { Span, Trace } from '../../domain/trace.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { readTraceInfos } from './belongings.js';
import type { TraceRow } from './rows.js';

/** Of these traces, those whose spans the database has, with all the spans that are there. */
export async function readTraces(
  context: StoreContext,
  rows: readonly TraceRow[],
): Promise<readonly Trace[]> {
  if (rows.length === 0) return [];
  // In the same tick, so that they share one refresh.
  const [infos, spans] = await Promise.all([
    readTraceInfos(context, rows),
    readSpans(
      context,
      rows.map((row) => row.request_id),
    ),
  ]);
  return infos.filter(hasSpansInDatabase).map((info) => ({ info, spans: spans(info.traceId) }));
}

async function readSpans(
  { db }: StoreContext,
  traceIds: readonly string[],
): Promise<(traceId: string) => readonly Span[]> {
  const rows = await db
    .selectFrom('spans')
    .select(['trace_id', 'parent_span_id', 'content'])
    .where(isOneOf('trace_id', 'text', traceIds))
    .orderBy('start_time_unix_nano')
    .orderBy('span_id')
    .execute();
  const rowsOf = Map.groupBy(rows, (row) => row.trace_id);
  return (traceId) => {
    const ofTrace = rowsOf.get(traceId) ?? [];
    const roots = ofTrace.filter((row) => row.parent_span_id === null);
    const others = ofTrace.filter((row) => row.parent_span_id !== null);
    return [...roots, ...others].map(({ content }) => ({ content }));
  };
}

/** Whether there are as many spans as the trace says it has, and one at least. */
export function isWhole({ info, spans }: Trace): boolean {
  const stats = info.traceMetadata.find(({ key }) => key === TRACE_SIZE_KEY)?.value;
  return spans.length >= Math.max(1, stats === undefined ? 0 : spanCount(stats));
}

function spanCount(stats: string): number {
  try {
    const parsed = JSON.parse(stats) as { num_spans?: unknown } | null;
    return typeof parsed?.num_spans === 'number' ? parsed.num_spans : 0;
  } catch {
    return 0;
  }
}
