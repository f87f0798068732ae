import { checkLength } from '../checks/values.js';
import { doesNotExist, invalidParameter, type MlflowError } from '../errors.js';
import { pythonString } from '../python-text.js';
import {
  checkWebhookEvent,
  WEBHOOK_EVENT_NAMES,
  type WebhookEvent,
  webhookEventName,
  type WebhookEventName,
} from './event.js';

const MAX_URL_LENGTH = 500;
const MAX_DESCRIPTION_LENGTH = 1_000;
/** What fits, encrypted, into the 1,000 characters of MLflow's column. */
const MAX_SECRET_BYTES = 687;
const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

/** @throws INVALID_PARAMETER_VALUE */
export function checkWebhookName(name: string): string {
  if (!/^(?=.{1,63}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(name)) {
    throw invalidParameter(
      `Webhook name ${pythonString(name)} is invalid. It must start and end with a letter or ` +
        'digit, be less than 63 characters long, and contain only letters, digits, dots (.), ' +
        'underscores (_), and hyphens (-).',
    );
  }
  return name;
}

/** Its length alone: where it may lead to is the business of whoever connects. */
export function checkWebhookUrl(url: string): string {
  if (url.trim() === '') {
    throw invalidParameter(
      `Webhook URL cannot be empty or just whitespace: ${pythonString(url)}`,
    );
  }
  checkLength('url', MAX_URL_LENGTH, url);
  return url;
}

/** Each once, in one order. */
export function checkWebhookEvents(
  events: readonly WebhookEvent[],
): readonly WebhookEventName[] {
  if (events.length === 0) {
    throw invalidParameter('Webhook events must be a non-empty list of WebhookEvent objects: [].');
  }
  return [...new Set(events.map((event) => webhookEventName(checkWebhookEvent(event))))].sort(
    byEntityAndAction,
  );
}

/** The order in which MLflow's table keeps them, and so the one of its answers. */
function byEntityAndAction(one: WebhookEventName, other: WebhookEventName): number {
  return one < other ? -1 : 1;
}

/** Of a list that is stored; what a later version of MLflow may add is left out. */
export function storedWebhookEvents(names: readonly string[]): readonly WebhookEventName[] {
  return WEBHOOK_EVENT_NAMES.filter((name) => names.includes(name)).sort(byEntityAndAction);
}

export function checkWebhookDescription(description: string): string {
  checkLength('description', MAX_DESCRIPTION_LENGTH, description);
  return description;
}

export function checkWebhookSecret(secret: string): string {
  if (Buffer.byteLength(secret) > MAX_SECRET_BYTES) {
    throw invalidParameter(`'secret' exceeds the maximum length of ${MAX_SECRET_BYTES} bytes`);
  }
  return secret;
}

/** Items a page; 0 means the default, as with MLflow. */
export function checkWebhooksMaxResults(maxResults = 0): number {
  const count = maxResults === 0 ? DEFAULT_PAGE : maxResults;
  if (!Number.isSafeInteger(count) || count < 1 || count > MAX_PAGE) {
    throw invalidParameter(`max_results must be between 1 and ${MAX_PAGE}.`);
  }
  return count;
}

export function noSuchWebhook(webhookId: string): MlflowError {
  return doesNotExist(`Webhook with ID ${webhookId} not found.`);
}

export function noSuchDelivery(deliveryId: string): MlflowError {
  return doesNotExist(`Webhook delivery with ID ${deliveryId} not found.`);
}
