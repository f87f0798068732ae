/**
 * MLflow's table of the events of webhooks. What counts is the list in the webhook's own row, which
 * changes in one statement; the table follows, for whoever reads MLflow's tables.
 */
import { type WebhookEventName, webhookEventOf } from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import { readEvents, readWebhookRow } from './rows.js';

/** Those that stand are fine. */
export async function writeEvents(
  context: StoreContext,
  webhookId: string,
  names: readonly WebhookEventName[],
): Promise<void> {
  // One by one: of many rows in one statement, CrateDB drops in silence what it can't write.
  await Promise.all(
    names.map((name) =>
      context.db
        .insertInto('webhook_events')
        .values({ webhook_id: webhookId, ...webhookEventOf(name) })
        .onConflict((conflict) => conflict.columns(['webhook_id', 'entity', 'action']).doNothing())
        .execute(),
    ),
  );
}

/** Makes the table say what the row says, also while others change it. */
export async function followEvents(context: StoreContext, webhookId: string): Promise<void> {
  let followed: string | null = null;
  for (;;) {
    const row = await readWebhookRow(context, webhookId);
    if (row === undefined || row.events === null || row.events === followed) return;
    followed = row.events;
    const names = (await readEvents(context, [row]))(row);
    const standing = await context.db
      .selectFrom('webhook_events')
      .select(['entity', 'action'])
      .where('webhook_id', '=', webhookId)
      .execute();
    await writeEvents(context, webhookId, names);
    for (const { entity, action } of standing) {
      if (names.some((name) => name === `${entity}.${action}`)) continue;
      await context.db
        .deleteFrom('webhook_events')
        .where('webhook_id', '=', webhookId)
        .where('entity', '=', entity)
        .where('action', '=', action)
        .execute();
    }
  }
}
