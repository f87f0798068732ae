/**
 * Webhooks: URLs that are told of events of the model registry, without I/O.
 *
 * - **Webhook**: a URL with the events that it listens to, and a secret that signs what is sent.
 * - **Event**: an entity and an action, for example `model_version.created`.
 * - **Delivery**: one event on its way to one webhook; it keeps its id however often it is tried.
 * - **Dead letter**: a delivery that is tried no more; it can be sent again by hand.
 *
 * @module
 */
export {
  checkWebhookDescription,
  checkWebhookEvents,
  checkWebhookName,
  checkWebhookSecret,
  checkWebhooksMaxResults,
  checkWebhookUrl,
  noSuchDelivery,
  noSuchWebhook,
  storedWebhookEvents,
} from './checks.js';
export {
  DELIVERY_STATES,
  type DeliveryState,
  type ListWebhookDeliveries,
  type WebhookDelivery,
} from './delivery.js';
export {
  checkWebhookEvent,
  WEBHOOK_ENTITIES,
  WEBHOOK_EVENT_NAMES,
  type WebhookAction,
  type WebhookEntity,
  type WebhookEvent,
  webhookEventName,
  type WebhookEventName,
  webhookEventOf,
} from './event.js';
export {
  aliasChanged,
  EXAMPLE_PAYLOADS,
  modelCreated,
  promptTagChanged,
  type RegistryEvent,
  versionCreated,
  versionTagChanged,
  webhookBody,
  type WebhookPayload,
} from './payload.js';
export type { SecretBox, WebhookTargets } from './ports.js';
export type {
  CreateWebhook,
  ListWebhooks,
  UpdateWebhook,
  Webhook,
  WebhookStatus,
  WebhookTestResult,
} from './webhook.js';
