import type { Page } from '../domain/page.js';
import type {
  Webhook,
  WebhookAction,
  WebhookEntity,
  WebhookEvent,
  WebhookStatus,
  WebhookTestResult,
} from '../domain/webhooks/index.js';

import { integer, object, optionalText, page, repeated, text } from './encode.js';
import {
  type Decoder,
  enumeration,
  int32,
  list,
  message,
  nonEmpty,
  optional,
  required,
  string,
  withDefault,
} from './fields.js';

const entity = lowerCase<WebhookEntity>({
  REGISTERED_MODEL: 1,
  MODEL_VERSION: 2,
  MODEL_VERSION_TAG: 3,
  MODEL_VERSION_ALIAS: 4,
  PROMPT: 5,
  PROMPT_VERSION: 6,
  PROMPT_TAG: 7,
  PROMPT_VERSION_TAG: 8,
  PROMPT_ALIAS: 9,
  BUDGET_POLICY: 10,
});

const action = lowerCase<WebhookAction>({
  CREATED: 1,
  UPDATED: 2,
  DELETED: 3,
  SET: 4,
  EXCEEDED: 5,
});

/** Protobuf's names of what MLflow's own words have in lower case. */
function lowerCase<Word extends string>(
  numbers: Readonly<Record<Uppercase<Word>, number>>,
): Decoder<Word> {
  const names = enumeration(numbers);
  return { decode: (value) => names.decode(value).toLowerCase() as Word };
}

const status: Decoder<WebhookStatus> = enumeration({ ACTIVE: 1, DISABLED: 2 });

const event: Decoder<WebhookEvent> = message({
  entity: required(entity),
  action: required(action),
});

const events = list(event);

export const createWebhook = message({
  name: required(string),
  url: required(string),
  events: required(events),
  description: nonEmpty,
  secret: nonEmpty,
  status: optional(status),
});

export const listWebhooks = message({
  max_results: withDefault(int32, 0),
  page_token: nonEmpty,
});

/** What is absent or empty stays as it is. */
export const updateWebhook = message({
  name: nonEmpty,
  description: nonEmpty,
  url: nonEmpty,
  events,
  secret: nonEmpty,
  status: optional(status),
});

export const testWebhook = message({ event: optional(event) });

/** The id is in the path. */
export const webhookById = message({});

export function encodeWebhook(webhook: Webhook): string {
  return object(['webhook', webhookObject(webhook)]);
}

export function encodeWebhooks(found: Page<Webhook>): string {
  return page('webhooks', found, webhookObject);
}

export function encodeTestResult(result: WebhookTestResult): string {
  const { success, responseStatus, responseBody, errorMessage } = result;
  return object([
    'result',
    object(
      ['success', String(success)],
      ['response_status', responseStatus === undefined ? undefined : integer(responseStatus)],
      ['response_body', optionalText(responseBody)],
      ['error_message', optionalText(errorMessage)],
    ),
  ]);
}

/** Without its secret. */
function webhookObject(webhook: Webhook): string {
  return object(
    ['webhook_id', text(webhook.webhookId)],
    ['name', text(webhook.name)],
    ['description', optionalText(webhook.description)],
    ['url', text(webhook.url)],
    ['events', repeated(webhook.events, eventObject)],
    ['status', text(webhook.status)],
    ['creation_timestamp', integer(webhook.creationTimestamp)],
    ['last_updated_timestamp', integer(webhook.lastUpdatedTimestamp)],
  );
}

function eventObject({ entity: what, action: how }: WebhookEvent): string {
  return object(['entity', text(what.toUpperCase())], ['action', text(how.toUpperCase())]);
}
