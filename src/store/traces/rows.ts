import { wholeKeys } from '../../../dialect/index.js';
import type { Assessment } from '../../domain/assessment.js';
import { noSuchTrace } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { Tag } from '../../domain/tag.js';
import { TRACE_STATES, type TraceInfo } from '../../domain/trace.js';
import type { StoreContext } from '../context.js';

export const TRACE_COLUMNS = [
  'request_id',
  'experiment_id',
  'timestamp_ms',
  'execution_time_ms',
  'status',
  'client_request_id',
  'request_preview',
  'response_preview',
] as const;

export interface TraceRow {
  readonly request_id: string;
  readonly experiment_id: Int64;
  readonly timestamp_ms: Int64;
  readonly execution_time_ms: Int64 | null;
  readonly status: string;
  readonly client_request_id: string | null;
  readonly request_preview: string | null;
  readonly response_preview: string | null;
}

/** What hangs on a trace. */
export interface TraceBelongings {
  readonly traceMetadata: readonly Tag[];
  readonly tags: readonly Tag[];
  readonly assessments: readonly Assessment[];
}

/** By whole primary key: the newest version, without a refresh. */
export async function findTraceRow(
  context: StoreContext,
  traceId: string,
): Promise<TraceRow | undefined> {
  return context.db
    .selectFrom('trace_info')
    .select(TRACE_COLUMNS)
    .where('request_id', '=', traceId)
    .executeTakeFirst();
}

/** As {@link findTraceRow}, several, in the order given and each once. */
export async function findTraceRows(
  { db }: StoreContext,
  traceIds: readonly string[],
): Promise<readonly TraceRow[]> {
  const ids = [...new Set(traceIds)];
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('trace_info')
    .select(TRACE_COLUMNS)
    .where((eb) => wholeKeys(eb, ['request_id'], ids.map((id) => [id])))
    .execute();
  const rowOf = new Map(rows.map((row) => [row.request_id, row]));
  return ids.flatMap((id) => rowOf.get(id) ?? []);
}

/**
 * As {@link findTraceRow}.
 * @throws RESOURCE_DOES_NOT_EXIST
 */
export async function readTraceRow(context: StoreContext, traceId: string): Promise<TraceRow> {
  const row = await findTraceRow(context, traceId);
  if (row === undefined) throw noSuchTrace(traceId);
  return row;
}

export function toTraceInfo(row: TraceRow, belongings: TraceBelongings): TraceInfo {
  return {
    traceId: row.request_id,
    experimentId: String(row.experiment_id),
    requestTime: row.timestamp_ms,
    ...(row.execution_time_ms === null ? {} : { executionDuration: row.execution_time_ms }),
    state: TRACE_STATES.find((state) => state === row.status) ?? 'STATE_UNSPECIFIED',
    ...(row.client_request_id === null ? {} : { clientRequestId: row.client_request_id }),
    ...(row.request_preview === null ? {} : { requestPreview: row.request_preview }),
    ...(row.response_preview === null ? {} : { responsePreview: row.response_preview }),
    ...belongings,
  };
}
