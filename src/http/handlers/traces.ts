import { EMPTY, traceMessages as messages } from '../../protocol/index.js';
import { jsonOperation } from '../operation.js';

/** Of traces, only their links to prompts are served. */
export const traceOperations = {
  linkPromptsToTrace: jsonOperation(messages.linkPromptsToTrace, async (store, request) => {
    await store.linkPromptsToTrace(request.trace_id, request.prompt_versions);
    return EMPTY;
  }),
};
