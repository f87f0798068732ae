/**
 * Which webhooks listen to an event, without a search for each change.
 *
 * Every change of a webhook counts up one row of `sequences` once it is written, before it is
 * acknowledged. Whoever wants to know who listens reads that row by primary key, and searches only
 * where it isn't the one that the list was read under: so every server hears of a change of a
 * webhook at once, and a server without webhooks reads one row. A list is not believed for longer
 * than a minute: programs that write MLflow's tables themselves count nothing up.
 */
import type { Int64 } from '../../domain/int64.js';
import type { WebhookEventName } from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import { nextValue } from '../sql/sequence.js';
import { readEvents } from './rows.js';

const MAX_AGE_MS = 60_000;

export interface Listeners {
  /** The ids of active webhooks by the event, of these events. */
  of(
    events: readonly WebhookEventName[],
  ): Promise<ReadonlyMap<WebhookEventName, readonly string[]>>;
  /** A webhook was changed. */
  changed(): Promise<void>;
  /**
   * Another number after each change of a webhook; `undefined` where there was never one. One read
   * by primary key.
   */
  version(): Promise<Int64 | undefined>;
  /** Counts webhooks that another program brought where there was none before. */
  noticeForeign(): Promise<void>;
}

interface List {
  readonly counter: Int64;
  readonly readAt: number;
  readonly ids: ReadonlyMap<WebhookEventName, readonly string[]>;
}

const NOBODY: List['ids'] = new Map();

/** @param elapsedMs a clock that only goes forward. */
export function createListeners(
  context: StoreContext,
  elapsedMs = () => performance.now(),
): Listeners {
  const counterName = `webhooks:${context.workspace}`;
  let list: List | undefined;

  async function readCounter(): Promise<Int64 | undefined> {
    const row = await context.db
      .selectFrom('sequences')
      .select('value')
      .where('name', '=', counterName)
      .executeTakeFirst();
    return row?.value;
  }

  async function current(): Promise<List['ids']> {
    let counter = await readCounter();
    for (;;) {
      if (counter === undefined) return NOBODY;
      const isFresh = list !== undefined && elapsedMs() - list.readAt < MAX_AGE_MS;
      if (list?.counter === counter && isFresh) return list.ids;
      const readAt = elapsedMs();
      const ids = await readListeners(context);
      const after = await readCounter();
      // Else the list may be of either side of a change.
      if (after === counter) list = { counter, readAt, ids };
      counter = after;
    }
  }

  async function changed(): Promise<void> {
    await nextValue(context, counterName);
  }

  return {
    async of(events) {
      const all = await current();
      return new Map(
        events.flatMap((event) => {
          const ids = all.get(event);
          return ids === undefined ? [] : [[event, ids] as const];
        }),
      );
    },
    changed,
    version: readCounter,
    async noticeForeign() {
      if ((await readCounter()) !== undefined) return;
      const found = await context.db
        .selectFrom('webhooks')
        .select('webhook_id')
        .where('workspace', '=', context.workspace)
        .limit(1)
        .execute();
      if (found.length > 0) await changed();
    },
  };
}

async function readListeners(context: StoreContext): Promise<List['ids']> {
  const rows = await context.db
    .selectFrom('webhooks')
    .select(['webhook_id', 'events'])
    .where('workspace', '=', context.workspace)
    .where('status', '=', 'ACTIVE')
    .where('deleted_timestamp', 'is', null)
    .execute();
  const eventsOf = await readEvents(context, rows);
  const ids = new Map<WebhookEventName, string[]>();
  for (const row of rows) {
    for (const event of eventsOf(row)) {
      ids.set(event, [...(ids.get(event) ?? []), row.webhook_id]);
    }
  }
  return ids;
}
