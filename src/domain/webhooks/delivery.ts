import type { Int64 } from '../int64.js';
import type { WebhookEventName } from './event.js';

/**
 * - `pending`: the change that it tells of is under way,
 * - `ready`: waits to be sent, or to be sent again,
 * - `delivered`, `failed` (a dead letter: its tries are used up, or the answer was final),
 * - `cancelled`: its webhook was deleted first,
 * - `withdrawn`: the change was not made, its server having died.
 */
export type DeliveryState =
  | 'pending'
  | 'ready'
  | 'delivered'
  | 'failed'
  | 'cancelled'
  | 'withdrawn';

export const DELIVERY_STATES: readonly DeliveryState[] = [
  'pending',
  'ready',
  'delivered',
  'failed',
  'cancelled',
  'withdrawn',
];

/** One event on its way to one webhook. */
export interface WebhookDelivery {
  /** What the receiver sees as `X-MLflow-Delivery-Id`, the same at every try. */
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly event: WebhookEventName;
  /** Under which name the model was known when it happened. */
  readonly modelName: string;
  /** Rises from event to event: the order within a model. */
  readonly position: Int64;
  readonly state: DeliveryState;
  /** How often it was sent so far. */
  readonly attempts: number;
  /** ms since the epoch, by the database's clock. */
  readonly createdAt: Int64;
  /** When it is due; ms since the epoch, by the database's clock. */
  readonly dueAt: Int64;
  readonly finishedAt?: Int64 | undefined;
  /** Of the last answer. */
  readonly responseStatus?: number | undefined;
  /** Why the last try failed. */
  readonly error?: string | undefined;
}

export interface ListWebhookDeliveries {
  /** Default: all. */
  readonly states?: readonly DeliveryState[] | undefined;
  readonly webhookId?: string | undefined;
  /** 1 to 1,000. Default: 100. */
  readonly maxResults?: number | undefined;
  readonly pageToken?: string | undefined;
}
