import type { StoreContext } from '../context.js';
import type { TraceStore } from '../store.js';
import { linkPromptsToTrace } from './link-prompts.js';

export function traceRepository(context: StoreContext): TraceStore {
  return {
    linkPromptsToTrace: (traceId, promptVersions) =>
      linkPromptsToTrace(context, traceId, promptVersions),
  };
}
