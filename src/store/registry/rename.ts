/**
 * Rename and delete of a model: many rows in five tables, as intents (../sql/intents.ts), since no
 * statement can do it. Both exclude each other by the model's name.
 *
 * ```
 * rename A -> B, each attempt with a generation g' of its own, of A's tenure g
 *  1 A: live | moving -> moving, to B as g'       from here on writers wait
 *  2 B: claimed as arriving, from A as g          refused where B is borne: A is live again
 *  3 rows copied under B, as g'                   not seen: nobody sees g'; refused where another
 *                                                 program has B: B is free, A is live again
 *  4 the counter                                  searches that ran beside 2 and 3 begin again
 *  5 A: moving -> moved, if still to g'           the switch: A is hidden, B is seen
 *  6 the counter                                  searches that ran beside 5 begin again
 *  7 B: arriving -> live
 *  8 rows under A removed
 *  9 A: moved -> free
 *
 * delete A, of its tenure g
 *  1 A: live -> deleting                          hidden
 *  2 the counter
 *  3 rows under A removed
 *  4 A: deleting -> free
 * ```
 *
 * An attempt that was taken for dead fails at 5, since the next one has moved A to a generation of
 * its own in 1; its copies never replace those of the next, which are of a later generation.
 */
import type { Int64 } from '../../domain/int64.js';
import {
  checkModelName,
  noSuchRegisteredModel,
  renameTargetTaken,
} from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import { type IntentHandler, type Intents, LeaseLostError } from '../sql/intents.js';
import { copyRows } from './copy-rows.js';
import { nextEpoch } from './epoch.js';
import { awaitName, GivenUpCreators, isBorne } from './create.js';
import {
  changeName,
  claimName,
  findModel,
  nameIntentId,
  type NameRow,
  nextGeneration,
  readName,
  type Tenure,
} from './names.js';
import { removeRows } from './remove-rows.js';
import { runOnTenure } from './run-on-tenure.js';
import { touchAll } from './touch.js';
import { versionsOf } from './version-numbers.js';

const RENAME = 'rename-registered-model';
const DELETE = 'delete-registered-model';

interface RenamePayload extends DeletePayload {
  readonly newName: string;
  /** When it was asked for, ms since the epoch. */
  readonly time: number;
}

interface DeletePayload {
  readonly name: string;
  /** As text: JSON has no 64-bit integers. */
  readonly generation: string;
}

/** @param intentsOf the intents that the handlers belong to. */
export function renameIntentHandlers(
  context: StoreContext,
  intentsOf: () => Intents,
): Readonly<Record<string, IntentHandler>> {
  return {
    [RENAME]: async (text, lease) => {
      const { name, newName, time, ...payload } = JSON.parse(text) as RenamePayload;
      const old = { name, generation: generationOf(payload.generation) };
      let row = await readName(context, name);
      if (row?.generation !== old.generation) return;
      if (row.state === 'live' || row.state === 'moving') {
        const renew = () => lease.renew();
        row = await moveName(context, intentsOf(), { old: row, newName, time, renew });
      }
      if (row.state !== 'moved' || row.peer_generation === null) return;
      await nextEpoch(context);
      await changeName(context, newName, {
        generation: row.peer_generation,
        from: 'arriving',
        to: 'live',
        peer: null,
      });
      await lease.renew();
      await removeRows(context, name, old.generation);
      await changeName(context, name, { generation: old.generation, from: 'moved', to: 'free' });
    },

    [DELETE]: async (text, lease) => {
      const { name, ...payload } = JSON.parse(text) as DeletePayload;
      const generation = generationOf(payload.generation);
      const row = await changeName(context, name, {
        generation,
        from: 'live',
        to: 'deleting',
        peer: null,
      });
      if (row?.generation !== generation || row.state !== 'deleting') return;
      await nextEpoch(context);
      await lease.renew();
      await removeRows(context, name, generation);
      const numbers = versionsOf(row.model_id);
      await context.db.deleteFrom('sequences').where('name', '=', numbers).execute();
      await changeName(context, name, { generation, from: 'deleting', to: 'free' });
    },
  };
}

interface Move {
  readonly old: NameRow;
  readonly newName: string;
  readonly time: number;
  readonly renew: () => Promise<void>;
}

/**
 * Steps 1 to 5. Answers what stands in the old name's row.
 * @throws RESOURCE_ALREADY_EXISTS where the new name is borne; then nothing has changed.
 */
async function moveName(
  context: StoreContext,
  intents: Intents,
  { old, newName, time, renew }: Move,
): Promise<NameRow> {
  const { name, generation } = old;
  const arriving = await nextGeneration(context);
  const marked = await changeName(context, name, {
    generation,
    from: old.state,
    ...(old.peer_generation === null ? {} : { fromPeerGeneration: old.peer_generation }),
    to: 'moving',
    peer: { name: newName, generation: arriving },
  });
  if (marked?.state !== 'moving' || marked.peer_generation !== arriving) {
    throw new LeaseLostError(`The rename of the model '${name}' was taken over.`);
  }
  const claimed = await claimArrival(context, intents, old, newName, arriving);
  // The name had another model since the generation was taken.
  if (claimed === 'late') return moveName(context, intents, { old: marked, newName, time, renew });
  const isCopied =
    claimed === 'claimed' &&
    (await copyRows(
      context,
      { name, generation },
      { name: newName, generation: arriving },
      { time, renew },
    ));
  if (!isCopied) {
    if (claimed === 'claimed') await leaveName(context, newName, arriving);
    await changeName(context, name, {
      generation,
      from: 'moving',
      fromPeerGeneration: arriving,
      to: 'live',
      peer: null,
    });
    throw renameTargetTaken(newName);
  }
  await nextEpoch(context);
  await renew();
  const switched = await changeName(context, name, {
    generation,
    from: 'moving',
    fromPeerGeneration: arriving,
    to: 'moved',
  });
  if (switched === undefined || switched.peer_generation !== arriving) {
    throw new LeaseLostError(`The rename of the model '${name}' was taken over.`);
  }
  return switched;
}

/** Another program has the name: what was copied there is removed, and the claim given up. */
async function leaveName(context: StoreContext, name: string, arriving: Int64): Promise<void> {
  await removeRows(context, name, arriving);
  await changeName(context, name, {
    generation: arriving,
    from: 'arriving',
    to: 'free',
    peer: null,
  });
}

/** `borne`: another model has the name. `late`: a later generation had it. */
async function claimArrival(
  context: StoreContext,
  intents: Intents,
  old: NameRow,
  newName: string,
  generation: Int64,
): Promise<'claimed' | 'borne' | 'late'> {
  const claim = {
    name: newName,
    generation,
    state: 'arriving',
    model_id: old.model_id,
    peer: old.name,
    peer_generation: old.generation,
  } as const;
  const givenUp = new GivenUpCreators();
  for (;;) {
    const standing = await claimName(context, claim, givenUp.generation);
    if (standing.generation === generation) return 'claimed';
    const isOfEarlierAttempt =
      standing.state === 'arriving' &&
      standing.peer === old.name &&
      standing.peer_generation === old.generation;
    if (isOfEarlierAttempt) {
      if (standing.generation > generation) {
        throw new LeaseLostError(`The rename of the model '${old.name}' was taken over.`);
      }
      givenUp.generation = standing.generation;
    } else if (await isBorne(context, standing)) {
      return 'borne';
    } else if (standing.generation > generation) {
      return 'late';
    } else {
      await awaitName(context, intents, standing, givenUp);
    }
  }
}

/** Ends with the new name seen and the old one free. */
export async function renameRegisteredModel(
  context: StoreContext,
  intents: Intents,
  name: string,
  requestedName: string,
): Promise<string> {
  const newName = checkModelName(requestedName, 'new_name');
  checkModelName(name);
  for (;;) {
    const model = await steadyModel(context, intents, name);
    if (newName === name) {
      await touchAll(context, model);
      return newName;
    }
    const target = await findModel(context, newName);
    if (target !== undefined) throw renameTargetTaken(newName);
    const payload: RenamePayload = {
      name,
      newName,
      generation: String(model.generation),
      time: context.now(),
    };
    if (await change(context, intents, RENAME, model, payload)) return newName;
  }
}

export async function deleteRegisteredModel(
  context: StoreContext,
  intents: Intents,
  name: string,
): Promise<void> {
  checkModelName(name);
  for (;;) {
    const model = await steadyModel(context, intents, name);
    const payload: DeletePayload = { name, generation: String(model.generation) };
    if (await change(context, intents, DELETE, model, payload)) return;
  }
}

/** Answers false where another change of the name came before: look again. */
function change(
  context: StoreContext,
  intents: Intents,
  kind: string,
  model: Tenure,
  payload: DeletePayload,
): Promise<boolean> {
  const intentId = nameIntentId(context, model.name);
  return runOnTenure(intents, { intentId, kind, payload: JSON.stringify(payload) }, async () => {
    const row = await readName(context, model.name);
    return row?.generation === model.generation && row.state === 'live';
  });
}

/** The model under the name, after any change of it that is under way. */
async function steadyModel(
  context: StoreContext,
  intents: Intents,
  name: string,
): Promise<Tenure> {
  for (;;) {
    const row = await readName(context, name);
    switch (row?.state) {
      case 'live':
        return { name, generation: row.generation, modelId: row.model_id, isMoving: false };
      case 'moving':
        await intents.settle(nameIntentId(context, name));
        break;
      case 'arriving':
        await intents.settle(nameIntentId(context, row.peer ?? ''));
        break;
      default:
        throw noSuchRegisteredModel(name);
    }
  }
}

function generationOf(text: string): Int64 {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
