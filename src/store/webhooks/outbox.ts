/**
 * What webhooks are to be told, written down before the change that it tells of.
 *
 * A change notes its event as late as it can, before the statement that makes it visible: then the
 * rows are `pending`. When the change is made they become `ready`; where it is refused they are
 * removed. A server that dies in between leaves them pending, and another judges them by what
 * stands, see settle-pending.ts. So what was acknowledged is told, and nothing that was refused.
 *
 * The order within a model is that of the positions. A position is taken before the change is made
 * and after it was asked for: of two changes of which one was answered before the other was asked
 * for, the first is told first. Of two at the same time, either may be.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { CrateError } from '../../../dialect/index.js';
import { MlflowError } from '../../domain/errors.js';
import type { Int64 } from '../../domain/int64.js';
import {
  type RegistryEvent,
  webhookBody,
  type WebhookEventName,
} from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import { nextValue } from '../sql/sequence.js';
import { databaseTime } from './clock.js';
import type { Listeners } from './listeners.js';
import type { QueueKey } from './queue.js';
import type { Proof } from './settle-pending.js';

/** What is about to happen to a model. */
export interface Noted {
  readonly modelId: string;
  /** All that the event may turn out to be: where nobody listens to any, it isn't looked at. */
  readonly events: readonly WebhookEventName[];
  /** `undefined`: MLflow tells of no such thing. */
  readonly describe: () => Promise<RegistryEvent | undefined> | RegistryEvent | undefined;
  /** By what it shows whether it happened. Default: nothing shows it. */
  readonly proof?: Proof | undefined;
}

/** Called before the change is seen; again where it is made again, in place of what was noted. */
export type Note = (noted: Noted) => Promise<void>;

export interface Outbox {
  /** Runs a change; what it noted is told once it is made. */
  record<Result>(change: (note: Note) => Promise<Result>): Promise<Result>;
}

export interface OutboxOptions {
  /** How long a change may take before its server counts as dead. Default: 60,000. */
  readonly pendingMs?: number | undefined;
  /** Is told which queues have something to deliver. */
  readonly onReady?: OnReady;
}

export type OnReady = (queues: readonly QueueKey[]) => void;

interface Draft {
  readonly delivery_id: string;
  readonly workspace: string;
  readonly webhook_id: string;
  readonly model_id: string;
  readonly position: Int64;
  readonly event: string;
  readonly model_name: string;
  readonly body: string;
  readonly proof: string | null;
}

const DEFAULT_PENDING_MS = 60_000;
/** How long to wait before `ready` is written again. */
const READY_WAITS_MS = [50, 200];

export function createOutbox(
  context: StoreContext,
  listeners: Listeners,
  { pendingMs = DEFAULT_PENDING_MS, onReady }: OutboxOptions = {},
): Outbox {
  /** What is noted again keeps its id and its place. */
  async function draft(
    { modelId, events, describe, proof }: Noted,
    earlier: readonly Draft[],
  ): Promise<readonly Draft[]> {
    const listening = await listeners.of(events);
    if (listening.size === 0) return [];
    const described = await describe();
    const ids = described === undefined ? undefined : listening.get(described.event);
    if (described === undefined || ids === undefined) return [];
    const { event, modelName, payload } = described;
    const same = earlier.filter((each) => each.model_id === modelId && each.event === event);
    const position = same[0]?.position ?? (await nextValue(context, 'webhook-deliveries'));
    const body = webhookBody(event, payload, context.now());
    return ids.map((webhookId) => ({
      delivery_id: same.find((each) => each.webhook_id === webhookId)?.delivery_id ?? randomUUID(),
      workspace: context.workspace,
      webhook_id: webhookId,
      model_id: modelId,
      position,
      event,
      model_name: modelName,
      body,
      proof: proof === undefined ? null : JSON.stringify(proof),
    }));
  }

  /** Answers what is pending now. */
  async function note(noted: Noted, earlier: readonly Draft[]): Promise<readonly Draft[]> {
    let next = await draft(noted, earlier);
    if (next.length > 0) {
      const states = await write(context, next, 'pending', pendingMs);
      // Judged in the meantime, what was noted first is told for itself; this is another event.
      if ([...states.values()].some((state) => state !== 'pending')) {
        const standing = next.filter((each) => states.get(each.delivery_id) === 'pending');
        const fresh = await draft(noted, []);
        const added = fresh.filter(
          ({ webhook_id: id }) => !standing.some((each) => each.webhook_id === id),
        );
        if (added.length > 0) await write(context, added, 'pending', pendingMs);
        next = [...standing, ...added];
      }
    }
    // After the new ones: the change of the first time may have been made.
    const kept = new Set(next.map((each) => each.delivery_id));
    await withdraw(context, earlier.filter((each) => !kept.has(each.delivery_id)));
    return next;
  }

  return {
    async record(change) {
      let drafts: readonly Draft[] = [];
      let noting: Promise<void> = Promise.resolve();
      let result;
      try {
        result = await change((noted) => {
          noting = note(noted, drafts).then((next) => {
            drafts = next;
          });
          return noting;
        });
      } catch (error) {
        // What was written beside the note may have failed before it.
        await noting.catch(() => undefined);
        if (isRefusal(error)) await withdraw(context, drafts).catch(() => undefined);
        throw error;
      }
      if (drafts.length > 0) {
        await makeReady(context, drafts);
        onReady?.(drafts.map((each) => ({ webhookId: each.webhook_id, modelId: each.model_id })));
      }
      return result;
    },
  };
}

/** A value of the request that the database refuses: of the class of data, or of constraints. */
const REFUSED_VALUE = /^2[23]/;

/** Whether the change was certainly not made. What failed otherwise may have been made. */
function isRefusal(error: unknown): boolean {
  if (error instanceof MlflowError) return true;
  return error instanceof CrateError && REFUSED_VALUE.test(error.sqlstate ?? '');
}

/** The change is made: where this fails all the same, the rows stay pending, and are judged. */
async function makeReady(context: StoreContext, drafts: readonly Draft[]): Promise<void> {
  for (const waitMs of [...READY_WAITS_MS, undefined]) {
    try {
      await write(context, drafts, 'ready', 0);
      return;
    } catch {
      if (waitMs !== undefined) await sleep(waitMs);
    }
  }
}

/** Columns that a row takes over as long as nothing was sent of it. */
type Early = 'state' | 'due_at' | 'owner' | 'finished_at' | 'model_name' | 'body' | 'proof';

/**
 * A row that stands is made ready, or says what is noted now, unless it is beyond that. One that
 * another server took for that of a change that was not made is written again. Answers the states.
 */
async function write(
  context: StoreContext,
  drafts: readonly Draft[],
  state: 'pending' | 'ready',
  dueMs: number,
): Promise<ReadonlyMap<string, string>> {
  const rows = await context.db
    .insertInto('webhook_deliveries')
    .values(
      drafts.map((row) => ({
        ...row,
        state,
        attempts: 0,
        owner: '',
        finished_at: null,
        due_at: databaseTime(dueMs),
        created_at: databaseTime(),
      })),
    )
    .onConflict((conflict) =>
      conflict.column('delivery_id').doUpdateSet((eb) => {
        const isEarly = eb('webhook_deliveries.state', 'in', ['pending', 'withdrawn']);
        const ifEarly = <Column extends Early>(column: Column) =>
          eb
            .case()
            .when(isEarly)
            .then(eb.ref(`excluded.${column}`))
            .else(eb.ref(`webhook_deliveries.${column}`))
            .end();
        return {
          state: ifEarly('state'),
          due_at: ifEarly('due_at'),
          owner: ifEarly('owner'),
          finished_at: ifEarly('finished_at'),
          model_name: ifEarly('model_name'),
          body: ifEarly('body'),
          proof: ifEarly('proof'),
        };
      }),
    )
    .returning(['delivery_id', 'state'])
    .execute();
  return new Map(rows.map((row) => [row.delivery_id, row.state]));
}

async function withdraw(context: StoreContext, drafts: readonly Draft[]): Promise<void> {
  await Promise.all(
    drafts.map(({ delivery_id: id }) =>
      context.db.deleteFrom('webhook_deliveries').where('delivery_id', '=', id).execute(),
    ),
  );
}
