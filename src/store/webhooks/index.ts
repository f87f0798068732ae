import type { StoreContext } from '../context.js';
import type { WebhookStore } from '../store.js';
import { createListeners } from './listeners.js';
import { createOutbox, type OnReady, type Outbox } from './outbox.js';
import { createDeliveryQueue, type DeliveryQueue } from './queue.js';
import { type WebhookPorts, webhookRepository } from './repository.js';

export interface WebhookOptions extends WebhookPorts {
  /** How long a change may take before its server counts as dead. Default: 60,000. */
  readonly pendingMs?: number | undefined;
  /** A clock that only goes forward. Default: the process's own. */
  readonly elapsedMs?: (() => number) | undefined;
}

export interface Webhooks {
  readonly repository: Omit<WebhookStore, 'testWebhook'>;
  /** For whoever delivers. */
  readonly queue: DeliveryQueue;
  /** For whoever changes the registry. */
  readonly outbox: Outbox;
  /** Takes in webhooks that another program wrote. */
  readonly noticeForeign: () => Promise<void>;
  /** Calls back whenever this process has something to deliver, with the queues that have it. */
  readonly onReady: (callback: OnReady) => void;
}

export function createWebhooks(context: StoreContext, options: WebhookOptions): Webhooks {
  const callbacks: OnReady[] = [];
  const onReady: OnReady = (queues) => callbacks.forEach((callback) => callback(queues));
  const listeners = createListeners(context, options.elapsedMs);
  return {
    repository: webhookRepository(context, listeners, options),
    queue: createDeliveryQueue(context, listeners),
    outbox: createOutbox(context, listeners, { pendingMs: options.pendingMs, onReady }),
    noticeForeign: () => listeners.noticeForeign(),
    onReady: (callback) => {
      callbacks.push(callback);
    },
  };
}
