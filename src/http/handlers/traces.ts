import { decodeOnce, safeSegments } from '../../artifacts/index.js';
import { invalidParameter, MlflowError } from '../../domain/errors.js';
import { hasSpansInDatabase, traceArtifactLocation } from '../../domain/index.js';
import { decodeQuery, EMPTY, traceMessages as messages } from '../../protocol/index.js';
import { jsonOperation, jsonResponse } from '../operation.js';
import type { Call, Operation } from '../operation.js';

import { attachmentHeaders, checkServed, download } from './artifacts.js';

/** What clients call the artifact that holds a trace's spans. */
const TRACE_DATA_FILE = 'traces.json';
/** The folder beside it of what was attached to spans, named by ids. */
const ATTACHMENTS = 'attachments';

// The client sets and deletes tags by version 2 of the API, where the path calls the id otherwise.
const setTraceTag = jsonOperation(messages.setTraceTag, async (store, tag, call) => {
  await store.setTraceTag(traceIdOf(call), tag);
  return EMPTY;
});

const deleteTraceTag = jsonOperation(messages.deleteTraceTag, async (store, { key }, call) => {
  await store.deleteTraceTag(traceIdOf(call), key);
  return EMPTY;
});

/** Traces; their spans only where the database has them. */
export const traceOperations = {
  startTraceV3: jsonOperation(messages.startTrace, async (store, { trace }) =>
    messages.encodeTraceInfo(await store.startTrace(messages.startTraceOf(trace.trace_info))),
  ),

  getTraceInfoV3: async (call) =>
    jsonResponse(
      call.c,
      messages.encodeTraceInfo(await call.store.getTraceInfo(traceIdOf(call))),
    ),

  getTrace: jsonOperation(messages.getTrace, async (store, request) =>
    messages.encodeTrace(
      await store.getTrace(request.trace_id, { allowPartial: request.allow_partial }),
    ),
  ),

  batchGetTraces: jsonOperation(messages.batchGetTraces, async (store, request) =>
    messages.encodeTraces(await store.batchGetTraces(request.trace_ids)),
  ),

  batchGetTraceInfos: jsonOperation(messages.batchGetTraces, async (store, request) =>
    messages.encodeTraceInfos(await store.batchGetTraceInfos(request.trace_ids)),
  ),

  /** The spans as a file, wherever they are kept; with `path`, an attachment of one of them. */
  getTraceArtifact: async (call) => {
    const { c, store, settings } = call;
    const { request_id: traceId, path } = decodeQuery(messages.getTraceArtifact, c.get('query'));
    if (traceId === undefined) {
      throw new MlflowError(
        'BAD_REQUEST',
        'Request must include the "request_id" query parameter.',
      );
    }
    if (path !== undefined) checkAttachment(path);
    const info = await store.getTraceInfo(traceId);
    if (path === undefined && hasSpansInDatabase(info)) {
      const trace = await store.getTrace(traceId, { allowPartial: true });
      // Anybody may set the tag on a trace whose spans are an artifact.
      if (trace.spans.length > 0) {
        const data = messages.encodeTraceData(trace);
        return c.body(data, 200, attachmentHeaders(TRACE_DATA_FILE));
      }
    }
    // Not where its tag says, which anybody may set.
    const { artifactLocation } = await store.getExperiment(info.experimentId);
    const uri = traceArtifactLocation(artifactLocation, traceId);
    checkServed(settings, uri);
    const file = path === undefined ? TRACE_DATA_FILE : `${ATTACHMENTS}/${path}`;
    return download(c, await store.artifacts.read(uri, file));
  },

  setTraceTag,
  setTraceTagV3: setTraceTag,
  deleteTraceTag,
  deleteTraceTagV3: deleteTraceTag,

  linkTracesToRun: jsonOperation(messages.linkTracesToRun, async (store, request) => {
    await store.linkTracesToRun(request.trace_ids, request.run_id);
    return EMPTY;
  }),

  linkPromptsToTrace: jsonOperation(messages.linkPromptsToTrace, async (store, request) => {
    await store.linkPromptsToTrace(request.trace_id, request.prompt_versions);
    return EMPTY;
  }),
} satisfies Record<string, Operation>;

/** @throws INVALID_PARAMETER_VALUE */
function checkAttachment(path: string): void {
  safeSegments(path);
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(path)) return;
  throw invalidParameter(
    `Invalid attachment path: '${path}'. Attachment path must be a valid UUID.`,
  );
}

function traceIdOf({ params }: Call): string {
  return decodeOnce(params['trace_id'] ?? params['request_id'] ?? '');
}
