/**
 * Delivery of webhooks: who is called, how it is signed, when it is tried again.
 * @module
 */
import { randomUUID } from 'node:crypto';

import { invalidParameter } from '../domain/errors.js';
import {
  checkWebhookEvent,
  EXAMPLE_PAYLOADS,
  noSuchWebhook,
  type SecretBox,
  webhookBody,
  webhookEventName,
} from '../domain/webhooks/index.js';
import type { Webhooks, WebhookStore } from '../store/index.js';
import { type Deliverer, startDeliverer } from './deliverer.js';
import { createGuard, type Guard } from './guard.js';
import type { WebhookDeliveryOptions } from './options.js';
import { createSecretBox, type SecretKeySource } from './secrets.js';
import { createRefusal, createSend, LONGEST_TIMEOUT_MS, type Send, SendError } from './send.js';

export type { WebhookDeliveryOptions } from './options.js';
export type { SecretKeySource } from './secrets.js';

const DEFAULT_TIMEOUT_MS = 30_000;

/** What the store keeps webhooks with. */
export interface WebhookParts {
  readonly secrets: SecretBox;
  readonly targets: Guard;
  readonly pendingMs: number | undefined;
}

/**
 * @param keySource where the key is, unless the options give one.
 * @throws INVALID_PARAMETER_VALUE for a key or an allowed target that can't be read, and for a
 *   request timeout that no timer can wait.
 */
export function createWebhookParts(
  options: WebhookDeliveryOptions,
  keySource: SecretKeySource,
): WebhookParts {
  const { secretEncryptionKey: key, requestTimeoutMs = DEFAULT_TIMEOUT_MS } = options;
  if (!(requestTimeoutMs >= 1 && requestTimeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw invalidParameter(
      `requestTimeoutMs must be from 1 to ${String(LONGEST_TIMEOUT_MS)} ms. ` +
        `Got ${String(requestTimeoutMs)}.`,
    );
  }
  return {
    secrets: createSecretBox(key === undefined ? keySource : { kind: 'given', key }),
    targets: createGuard(options),
    pendingMs: options.changeTimeoutMs,
  };
}

export interface WebhookDelivering extends Pick<WebhookStore, 'testWebhook'> {
  stop(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60_000;

/** Starts to deliver, unless the options say otherwise. */
export function startDelivering(
  { queue, repository, onReady }: Webhooks,
  { secrets, targets }: WebhookParts,
  options: WebhookDeliveryOptions,
): WebhookDelivering {
  const timeoutMs = options.requestTimeoutMs ?? DEFAULT_TIMEOUT_MS;
  const send = createSend(targets, timeoutMs);
  const refusal = createRefusal(targets, timeoutMs);
  let deliverer: Deliverer | undefined;
  if (options.deliver ?? true) {
    deliverer = startDeliverer({
      queue,
      send,
      refusal,
      secrets,
      timeoutMs,
      workers: options.maxWorkers ?? 10,
      retries: options.maxRetries ?? 16,
      giveUpAfterMs: options.giveUpAfterMs ?? DAY_MS,
      onDeadLetter: options.onDeadLetter,
      pollMs: options.pollIntervalMs ?? 1_000,
      idlePollMs: options.idlePollIntervalMs ?? 60_000,
      keep: {
        deliveredMs: options.keepDeliveredMs ?? 7 * DAY_MS,
        failedMs: options.keepFailedMs ?? 90 * DAY_MS,
      },
    });
    onReady((queues) => deliverer?.wake(queues));
  }
  return {
    async testWebhook(webhookId, asked) {
      if (asked !== undefined) checkWebhookEvent(asked);
      const { events } = await repository.getWebhook(webhookId);
      const target = await queue.target(webhookId);
      const event = asked ?? events[0];
      if (target.state === 'deleted' || event === undefined) throw noSuchWebhook(webhookId);
      const name = webhookEventName(event);
      return testTarget({
        send,
        url: target.url,
        secret: () =>
          target.secret === undefined ? undefined : secrets.decrypt(target.secret),
        body: webhookBody(name, EXAMPLE_PAYLOADS[name], Date.now()),
      });
    },
    stop: async () => deliverer?.stop(options.closeTimeoutMs ?? 5_000),
  };
}

interface Test {
  readonly send: Send;
  readonly url: string;
  readonly secret: () => string | undefined;
  readonly body: string;
}

/** Once: whoever tests wants the answer, not MLflow's four of them. */
async function testTarget({ send, url, secret, body }: Test) {
  const failed = (reason: string) => ({
    success: false,
    errorMessage: `Failed to test webhook: ${reason}`,
  });
  let plain;
  try {
    plain = secret();
  } catch {
    return failed("its secret can't be decrypted with the key of this server.");
  }
  try {
    const answer = await send({ url, deliveryId: randomUUID(), body, secret: plain });
    return {
      success: answer.status >= 200 && answer.status < 400,
      responseStatus: answer.status,
      responseBody: answer.body,
    };
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    return failed(error.message);
  }
}
