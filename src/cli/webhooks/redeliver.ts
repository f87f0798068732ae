import { say, sayJson } from '../output.js';
import { listDeliveries } from './deliveries.js';
import type { RedeliverFlags } from './flags.js';
import { withStore } from './store.js';

/** Makes them due; whichever servers deliver, do so. */
export async function redeliver(
  uri: string | undefined,
  ids: readonly string[],
  { all, webhook, json }: RedeliverFlags,
): Promise<void> {
  const redelivered = await withStore(uri, async (store) => {
    const chosen =
      all === true
        ? (await listDeliveries(store, { failed: true, webhook, limit: Infinity })).map(
            ({ deliveryId }) => deliveryId,
          )
        : ids;
    for (const id of chosen) await store.redeliverWebhookDelivery(id);
    return chosen;
  });
  const count = redelivered.length;
  if (json === true) sayJson({ redelivered });
  else say(`${String(count)} ${count === 1 ? 'delivery is' : 'deliveries are'} due again`);
}
