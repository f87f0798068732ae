/**
 * Unique experiment names without a unique constraint.
 *
 * A row of `experiment_names` is a *claim*: (workspace, name) → the experiment that may bear the
 * name. Writers go by the claim, readers by the experiment's row, which says what it is called.
 * What always holds: an experiment called N is the one that the claim on N points to. So two
 * experiments can't have one name, whoever dies wherever.
 *
 * A claim may point to an experiment that does not bear its name: its creator or renamer is still
 * under way or died, or the experiment was renamed since. Then another may take the claim over, but
 * only after it has made sure that the one before can't finish any more:
 * - a creator writes its row with ON CONFLICT DO NOTHING; whoever gives up on it first puts a
 *   void row in that place;
 * - a renamer writes the name only if the row's `last_update_time` is still what it read before it
 *   claimed; whoever gives up on it first moves that time on by 1 ms.
 * Then the claim itself is moved by compare-and-set on its token, which every claimer renews.
 * Correctness never depends on time; waiting only spares a creator that is still under way.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';

import { experimentNameTaken } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { type ExperimentRow, readExperimentRow, VOID_STAGE } from './rows.js';

export interface NameClaim {
  readonly experiment_id: Int64;
  /** New with each attempt to take or renew the claim. */
  readonly token: string;
}

/** How long a creator whose row is missing is waited for before it is given up on. */
const CREATOR_PATIENCE_MS = 2_000;
const POLL_MS = 20;

export function newToken(): string {
  return randomUUID();
}

/** The claim on a name, by primary key. */
export async function readClaim(
  context: StoreContext,
  name: string,
): Promise<NameClaim | undefined> {
  return context.db
    .selectFrom('experiment_names')
    .select(['experiment_id', 'token'])
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .executeTakeFirst();
}

/**
 * Claims a name in one atomic statement and answers the claim that stands: `claim` itself, or that
 * of another experiment. A claim of the same experiment gets the new token.
 */
export async function claimName(
  context: StoreContext,
  name: string,
  claim: NameClaim,
): Promise<NameClaim> {
  return context.db
    .insertInto('experiment_names')
    .values({ workspace: context.workspace, name, ...claim })
    .onConflict((conflict) =>
      conflict.columns(['workspace', 'name']).doUpdateSet((eb) => ({
        token: eb
          .case()
          .when('experiment_names.experiment_id', '=', eb.ref('excluded.experiment_id'))
          .then(eb.ref('excluded.token'))
          .else(eb.ref('experiment_names.token'))
          .end(),
      })),
    )
    .returning(['experiment_id', 'token'])
    .executeTakeFirstOrThrow();
}

/** Whether the row bears the name, as a visible experiment. */
export function bears(row: ExperimentRow | undefined, name: string): boolean {
  return row?.name === name && row.lifecycle_stage !== VOID_STAGE;
}

/**
 * Moves a claim that another experiment holds, but doesn't bear, to `claim`.
 * Answers false where somebody else was faster: look again at what stands.
 * @throws RESOURCE_ALREADY_EXISTS when the holder does bear the name.
 */
export async function takeOverClaim(
  context: StoreContext,
  name: string,
  seen: NameClaim,
  claim: NameClaim,
): Promise<boolean> {
  const holder = await awaitHolder(context, seen.experiment_id);
  if (bears(holder, name)) throw experimentNameTaken(name);
  if (holder === undefined) {
    if (!(await voidExperimentId(context, seen.experiment_id))) return false;
  } else if (holder.lifecycle_stage !== VOID_STAGE) {
    const standing = await fenceRename(context, seen.experiment_id, name);
    if (standing === name) throw experimentNameTaken(name);
  }
  return moveClaim(context, name, seen, claim);
}

/** The holder's row, waiting for a creator that is between its claim and its row. */
async function awaitHolder(
  context: StoreContext,
  experimentId: Int64,
): Promise<ExperimentRow | undefined> {
  for (let waited = 0; ; waited += POLL_MS) {
    const row = await readExperimentRow(context, experimentId);
    if (row !== undefined || waited >= CREATOR_PATIENCE_MS) return row;
    await sleep(POLL_MS);
  }
}

/** Puts a void row where a creator's row is missing; false where its row came in the meantime. */
async function voidExperimentId(context: StoreContext, experimentId: Int64): Promise<boolean> {
  const inserted = await context.db
    .insertInto('experiments')
    .values({
      experiment_id: experimentId,
      name: '',
      lifecycle_stage: VOID_STAGE,
      workspace: context.workspace,
    })
    .onConflict((conflict) => conflict.column('experiment_id').doNothing())
    .returning('experiment_id')
    .execute();
  return inserted.length === 1;
}

/** Makes a rename to `name` that is under way fail its compare-and-set; answers the name that stands. */
async function fenceRename(
  context: StoreContext,
  experimentId: Int64,
  name: string,
): Promise<string | undefined> {
  const row = await context.db
    .updateTable('experiments')
    .set((eb) => ({
      last_update_time: eb
        .case()
        .when('name', '=', name)
        .then(eb.ref('last_update_time'))
        .else(sql<Int64>`coalesce(last_update_time, 0) + 1`)
        .end(),
    }))
    .where('experiment_id', '=', experimentId)
    .returning('name')
    .executeTakeFirst();
  return row?.name;
}

async function moveClaim(
  context: StoreContext,
  name: string,
  seen: NameClaim,
  claim: NameClaim,
): Promise<boolean> {
  const standing = await context.db
    .updateTable('experiment_names')
    .set((eb) => ({
      experiment_id: eb
        .case()
        .when('token', '=', seen.token)
        .then(eb.val(claim.experiment_id))
        .else(eb.ref('experiment_id'))
        .end(),
      token: eb
        .case()
        .when('token', '=', seen.token)
        .then(claim.token)
        .else(eb.ref('token'))
        .end(),
    }))
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .returning('token')
    .executeTakeFirst();
  return standing?.token === claim.token;
}
