/**
 * Work over many rows, which no single statement can do atomically.
 *
 * One row in `intents` says what is to be done to one thing (`intentId`), by whom (`owner`, new for
 * each attempt) and until when the others keep away (`leaseUntil`). It is taken by one atomic
 * upsert, before the first step; every step is idempotent; it is marked done last. Whoever meets an
 * intent whose lease ran out finishes its steps first: the next caller on the same thing, a
 * starting store, and the sweep. So at most one change of a thing is under way, and one that a
 * crash interrupted is completed.
 *
 * The row stays when the work is done (`kind` = done) and is used again: a conditional DELETE is no
 * compare-and-set on CrateDB, an UPDATE by whole key with CASE is.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { MlflowError } from '../../domain/errors.js';
import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';

/** Idempotent: it may run again, in another process, after any of its statements. */
export type IntentHandler = (payload: string) => Promise<void>;

export interface Intents {
  /**
   * Does the work of `kind` under an intent, after any other that stands on the same thing.
   * `check` runs once the intent is held, before the first step; when it throws, nothing was done.
   */
  run(intent: IntentRequest, check?: () => Promise<void>): Promise<void>;
  /** Finishes every intent whose lease ran out; answers how many. */
  finishAbandoned(): Promise<number>;
}

export interface IntentRequest {
  /** Names the thing that is changed, e.g. `experiment-lifecycle:7`. */
  readonly intentId: string;
  readonly kind: string;
  readonly payload: string;
}

export interface IntentsOptions {
  readonly handlers: Readonly<Record<string, IntentHandler>>;
  /** How long the others keep away. Longer than any one step takes. Default: 30,000. */
  readonly leaseMs?: number;
}

interface IntentRow {
  readonly intent_id: string;
  readonly kind: string;
  readonly payload: string;
  readonly owner: string;
  readonly lease_until: Int64;
}

const DONE = 'done';
const POLL_MS = 50;

export function createIntents(context: StoreContext, options: IntentsOptions): Intents {
  const { db } = context;
  const leaseMs = options.leaseMs ?? 30_000;

  /** One atomic upsert: it takes the row if nobody's work stands there, and tells what stands. */
  async function take(intent: IntentRequest, owner: string): Promise<IntentRow> {
    const now = context.now();
    return db
      .insertInto('intents')
      .values({
        intent_id: intent.intentId,
        kind: intent.kind,
        payload: intent.payload,
        owner,
        lease_until: now + leaseMs,
        created_at: now,
      })
      .onConflict((conflict) =>
        conflict.column('intent_id').doUpdateSet((eb) => {
          const ifFree = <Column extends 'kind' | 'payload' | 'owner' | 'lease_until' | 'created_at'>(
            column: Column,
          ) =>
            eb
              .case()
              .when('intents.kind', '=', DONE)
              .then(eb.ref(`excluded.${column}`))
              .else(eb.ref(`intents.${column}`))
              .end();
          return {
            kind: ifFree('kind'),
            payload: ifFree('payload'),
            owner: ifFree('owner'),
            lease_until: ifFree('lease_until'),
            created_at: ifFree('created_at'),
          };
        }),
      )
      .returning(['intent_id', 'kind', 'payload', 'owner', 'lease_until'])
      .executeTakeFirstOrThrow();
  }

  /** Compare-and-set of the owner; false where another was faster. */
  async function takeOver(row: IntentRow, owner: string): Promise<boolean> {
    const now = context.now();
    const standing = await db
      .updateTable('intents')
      .set((eb) => ({
        owner: eb
          .case()
          .when('owner', '=', row.owner)
          .then(owner)
          .else(eb.ref('owner'))
          .end(),
        lease_until: eb
          .case()
          .when('owner', '=', row.owner)
          .then(eb.val<Int64>(now + leaseMs))
          .else(eb.ref('lease_until'))
          .end(),
      }))
      .where('intent_id', '=', row.intent_id)
      .returning('owner')
      .executeTakeFirst();
    return standing?.owner === owner;
  }

  /** Marks the work done, unless another took it over in the meantime. */
  async function release(intentId: string, owner: string): Promise<void> {
    await db
      .updateTable('intents')
      .set((eb) => ({
        kind: eb.case().when('owner', '=', owner).then(DONE).else(eb.ref('kind')).end(),
      }))
      .where('intent_id', '=', intentId)
      .execute();
  }

  async function handle(kind: string, payload: string): Promise<void> {
    const handler = options.handlers[kind];
    if (handler === undefined) {
      throw new MlflowError(
        'INTERNAL_ERROR',
        `An unfinished change of the kind '${kind}' was left by a newer version; it can be finished only there.`,
      );
    }
    await handler(payload);
  }

  async function finish(row: IntentRow): Promise<boolean> {
    const owner = randomUUID();
    if (!(await takeOver(row, owner))) return false;
    await handle(row.kind, row.payload);
    await release(row.intent_id, owner);
    return true;
  }

  return {
    async run(intent, check) {
      const owner = randomUUID();
      for (;;) {
        const standing = await take(intent, owner);
        if (standing.owner === owner) break;
        if (standing.lease_until < context.now()) await finish(standing);
        else await sleep(POLL_MS);
      }
      try {
        await check?.();
      } catch (error) {
        await release(intent.intentId, owner);
        throw error;
      }
      await handle(intent.kind, intent.payload);
      await release(intent.intentId, owner);
    },

    async finishAbandoned() {
      const rows = await db
        .selectFrom('intents')
        .select(['intent_id', 'kind', 'payload', 'owner', 'lease_until'])
        .where('kind', '!=', DONE)
        .where('lease_until', '<', context.now())
        .execute();
      let finished = 0;
      for (const row of rows) {
        if (options.handlers[row.kind] !== undefined && (await finish(row))) finished += 1;
      }
      return finished;
    },
  };
}
