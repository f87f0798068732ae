import type { DeliveryState, Store, WebhookDelivery } from '../../index.js';
import { say, sayJson } from '../output.js';
import type { DeliveriesFlags } from './flags.js';
import { withStore } from './store.js';

const PAGE = 1_000;

type ListFlags = Omit<DeliveriesFlags, 'limit'> & { readonly limit: number };

export async function showDeliveries(uri: string | undefined, flags: ListFlags): Promise<void> {
  const deliveries = await withStore(uri, (store) => listDeliveries(store, flags));
  if (flags.json === true) sayJson(deliveries);
  else if (deliveries.length === 0) say('no deliveries');
  else for (const delivery of deliveries) say(lineOf(delivery));
}

/** Page by page, up to the limit. */
export async function listDeliveries(
  store: Store,
  { failed, webhook, limit }: Pick<ListFlags, 'failed' | 'webhook' | 'limit'>,
): Promise<readonly WebhookDelivery[]> {
  const states: readonly DeliveryState[] | undefined = failed === true ? ['failed'] : undefined;
  const found: WebhookDelivery[] = [];
  let pageToken: string | undefined;
  do {
    const maxResults = Math.min(PAGE, limit - found.length);
    const page = await store.listWebhookDeliveries({
      states,
      webhookId: webhook,
      maxResults,
      pageToken,
    });
    found.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined && found.length < limit);
  return found;
}

function lineOf(delivery: WebhookDelivery): string {
  const { deliveryId, state, attempts, event, modelName, createdAt, error } = delivery;
  const tries = `${String(attempts)} ${attempts === 1 ? 'try' : 'tries'}`;
  const time = new Date(Number(createdAt)).toISOString();
  // Of a name that somebody chose, nothing moves the cursor.
  const name = modelName.replace(/\p{C}/gu, '?');
  const line = `${deliveryId}  ${state.padEnd(9)}  ${time}  ${event}  ${name}  ${tries}`;
  return error === undefined ? line : `${line}  ${error}`;
}
