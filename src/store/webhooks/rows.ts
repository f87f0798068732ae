import { type Expression, sql, type SqlBool } from 'kysely';

import type { Int64 } from '../../domain/int64.js';
import {
  storedWebhookEvents,
  type Webhook,
  type WebhookEvent,
  type WebhookEventName,
  webhookEventOf,
  type WebhookStatus,
} from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';

export const WEBHOOK_COLUMNS = [
  'webhook_id',
  'workspace',
  'name',
  'url',
  'description',
  'status',
  'secret',
  'events',
  'creation_timestamp',
  'last_updated_timestamp',
  'deleted_timestamp',
] as const;

export interface WebhookRow {
  readonly webhook_id: string;
  readonly workspace: string;
  readonly name: string;
  readonly url: string;
  readonly description: string | null;
  readonly status: string;
  readonly secret: string | null;
  /** Null where another program wrote the row. */
  readonly events: string | null;
  readonly creation_timestamp: Int64 | null;
  readonly last_updated_timestamp: Int64 | null;
  readonly deleted_timestamp: Int64 | null;
}

/** By primary key; `undefined` where there is none of this workspace, or a deleted one. */
export async function readWebhookRow(
  context: StoreContext,
  webhookId: string,
): Promise<WebhookRow | undefined> {
  const row = await context.db
    .selectFrom('webhooks')
    .select(WEBHOOK_COLUMNS)
    .where('webhook_id', '=', webhookId)
    .executeTakeFirst();
  return isStanding(context, row) ? row : undefined;
}

export function isStanding(
  context: StoreContext,
  row: WebhookRow | undefined,
): row is WebhookRow {
  return row?.workspace === context.workspace && row.deleted_timestamp === null;
}

type WithEvents = Pick<WebhookRow, 'webhook_id' | 'events'>;

/** The events of each webhook; one more statement where another program wrote some. */
export async function readEvents(
  context: StoreContext,
  rows: readonly WithEvents[],
): Promise<(row: WithEvents) => readonly WebhookEventName[]> {
  const foreign = rows.filter(({ events }) => events === null).map((row) => row.webhook_id);
  const found = new Map<string, string[]>(foreign.map((id) => [id, []]));
  if (foreign.length > 0) {
    const events = await context.db
      .selectFrom('webhook_events')
      .select(['webhook_id', 'entity', 'action'])
      .where(isOneOf('webhook_id', 'text', foreign))
      .execute();
    for (const { webhook_id: id, entity, action } of events) {
      found.get(id)?.push(`${entity}.${action}`);
    }
  }
  return ({ webhook_id: id, events }) =>
    storedWebhookEvents(
      events === null ? (found.get(id) ?? []) : (JSON.parse(events) as readonly string[]),
    );
}

/** The condition of `webhooks` that a row listens to an event. */
export function listensTo(
  { db }: StoreContext,
  { entity, action }: WebhookEvent,
): Expression<SqlBool> {
  const foreign = db
    .selectFrom('webhook_events')
    .select('webhook_id')
    .where('entity', '=', entity)
    .where('action', '=', action);
  // The list as JSON, with each name in quotes.
  const name = `%"${entity}.${action}"%`.replaceAll('_', '\\_');
  return sql<SqlBool>`(events LIKE ${name} OR (events IS NULL AND webhook_id IN ${foreign}))`;
}

export function toWebhook(row: WebhookRow, events: readonly WebhookEventName[]): Webhook {
  return {
    webhookId: row.webhook_id,
    name: row.name,
    url: row.url,
    events: events.map(webhookEventOf),
    description: row.description ?? undefined,
    status: row.status as WebhookStatus,
    creationTimestamp: row.creation_timestamp ?? 0,
    lastUpdatedTimestamp: row.last_updated_timestamp ?? 0,
  };
}
