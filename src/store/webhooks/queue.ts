/**
 * The queues of deliveries, worked off by all servers together.
 *
 * A queue is what one webhook is to be told of one model, in the order of the positions. Only its
 * head, the first that waits, is ever sent: whoever sends it has claimed its row by one atomic
 * statement, with the database's clock, for longer than a try takes. What is behind it waits until
 * the head is delivered, dead or cancelled. A claim whose server died runs out, and the head is
 * sent again under the same id.
 */
import { randomUUID } from 'node:crypto';

import { sql } from 'kysely';

import type { Int64 } from '../../domain/int64.js';
import type { WebhookEventName } from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { setIf } from '../sql/set-if.js';
import { databaseTime } from './clock.js';
import type { Listeners } from './listeners.js';
import { settledBy } from './owner.js';
import { readWebhookRow } from './rows.js';
import { judge } from './settle-pending.js';

export interface QueueKey {
  readonly webhookId: string;
  readonly modelId: string;
}

/** A delivery that nobody else sends until the claim runs out. */
export interface Claim {
  readonly deliveryId: string;
  readonly owner: string;
  readonly event: WebhookEventName;
  readonly body: string;
  /** This one included. */
  readonly attempts: number;
  /** How long ago it happened, by the database's clock. */
  readonly ageMs: number;
}

/** Where to send it. The secret is encrypted. */
export type Target =
  | {
      readonly state: 'active' | 'disabled';
      readonly url: string;
      readonly secret: string | undefined;
    }
  | { readonly state: 'deleted' };

/** What became of a claimed delivery. */
export type Outcome =
  | { readonly state: 'delivered'; readonly responseStatus: number }
  | {
      readonly state: 'failed';
      readonly responseStatus?: number | undefined;
      readonly error: string;
    }
  | {
      readonly state: 'ready';
      /** How long it waits before the next try, ms. */
      readonly afterMs: number;
      readonly responseStatus?: number | undefined;
      readonly error?: string | undefined;
      /** This was no try: it isn't counted. */
      readonly uncounted?: boolean | undefined;
    }
  | { readonly state: 'cancelled' };

/** A queue and the delivery at its head. */
export interface DueQueue extends QueueKey {
  readonly head: string;
}

export interface DueOptions {
  /** Of these webhooks nothing. */
  readonly except?: readonly string[] | undefined;
  /** Of this one alone. */
  readonly webhookId?: string | undefined;
}

/** What becomes of a delivery that a process can't make, though others may be able to. */
export interface Refused {
  readonly error: string;
  /** It is left to the others for so long after it is due. */
  readonly patienceMs: number;
  /** What is older is a dead letter. */
  readonly giveUpAfterMs: number;
}

export type Said =
  /** The others still have time to send it, or are at it: nothing was said. */
  | { readonly kind: 'early' }
  | { readonly kind: 'said' }
  /** It was too old, and is a dead letter now. */
  | { readonly kind: 'dead'; readonly event: WebhookEventName };

export interface DeliveryQueue {
  /**
   * Another number after each change of a webhook; `undefined` where there was never one, and so
   * nothing to look for.
   */
  version(): Promise<Int64 | undefined>;
  /**
   * Queues whose head is due: the first of each webhook before the second of any, so that one with
   * many doesn't hide the others.
   */
  due(limit: number, options?: DueOptions): Promise<readonly DueQueue[]>;
  /** The first that wait in a queue, in order. */
  waiting(queue: QueueKey, limit: number): Promise<readonly string[]>;
  /**
   * `waits`: it is not due, or another has it, and what is behind it waits too. `gone`: it waits no
   * more. One that is pending too long is judged first.
   */
  claim(deliveryId: string, leaseMs: number): Promise<Claim | 'waits' | 'gone'>;
  target(webhookId: string): Promise<Target>;
  /** Answers false, and does nothing, where the claim ran out and another has had it since. */
  settle(claim: Claim, outcome: Outcome): Promise<boolean>;
  /** Says at the head of a queue, without a claim, why this process doesn't send it. */
  refuse(deliveryId: string, refused: Refused): Promise<Said>;
  /** Removes what was finished longer ago. */
  sweep(keep: { readonly deliveredMs: number; readonly failedMs: number }): Promise<void>;
}

const WAITING = ['pending', 'ready'] as const;
const CLAIM_COLUMNS = [
  'state',
  'owner',
  'event',
  'body',
  'attempts',
  'proof',
  'created_at',
  'due_at',
] as const;
const JUDGE_LEASE_MS = 30_000;
const ASK_AGAIN_MS = 1_000;

function isWaiting(state: string): boolean {
  return WAITING.some((each) => each === state);
}

export function createDeliveryQueue(context: StoreContext, listeners: Listeners): DeliveryQueue {
  const { db, workspace } = context;

  /** Compare-and-set with the database's clock; answers what stands, and whether it was taken. */
  async function take(deliveryId: string, from: 'ready' | 'pending', leaseMs: number) {
    const owner = randomUUID();
    const mayTake = sql`state = CAST(${from} AS text) AND due_at <= ${databaseTime()}`;
    const attempts = sql`attempts + CAST(${from === 'ready' ? 1 : 0} AS integer)`;
    const row = await db
      .updateTable('webhook_deliveries')
      .set({
        owner: setIf<string>(mayTake, 'owner', owner, 'text'),
        due_at: setIf<Int64>(mayTake, 'due_at', databaseTime(leaseMs), 'bigint'),
        attempts: setIf<number>(mayTake, 'attempts', attempts, 'integer'),
      })
      .where('delivery_id', '=', deliveryId)
      .returning(CLAIM_COLUMNS)
      .executeTakeFirst();
    return row === undefined ? undefined : { ...row, isTaken: row.owner === owner };
  }

  async function judgePending(deliveryId: string): Promise<void> {
    const row = await take(deliveryId, 'pending', JUDGE_LEASE_MS);
    if (row?.isTaken !== true) return;
    const verdict = await judge(context, row.proof);
    const isStill = sql`owner = CAST(${row.owner} AS text) AND state = 'pending'`;
    const next = { made: 'ready', unknown: 'ready', 'not made': 'withdrawn', later: 'pending' };
    const dueMs = verdict === 'later' ? ASK_AGAIN_MS : 0;
    const finishedAt = verdict === 'not made' ? databaseTime() : null;
    await db
      .updateTable('webhook_deliveries')
      .set({
        state: setIf<string>(isStill, 'state', next[verdict], 'text'),
        due_at: setIf<Int64>(isStill, 'due_at', databaseTime(dueMs), 'bigint'),
        finished_at: setIf<Int64 | null>(isStill, 'finished_at', finishedAt, 'bigint'),
        owner: setIf<string>(isStill, 'owner', '', 'text'),
      })
      .where('delivery_id', '=', deliveryId)
      .execute();
  }

  return {
    version: () => listeners.version(),

    async due(limit, { except = [], webhookId } = {}) {
      const ofQueue = sql`PARTITION BY webhook_id, model_id ORDER BY position, delivery_id`;
      let ranked = db
        .selectFrom('webhook_deliveries')
        .select(['delivery_id', 'webhook_id', 'model_id', 'due_at'])
        .select(sql<number>`row_number() OVER (${ofQueue})`.as('place'))
        .where('workspace', '=', workspace)
        .where('state', 'in', WAITING);
      if (webhookId !== undefined) ranked = ranked.where('webhook_id', '=', webhookId);
      if (except.length > 0) {
        ranked = ranked.where((eb) => eb.not(isOneOf('webhook_id', 'text', except)));
      }
      const ofWebhook = sql`PARTITION BY webhook_id ORDER BY due_at, model_id`;
      const heads = db
        .selectFrom(ranked.as('ranked'))
        .select(['delivery_id', 'webhook_id', 'model_id', 'due_at'])
        .select(sql<number>`row_number() OVER (${ofWebhook})`.as('turn'))
        .where('place', '=', sql.lit(1))
        .where('due_at', '<=', databaseTime());
      const rows = await db
        .selectFrom(heads.as('heads'))
        .select(['delivery_id', 'webhook_id', 'model_id'])
        .orderBy('turn')
        .orderBy('due_at')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        webhookId: row.webhook_id,
        modelId: row.model_id,
        head: row.delivery_id,
      }));
    },

    async waiting({ webhookId, modelId }, limit) {
      const rows = await db
        .selectFrom('webhook_deliveries')
        .select('delivery_id')
        .where('webhook_id', '=', webhookId)
        .where('model_id', '=', modelId)
        .where('state', 'in', WAITING)
        .orderBy('position')
        .orderBy('delivery_id')
        .limit(limit)
        .execute();
      return rows.map((row) => row.delivery_id);
    },

    async claim(deliveryId, leaseMs) {
      let row = await take(deliveryId, 'ready', leaseMs);
      if (row?.state === 'pending') {
        await judgePending(deliveryId);
        row = await take(deliveryId, 'ready', leaseMs);
      }
      if (row === undefined || !isWaiting(row.state)) return 'gone';
      if (!row.isTaken) return 'waits';
      const { owner, body, attempts } = row;
      return {
        deliveryId,
        owner,
        body,
        attempts,
        event: row.event as WebhookEventName,
        ageMs: Number(row.due_at) - leaseMs - Number(row.created_at),
      };
    },

    async target(webhookId) {
      const row = await readWebhookRow(context, webhookId);
      if (row === undefined) return { state: 'deleted' };
      const state = row.status === 'ACTIVE' ? 'active' : 'disabled';
      return { state, url: row.url, secret: row.secret ?? undefined };
    },

    async settle({ deliveryId, owner, attempts }, outcome) {
      const responseStatus = 'responseStatus' in outcome ? outcome.responseStatus : undefined;
      const error = 'error' in outcome ? outcome.error : undefined;
      const waits = outcome.state === 'ready';
      const tries = waits && outcome.uncounted === true ? attempts - 1 : attempts;
      const isMine = sql`owner = CAST(${owner} AS text) AND state = 'ready'`;
      const dueAt = databaseTime(waits ? outcome.afterMs : 0);
      const row = await db
        .updateTable('webhook_deliveries')
        .set({
          state: setIf<string>(isMine, 'state', outcome.state, 'text'),
          attempts: setIf<number>(isMine, 'attempts', tries, 'integer'),
          due_at: setIf<Int64>(isMine, 'due_at', dueAt, 'bigint'),
          finished_at: setIf<Int64 | null>(
            isMine,
            'finished_at',
            waits ? null : databaseTime(),
            'bigint',
          ),
          response_status: setIf<number | null>(
            isMine,
            'response_status',
            responseStatus ?? null,
            'integer',
          ),
          error: setIf<string | null>(isMine, 'error', error ?? null, 'text'),
          owner: setIf<string>(isMine, 'owner', settledBy(owner), 'text'),
        })
        .where('delivery_id', '=', deliveryId)
        .returning('owner')
        .executeTakeFirst();
      return row?.owner === settledBy(owner);
    },

    async refuse(deliveryId, { error, patienceMs, giveUpAfterMs }) {
      const by = settledBy(randomUUID());
      // A claim, or a wait for the next try, is due later than now.
      const isLeft = sql`state = 'ready' AND due_at <= ${databaseTime(-patienceMs)}`;
      const isDead = sql`${isLeft} AND created_at < ${databaseTime(-giveUpAfterMs)}`;
      const row = await db
        .updateTable('webhook_deliveries')
        .set({
          state: setIf<string>(isDead, 'state', 'failed', 'text'),
          finished_at: setIf<Int64 | null>(isDead, 'finished_at', databaseTime(), 'bigint'),
          owner: setIf<string>(isLeft, 'owner', by, 'text'),
          error: setIf<string | null>(isLeft, 'error', error, 'text'),
        })
        .where('delivery_id', '=', deliveryId)
        .returning(['state', 'owner', 'event'])
        .executeTakeFirst();
      if (row?.state === 'pending') await judgePending(deliveryId);
      if (row?.owner !== by) return { kind: 'early' };
      if (row.state !== 'failed') return { kind: 'said' };
      return { kind: 'dead', event: row.event as WebhookEventName };
    },

    async sweep({ deliveredMs, failedMs }) {
      const remove = (states: readonly string[], olderMs: number) =>
        db
          .deleteFrom('webhook_deliveries')
          .where('workspace', '=', workspace)
          .where('state', 'in', states)
          .where('finished_at', '<', databaseTime(-olderMs))
          .execute();
      await remove(['delivered', 'cancelled', 'withdrawn'], deliveredMs);
      await remove(['failed'], failedMs);
    },
  };
}
