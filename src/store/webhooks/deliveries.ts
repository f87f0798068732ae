/** Deliveries as they are shown, and dead letters sent again. */
import { type Expression, sql, type SqlBool } from 'kysely';

import { encodePageToken, type Page } from '../../domain/index.js';
import { invalidParameter } from '../../domain/errors.js';
import type { Int64 } from '../../domain/int64.js';
import {
  checkWebhooksMaxResults,
  type DeliveryState,
  type ListWebhookDeliveries,
  noSuchDelivery,
  type WebhookDelivery,
  type WebhookEventName,
} from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { afterPage, type OrderColumn, orderTerms } from '../sql/key-set.js';
import { pageOf } from '../sql/page.js';
import { setIf } from '../sql/set-if.js';
import { databaseTime } from './clock.js';

const COLUMNS = [
  'delivery_id',
  'webhook_id',
  'event',
  'model_name',
  'position',
  'state',
  'attempts',
  'created_at',
  'due_at',
  'finished_at',
  'response_status',
  'error',
] as const;

/** The newest first. */
const ORDER: readonly OrderColumn[] = [
  { expression: sql.ref('position'), descending: true, type: 'bigint' },
  { expression: sql.ref('delivery_id'), type: 'text' },
];

export async function listWebhookDeliveries(
  context: StoreContext,
  { states, webhookId, maxResults: asked, pageToken }: ListWebhookDeliveries,
): Promise<Page<WebhookDelivery>> {
  const maxResults = checkWebhooksMaxResults(asked);
  const query = JSON.stringify(['webhook deliveries', states ?? [], webhookId ?? '']);
  const conditions: Expression<SqlBool>[] = [
    ...(states === undefined ? [] : [isOneOf('state', 'text', states)]),
    ...(webhookId === undefined ? [] : [isOneOf('webhook_id', 'text', [webhookId])]),
  ];
  const after = afterPage(ORDER, pageToken, query);
  let select = context.db
    .selectFrom('webhook_deliveries')
    .select(COLUMNS)
    .select(ORDER.map(({ expression }, index) => expression.as(`order_${String(index)}`)))
    .where('workspace', '=', context.workspace)
    .orderBy(sql.join(orderTerms(ORDER)))
    .limit(maxResults + 1);
  for (const condition of conditions) select = select.where(condition);
  if (after !== undefined) select = select.where(after);
  const page = pageOf(await select.execute(), maxResults, ORDER.length, (key) =>
    encodePageToken({ query, key }),
  );
  return {
    ...page,
    items: page.items.map((row) => ({
      deliveryId: row.delivery_id,
      webhookId: row.webhook_id,
      event: row.event as WebhookEventName,
      modelName: row.model_name,
      position: row.position,
      state: row.state as DeliveryState,
      attempts: row.attempts,
      createdAt: row.created_at,
      dueAt: row.due_at,
      finishedAt: row.finished_at ?? undefined,
      responseStatus: row.response_status ?? undefined,
      error: row.error ?? undefined,
    })),
  };
}

/** One atomic statement: two who ask at once send it once. */
export async function redeliverWebhookDelivery(
  context: StoreContext,
  deliveryId: string,
): Promise<void> {
  const isOurs = sql`workspace = CAST(${context.workspace} AS text)`;
  const isFinished = sql`state IN ('failed', 'delivered') AND ${isOurs}`;
  const row = await context.db
    .updateTable('webhook_deliveries')
    .set({
      state: setIf<string>(isFinished, 'state', 'ready', 'text'),
      attempts: setIf<number>(isFinished, 'attempts', 0, 'integer'),
      due_at: setIf<Int64>(isFinished, 'due_at', databaseTime(), 'bigint'),
      finished_at: setIf<Int64 | null>(isFinished, 'finished_at', null, 'bigint'),
    })
    .where('delivery_id', '=', deliveryId)
    .returning(['state', 'workspace'])
    .executeTakeFirst();
  if (row?.workspace !== context.workspace) throw noSuchDelivery(deliveryId);
  if (row.state === 'cancelled' || row.state === 'withdrawn') {
    throw invalidParameter(
      `Webhook delivery with ID ${deliveryId} is ${row.state}: it can't be sent again.`,
    );
  }
}
