import { decodeOnce } from '../../artifacts/index.js';
import { EMPTY, webhookMessages as messages } from '../../protocol/index.js';
import { type Call, jsonOperation } from '../operation.js';

/** Webhooks on events of the model registry. */
export const webhookOperations = {
  createWebhook: jsonOperation(messages.createWebhook, async (store, request) =>
    messages.encodeWebhook(await store.createWebhook(request)),
  ),

  listWebhooks: jsonOperation(messages.listWebhooks, async (store, request) =>
    messages.encodeWebhooks(
      await store.listWebhooks({
        maxResults: request.max_results,
        pageToken: request.page_token,
      }),
    ),
  ),

  getWebhook: jsonOperation(messages.webhookById, async (store, _request, call) =>
    messages.encodeWebhook(await store.getWebhook(webhookId(call))),
  ),

  updateWebhook: jsonOperation(messages.updateWebhook, async (store, request, call) => {
    const { events, ...others } = request;
    const update = { ...others, events: events.length === 0 ? undefined : events };
    return messages.encodeWebhook(await store.updateWebhook(webhookId(call), update));
  }),

  deleteWebhook: jsonOperation(messages.webhookById, async (store, _request, call) => {
    await store.deleteWebhook(webhookId(call));
    return EMPTY;
  }),

  testWebhook: jsonOperation(messages.testWebhook, async (store, request, call) =>
    messages.encodeTestResult(await store.testWebhook(webhookId(call), request.event)),
  ),
};

function webhookId({ params }: Call): string {
  return decodeOnce(params['webhook_id'] ?? '');
}
