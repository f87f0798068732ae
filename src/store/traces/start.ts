import { type CheckedTrace, checkStartTrace, withTraceLocation } from '../../domain/index.js';
import type { StartTrace, TraceInfo } from '../../domain/trace.js';
import type { StoreContext } from '../context.js';
import { readActiveExperimentRow } from '../experiments/repository.js';
import { writeAssessments } from './assessments.js';
import { readTraceInfos } from './belongings.js';
import { findTraceRow, toTraceInfo, TRACE_COLUMNS, type TraceRow } from './rows.js';
import { writeTraceMetrics, writeTraceTexts } from './write.js';

/**
 * Tags, metadata, numbers and assessments side by side, then the row, which makes a new trace
 * visible, and gives one that stands its new state and times. Each statement is an upsert: the same
 * call again completes what a crash left; of two at once, the values of either stand, key by key.
 *
 * What stood before is asked by key, and read only where there is something: a new trace costs no
 * refresh. So of two that log one trace at once, neither's answer need tell of the other.
 */
export async function startTrace(context: StoreContext, request: StartTrace): Promise<TraceInfo> {
  const trace = checkStartTrace(request, context);
  const { traceId, traceMetadata } = trace;
  const [experiment, standing] = await Promise.all([
    readActiveExperimentRow(context, trace.experimentId),
    findTraceRow(context, traceId),
  ]);
  const tags = withTraceLocation(trace.tags, experiment.artifact_location ?? '', traceId);
  const [assessments] = await Promise.all([
    writeAssessments(context, traceId, trace.assessments),
    writeTraceTexts(context, 'trace_tags', traceId, tags),
    writeTraceTexts(context, 'trace_request_metadata', traceId, traceMetadata),
    writeTraceMetrics(context, traceId, trace.metrics),
  ]);
  const row = await writeTraceRow(context, trace);
  const sent = toTraceInfo(row, { tags, traceMetadata, assessments });
  if (standing === undefined) return sent;
  const [info = sent] = await readTraceInfos(context, [row]);
  return info;
}

/** All but a preview that isn't given takes the place of what stands. */
async function writeTraceRow({ db }: StoreContext, trace: CheckedTrace): Promise<TraceRow> {
  return db
    .insertInto('trace_info')
    .values({
      request_id: trace.traceId,
      experiment_id: trace.experimentId,
      timestamp_ms: trace.requestTime,
      execution_time_ms: trace.executionDuration,
      status: trace.state,
      client_request_id: trace.clientRequestId,
      request_preview: trace.requestPreview,
      response_preview: trace.responsePreview,
    })
    .onConflict((conflict) =>
      conflict.column('request_id').doUpdateSet((eb) => ({
        experiment_id: eb.ref('excluded.experiment_id'),
        timestamp_ms: eb.ref('excluded.timestamp_ms'),
        execution_time_ms: eb.ref('excluded.execution_time_ms'),
        status: eb.ref('excluded.status'),
        client_request_id: eb.ref('excluded.client_request_id'),
        request_preview: eb.fn.coalesce('excluded.request_preview', 'trace_info.request_preview'),
        response_preview: eb.fn.coalesce(
          'excluded.response_preview',
          'trace_info.response_preview',
        ),
      })),
    )
    .returning(TRACE_COLUMNS)
    .executeTakeFirstOrThrow();
}
