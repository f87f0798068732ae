import type { Int64 } from '../int64.js';
import type { WebhookEvent } from './event.js';

/** `DISABLED`: it hears of nothing new, and what waits for it goes on waiting. */
export type WebhookStatus = 'ACTIVE' | 'DISABLED';

/**
 * A URL that is told of events of the model registry. Its secret is never shown.
 * @see https://mlflow.org/docs/latest/ml/webhooks/
 */
export interface Webhook {
  readonly webhookId: string;
  readonly name: string;
  readonly url: string;
  /** By entity, then action; at least one. */
  readonly events: readonly WebhookEvent[];
  readonly description?: string | undefined;
  readonly status: WebhookStatus;
  /** ms since the epoch. */
  readonly creationTimestamp: Int64;
  /** ms since the epoch. */
  readonly lastUpdatedTimestamp: Int64;
}

export interface CreateWebhook {
  /** 1 to 63 letters, digits, `.`, `_` and `-`; not unique. */
  readonly name: string;
  /** Up to 500 characters. Its scheme and host must be allowed: see docs/webhooks.md. */
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** Up to 1,000 characters. */
  readonly description?: string | undefined;
  /** Signs what is sent; up to 687 bytes. Default: nothing is signed. */
  readonly secret?: string | undefined;
  /** Default: `ACTIVE`. */
  readonly status?: WebhookStatus | undefined;
}

/** What is absent stays as it is. */
export type UpdateWebhook = {
  readonly [Field in keyof CreateWebhook]?: CreateWebhook[Field] | undefined;
};

export interface ListWebhooks {
  /** 1 to 1,000. Default, and for 0: 100. */
  readonly maxResults?: number | undefined;
  readonly pageToken?: string | undefined;
}

/** What a webhook answered to an example of an event. */
export interface WebhookTestResult {
  /** Whether it answered with a status below 400. */
  readonly success: boolean;
  readonly responseStatus?: number | undefined;
  /** The first 64 KiB. */
  readonly responseBody?: string | undefined;
  /** Why there was no answer. */
  readonly errorMessage?: string | undefined;
}
