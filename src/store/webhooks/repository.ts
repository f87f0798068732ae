import { randomUUID } from 'node:crypto';

import { sql } from 'kysely';

import { encodePageToken, type Page } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import {
  checkWebhookDescription,
  checkWebhookEvents,
  checkWebhookName,
  checkWebhookSecret,
  checkWebhooksMaxResults,
  checkWebhookUrl,
  type ListWebhooks,
  noSuchWebhook,
  type SecretBox,
  type Webhook,
  type WebhookEvent,
  type WebhookTargets,
} from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import { afterPage, type OrderColumn, orderTerms } from '../sql/key-set.js';
import { pageOf } from '../sql/page.js';
import { setIf } from '../sql/set-if.js';
import type { WebhookStore } from '../store.js';
import { databaseTime } from './clock.js';
import { listWebhookDeliveries, redeliverWebhookDelivery } from './deliveries.js';
import { followEvents, writeEvents } from './events.js';
import type { Listeners } from './listeners.js';
import { isUnclaimed } from './owner.js';
import {
  isStanding,
  listensTo,
  readEvents,
  readWebhookRow,
  toWebhook,
  WEBHOOK_COLUMNS,
  type WebhookRow,
} from './rows.js';

export interface WebhookPorts {
  readonly secrets: SecretBox;
  readonly targets: WebhookTargets;
}

/** The newest first. */
const ORDER: readonly OrderColumn[] = [
  { expression: sql.ref('creation_timestamp'), descending: true, type: 'bigint' },
  { expression: sql.ref('webhook_id'), type: 'text' },
];

/** All but the test, which is for whoever sends. */
export function webhookRepository(
  context: StoreContext,
  listeners: Listeners,
  { secrets, targets }: WebhookPorts,
): Omit<WebhookStore, 'testWebhook'> {
  const { db } = context;

  async function withEvents(row: WebhookRow | undefined, webhookId: string): Promise<Webhook> {
    if (!isStanding(context, row)) throw noSuchWebhook(webhookId);
    return toWebhook(row, (await readEvents(context, [row]))(row));
  }

  async function listPage(
    { maxResults: asked, pageToken }: ListWebhooks = {},
    event?: WebhookEvent,
  ): Promise<Page<Webhook>> {
    const maxResults = checkWebhooksMaxResults(asked);
    const query = JSON.stringify(event === undefined ? ['webhooks'] : ['webhooks', event]);
    const after = afterPage(ORDER, pageToken, query);
    let select = db
      .selectFrom('webhooks')
      .select(WEBHOOK_COLUMNS)
      .select(ORDER.map(({ expression }, index) => expression.as(`order_${String(index)}`)))
      .where('workspace', '=', context.workspace)
      .where('deleted_timestamp', 'is', null)
      .orderBy(sql.join(orderTerms(ORDER)))
      .limit(maxResults + 1);
    if (event !== undefined) select = select.where(listensTo(context, event));
    if (after !== undefined) select = select.where(after);
    const page = pageOf(await select.execute(), maxResults, ORDER.length, (key) =>
      encodePageToken({ query, key }),
    );
    const eventsOf = await readEvents(context, page.items);
    return { ...page, items: page.items.map((row) => toWebhook(row, eventsOf(row))) };
  }

  return {
    /** Events first: a crash before the row leaves nothing to be seen. */
    async createWebhook({ name, url, events, description, secret, status = 'ACTIVE' }) {
      checkWebhookName(name);
      await targets.check(checkWebhookUrl(url));
      const names = checkWebhookEvents(events);
      if (description !== undefined) checkWebhookDescription(description);
      const now = context.now();
      const row: WebhookRow = {
        webhook_id: randomUUID(),
        workspace: context.workspace,
        name,
        url,
        description: description ?? null,
        status,
        secret: secret === undefined ? null : secrets.encrypt(checkWebhookSecret(secret)),
        events: JSON.stringify(names),
        creation_timestamp: now,
        last_updated_timestamp: now,
        deleted_timestamp: null,
      };
      await writeEvents(context, row.webhook_id, names);
      await db.insertInto('webhooks').values(row).execute();
      await listeners.changed();
      return toWebhook(row, names);
    },

    getWebhook: async (webhookId) =>
      withEvents(await readWebhookRow(context, webhookId), webhookId),

    listWebhooks: (list) => listPage(list),
    listWebhooksByEvent: (event, list) => listPage(list, event),

    /** One statement changes all of it, the events too. */
    async updateWebhook(webhookId, { name, url, events, description, secret, status }) {
      // As with MLflow: of one that isn't there, nothing else is said.
      const before = await readWebhookRow(context, webhookId);
      if (before === undefined) throw noSuchWebhook(webhookId);
      if (name !== undefined) checkWebhookName(name);
      if (url !== undefined) await targets.check(checkWebhookUrl(url));
      const names = events === undefined ? undefined : checkWebhookEvents(events);
      if (description !== undefined) checkWebhookDescription(description);
      const row = await changeRow(context, webhookId, {
        name,
        url,
        events: names === undefined ? undefined : JSON.stringify(names),
        description,
        secret: secret === undefined ? undefined : secrets.encrypt(checkWebhookSecret(secret)),
        status,
        last_updated_timestamp: context.now(),
      });
      const changed = await withEvents(row, webhookId);
      if (names !== undefined) await followEvents(context, webhookId);
      await listeners.changed();
      const mayGoBetter =
        secret !== undefined || before.url !== changed.url || before.status !== changed.status;
      if (changed.status === 'ACTIVE' && mayGoBetter) await resume(context, webhookId);
      return changed;
    },

    async deleteWebhook(webhookId) {
      if ((await readWebhookRow(context, webhookId)) === undefined) throw noSuchWebhook(webhookId);
      const now = context.now();
      await changeRow(context, webhookId, {
        deleted_timestamp: now,
        last_updated_timestamp: now,
      });
      await listeners.changed();
      await cancel(context, webhookId);
    },

    listWebhookDeliveries: (list = {}) => listWebhookDeliveries(context, list),
    redeliverWebhookDelivery: (deliveryId) => redeliverWebhookDelivery(context, deliveryId),
  };
}

type Change = Partial<Record<keyof WebhookRow, string | Int64 | undefined>>;

/** By primary key, where it is of the workspace and not deleted. Answers the row afterwards. */
async function changeRow(
  context: StoreContext,
  webhookId: string,
  change: Change,
): Promise<WebhookRow | undefined> {
  const isOurs = sql`workspace = CAST(${context.workspace} AS text) AND deleted_timestamp IS NULL`;
  const set = Object.entries(change).flatMap(([column, value]) => {
    if (value === undefined) return [];
    return [[column, setIf(isOurs, column, value, typeof value === 'string' ? 'text' : 'bigint')]];
  });
  return context.db
    .updateTable('webhooks')
    .set(Object.fromEntries(set) as Record<string, never>)
    .where('webhook_id', '=', webhookId)
    .returning(WEBHOOK_COLUMNS)
    .executeTakeFirst();
}

/**
 * What waits is due now: it may have waited for this change. The conditions stand in the SET as
 * well: on CrateDB, a row that the search found may be another's by the time that it is changed.
 */
async function resume(context: StoreContext, webhookId: string): Promise<void> {
  await context.db
    .updateTable('webhook_deliveries')
    .set({
      due_at: setIf<Int64>(
        sql`state = 'ready' AND ${isUnclaimed}`,
        'due_at',
        databaseTime(),
        'bigint',
      ),
    })
    .where('webhook_id', '=', webhookId)
    .where('state', '=', 'ready')
    .where(isUnclaimed)
    .execute();
}

/** What one that is deleted would have been told. What is noted later finds it gone. */
async function cancel(context: StoreContext, webhookId: string): Promise<void> {
  const waits = sql`state IN ('pending', 'ready')`;
  await context.db
    .updateTable('webhook_deliveries')
    .set({
      state: setIf<string>(waits, 'state', 'cancelled', 'text'),
      finished_at: setIf<Int64>(waits, 'finished_at', databaseTime(), 'bigint'),
    })
    .where('webhook_id', '=', webhookId)
    .where('state', 'in', ['pending', 'ready'])
    .execute();
}
