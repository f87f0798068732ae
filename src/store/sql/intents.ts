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
 * How to use it for work of your own:
 * 1. Name the thing, so that all that must exclude each other has one `intentId`.
 * 2. Write the handler: it gets the payload alone, may be run again from the start after any of its
 *    statements, and looks at what stands before each step. Its visible step writes a single row.
 * 3. A handler of several statements calls `lease.renew()` between them, and before the first if that
 *    is no compare-and-set: it ends an owner that was taken for dead. A single statement must take
 *    less than a lease, and the clocks of the servers may differ by no more than what is left of it;
 *    a step that could still harm when it comes too late must be a compare-and-set.
 * 4. What the handler can't do, and has undone, it says by throwing an MlflowError: then nothing is
 *    left of the intent.
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
export type IntentHandler = (payload: string, lease: Lease) => Promise<void>;

export interface Lease {
  /**
   * Keeps the others away for another while; called between the steps.
   * @throws LeaseLostError where another has taken the work over: stop at once.
   */
  renew(): Promise<void>;
}

/** Another finishes the work: this process was too slow, or was taken for dead. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export interface Intents {
  /**
   * Does the work of `kind` under an intent, after any other that stands on the same thing.
   * `check` runs once the intent is held, before the first step; when it throws, nothing was done.
   * Returns when the work is done, whoever did it.
   */
  run(intent: IntentRequest, check?: () => Promise<void>): Promise<void>;
  /**
   * Returns when no work stands on the thing: waits for what is under way, finishes what was left.
   */
  settle(intentId: string): Promise<void>;
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

const INTENT_COLUMNS = ['intent_id', 'kind', 'payload', 'owner', 'lease_until'] as const;
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
      .returning(INTENT_COLUMNS)
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

  /** Does the work that the owner holds; what the handler refused leaves nothing behind. */
  async function work(intent: IntentRequest, owner: string): Promise<void> {
    const handler = options.handlers[intent.kind];
    if (handler === undefined) {
      throw new MlflowError(
        'INTERNAL_ERROR',
        `An unfinished change of the kind '${intent.kind}' was left by a newer version; it can be finished only there.`,
      );
    }
    try {
      await handler(intent.payload, { renew: () => renew(intent.intentId, owner) });
    } catch (error) {
      if (error instanceof MlflowError) await release(intent.intentId, owner);
      throw error;
    }
    await release(intent.intentId, owner);
  }

  async function renew(intentId: string, owner: string): Promise<void> {
    const until = context.now() + leaseMs;
    const standing = await db
      .updateTable('intents')
      .set((eb) => ({
        lease_until: eb
          .case()
          .when(eb.and([eb('owner', '=', owner), eb('kind', '!=', DONE)]))
          .then(eb.val<Int64>(until))
          .else(eb.ref('lease_until'))
          .end(),
      }))
      .where('intent_id', '=', intentId)
      .returning(['owner', 'kind'])
      .executeTakeFirst();
    if (standing?.owner !== owner || standing.kind === DONE) {
      throw new LeaseLostError(`The work '${intentId}' was taken over by another process.`);
    }
  }

  /** Takes over what a dead owner left; answers whether it was finished here. */
  async function finish(row: IntentRow): Promise<boolean> {
    const owner = randomUUID();
    if (!(await takeOver(row, owner))) return false;
    try {
      await work({ intentId: row.intent_id, kind: row.kind, payload: row.payload }, owner);
      return true;
    } catch (error) {
      if (error instanceof LeaseLostError) return false;
      // Refused: it is for the caller to hear, who is gone.
      if (error instanceof MlflowError && options.handlers[row.kind] !== undefined) return true;
      throw error;
    }
  }

  async function settle(intentId: string): Promise<void> {
    for (;;) {
      const row = await db
        .selectFrom('intents')
        .select(INTENT_COLUMNS)
        .where('intent_id', '=', intentId)
        .executeTakeFirst();
      if (row === undefined || row.kind === DONE) return;
      if (row.lease_until < context.now()) await finish(row);
      else await sleep(POLL_MS);
    }
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
      try {
        await work(intent, owner);
      } catch (error) {
        if (!(error instanceof LeaseLostError)) throw error;
        await settle(intent.intentId);
      }
    },

    settle,

    async finishAbandoned() {
      const rows = await db
        .selectFrom('intents')
        .select(INTENT_COLUMNS)
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
