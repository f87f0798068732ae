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
  /** Is told that there is something to deliver. */
  readonly onReady?: () => void;
}

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

export function createOutbox(
  context: StoreContext,
  listeners: Listeners,
  { pendingMs = DEFAULT_PENDING_MS, onReady }: OutboxOptions = {},
): Outbox {
  async function draft({ modelId, events, describe, proof }: Noted): Promise<readonly Draft[]> {
    const listening = await listeners.of(events);
    if (listening.size === 0) return [];
    const described = await describe();
    const ids = described === undefined ? undefined : listening.get(described.event);
    if (described === undefined || ids === undefined) return [];
    const { event, modelName, payload } = described;
    const position = await nextValue(context, 'webhook-deliveries');
    const body = webhookBody(event, payload, context.now());
    return ids.map((webhookId) => ({
      delivery_id: randomUUID(),
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

  return {
    async record(change) {
      let drafts: readonly Draft[] = [];
      const note: Note = async (noted) => {
        const earlier = drafts;
        const next = await draft(noted);
        if (next.length > 0) await write(context, next, 'pending', pendingMs);
        drafts = next;
        // After the new ones: the change of the first time may have been made.
        await withdraw(context, earlier);
      };
      let result;
      try {
        result = await change(note);
      } catch (error) {
        // What failed for another reason than a refusal may have been made all the same.
        if (error instanceof MlflowError) await withdraw(context, drafts).catch(() => undefined);
        throw error;
      }
      if (drafts.length > 0) {
        // The change is made: where this fails, the rows stay pending and are judged later.
        await write(context, drafts, 'ready', 0).catch(() => undefined);
        onReady?.();
      }
      return result;
    },
  };
}

/**
 * A row that stands is made ready, unless it is beyond that. One that another server took for that
 * of a change that was not made is written again.
 */
async function write(
  context: StoreContext,
  drafts: readonly Draft[],
  state: 'pending' | 'ready',
  dueMs: number,
): Promise<void> {
  await context.db
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
        const ifEarly = <Column extends 'state' | 'due_at' | 'owner' | 'finished_at'>(
          column: Column,
        ) =>
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
        };
      }),
    )
    .execute();
}

async function withdraw(context: StoreContext, drafts: readonly Draft[]): Promise<void> {
  await Promise.all(
    drafts.map(({ delivery_id: id }) =>
      context.db.deleteFrom('webhook_deliveries').where('delivery_id', '=', id).execute(),
    ),
  );
}
