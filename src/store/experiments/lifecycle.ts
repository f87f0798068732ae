/**
 * Delete and restore of an experiment: its row, then all its runs, as one intent (see
 * ../sql/intents.ts), since no statement can do both. Neither write says what it expects to stand,
 * so that each is made only with the lease at hand: a late one would undo a change that came after.
 */
import type { Int64 } from '../../domain/int64.js';
import { noSuchExperiment } from '../../domain/index.js';
import type { StoreContext } from '../context.js';
import type { IntentHandler, Intents } from '../sql/intents.js';
import { laterThanLastUpdate } from './rename.js';
import { readVisibleExperimentRow } from './rows.js';

const DELETE = 'delete-experiment';
const RESTORE = 'restore-experiment';

interface Payload {
  readonly experimentId: string;
  /** When it was asked for, ms since the epoch. */
  readonly time: number;
}

export function lifecycleIntentHandlers(
  context: StoreContext,
): Readonly<Record<string, IntentHandler>> {
  return {
    [DELETE]: async (payload, lease) => {
      const { experimentId, time } = JSON.parse(payload) as Payload;
      await lease.renew();
      await setStage(context, BigInt(experimentId), 'deleted', time);
      await lease.renew();
      await context.db
        .updateTable('runs')
        .set({ lifecycle_stage: 'deleted', deleted_time: time })
        .where('experiment_id', '=', BigInt(experimentId))
        .where('lifecycle_stage', '=', 'active')
        .execute();
    },
    [RESTORE]: async (payload, lease) => {
      const { experimentId, time } = JSON.parse(payload) as Payload;
      await lease.renew();
      await setStage(context, BigInt(experimentId), 'active', time);
      await lease.renew();
      await context.db
        .updateTable('runs')
        .set({ lifecycle_stage: 'active', deleted_time: null })
        .where('experiment_id', '=', BigInt(experimentId))
        .where('lifecycle_stage', '=', 'deleted')
        .execute();
    },
  };
}

export async function deleteExperiment(
  context: StoreContext,
  intents: Intents,
  experimentId: Int64,
): Promise<void> {
  await intents.run(intentOf(context, DELETE, experimentId), async () => {
    const row = await readVisibleExperimentRow(context, experimentId);
    if (row?.lifecycle_stage !== 'active') throw noSuchExperiment(experimentId);
  });
}

export async function restoreExperiment(
  context: StoreContext,
  intents: Intents,
  experimentId: Int64,
): Promise<void> {
  await intents.run(intentOf(context, RESTORE, experimentId), async () => {
    const row = await readVisibleExperimentRow(context, experimentId);
    if (row?.lifecycle_stage !== 'deleted') throw noSuchExperiment(experimentId);
  });
}

function intentOf(context: StoreContext, kind: string, experimentId: Int64) {
  const payload: Payload = { experimentId: String(experimentId), time: context.now() };
  return {
    intentId: `experiment-lifecycle:${String(experimentId)}`,
    kind,
    payload: JSON.stringify(payload),
  };
}

async function setStage(
  context: StoreContext,
  experimentId: Int64,
  stage: 'active' | 'deleted',
  time: number,
): Promise<void> {
  await context.db
    .updateTable('experiments')
    .set({ lifecycle_stage: stage, last_update_time: laterThanLastUpdate(time) })
    .where('experiment_id', '=', experimentId)
    .execute();
}
