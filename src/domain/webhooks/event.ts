import { invalidParameter } from '../errors.js';
import { pythonList } from '../python-text.js';

/** What happened to what: MLflow's entities, each with the actions that it tells of. */
const ACTIONS = {
  registered_model: ['created'],
  model_version: ['created'],
  model_version_tag: ['deleted', 'set'],
  model_version_alias: ['created', 'deleted'],
  prompt: ['created'],
  prompt_version: ['created'],
  prompt_tag: ['deleted', 'set'],
  prompt_version_tag: ['deleted', 'set'],
  prompt_alias: ['created', 'deleted'],
  budget_policy: ['exceeded'],
} as const;

export type WebhookEntity = keyof typeof ACTIONS;

/** Those that exist; which go with an entity, {@link checkWebhookEvent} says. */
export type WebhookAction = 'created' | 'updated' | 'deleted' | 'set' | 'exceeded';

/**
 * One kind of event, which webhooks listen to.
 * @see https://mlflow.org/docs/latest/ml/webhooks/
 */
export interface WebhookEvent {
  readonly entity: WebhookEntity;
  readonly action: WebhookAction;
}

/** `model_version.created`, and the fourteen others. */
export type WebhookEventName = {
  [Entity in WebhookEntity]: `${Entity}.${(typeof ACTIONS)[Entity][number]}`;
}[WebhookEntity];

export const WEBHOOK_ENTITIES = Object.keys(ACTIONS) as readonly WebhookEntity[];

/** All that webhooks can listen to. */
export const WEBHOOK_EVENT_NAMES = Object.entries(ACTIONS).flatMap(([entity, actions]) =>
  actions.map((action) => `${entity}.${action}`),
) as readonly WebhookEventName[];

export function webhookEventName({ entity, action }: WebhookEvent): WebhookEventName {
  return `${entity}.${action}` as WebhookEventName;
}

export function webhookEventOf(name: WebhookEventName): WebhookEvent {
  const [entity, action] = name.split('.') as [WebhookEntity, WebhookAction];
  return { entity, action };
}

/** @throws INVALID_PARAMETER_VALUE where the entity doesn't tell of such an action. */
export function checkWebhookEvent({ entity, action }: WebhookEvent): WebhookEvent {
  const actions: readonly string[] = ACTIONS[entity];
  if (!actions.includes(action)) {
    throw invalidParameter(
      `Invalid action '${action}' for entity '${entity}'. ` +
        `Valid actions are: ${pythonList(actions)}`,
    );
  }
  return { entity, action };
}
