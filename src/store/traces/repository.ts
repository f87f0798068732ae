import {
  checkSetTag,
  checkTraceLinks,
  noSuchTrace,
  noSuchTraceTag,
  noTraceOfThisId,
  spansAreArtifacts,
  traceNotWhole,
} from '../../domain/index.js';
import { checkPromptLinks } from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import type { TraceStore } from '../store.js';
import { associateTraces } from './associations.js';
import { readTraceInfos } from './belongings.js';
import { findTraceRow, findTraceRows, readTraceRow } from './rows.js';
import { isWhole, readTraces } from './spans.js';
import { startTrace } from './start.js';
import { writeTraceTexts } from './write.js';

export function traceRepository(context: StoreContext): TraceStore {
  return {
    startTrace: (trace) => startTrace(context, trace),

    async getTraceInfo(traceId) {
      const [info] = await readTraceInfos(context, [await readTraceRow(context, traceId)]);
      if (info === undefined) throw noSuchTrace(traceId);
      return info;
    },

    async getTrace(traceId, { allowPartial = false } = {}) {
      const row = await findTraceRow(context, traceId);
      if (row === undefined) throw noTraceOfThisId(traceId);
      const [trace] = await readTraces(context, [row]);
      if (trace === undefined) throw spansAreArtifacts();
      if (!allowPartial && !isWhole(trace)) throw traceNotWhole(traceId);
      return trace;
    },

    async batchGetTraces(traceIds) {
      return (await readTraces(context, await findTraceRows(context, traceIds))).filter(isWhole);
    },

    async batchGetTraceInfos(traceIds) {
      return readTraceInfos(context, await findTraceRows(context, traceIds));
    },

    async setTraceTag(traceId, tag) {
      const checked = checkSetTag(tag, context);
      await readTraceRow(context, traceId);
      await writeTraceTexts(context, 'trace_tags', traceId, [checked]);
    },

    async deleteTraceTag(traceId, key) {
      // A trace that isn't there has none, whatever a start that was cut off has left.
      const row = await findTraceRow(context, traceId);
      if (row === undefined) throw noSuchTraceTag(traceId, key);
      const { numDeletedRows } = await context.db
        .deleteFrom('trace_tags')
        .where('request_id', '=', traceId)
        .where('key', '=', key)
        .executeTakeFirst();
      if (numDeletedRows === 0n) throw noSuchTraceTag(traceId, key);
    },

    async linkTracesToRun(traceIds, runId) {
      const ids = checkTraceLinks(traceIds, runId);
      const links = ids.map((traceId) => ({ traceId, destinationId: runId }));
      await associateTraces(context, 'run', links);
    },

    async linkPromptsToTrace(traceId, promptVersions) {
      const ids = checkPromptLinks(traceId, promptVersions);
      const links = ids.map((destinationId) => ({ traceId, destinationId }));
      await associateTraces(context, 'prompt_version', links);
    },
  };
}
