/**
 * Models that another program wrote into MLflow's tables, which knows nothing of tenures: their
 * rows have no generation and are not seen. They are taken in when a store starts, by the sweep
 * (adopt.ts), and here, when somebody asks for one or wants its name.
 *
 * A row without a generation is never removed, nor replaced but by who sets the same tag or alias
 * of the same model. The row of `registered_models` decides who has a name that nobody bears: its
 * key is all that the other program asks for, and an upsert of ours keeps it and hears of it.
 *
 * Taking a name in is an intent on the name, as a rename and a delete are: no row is given to a
 * tenure whose rows are being copied or removed. Its steps:
 *
 * 1. the name: claimed as `creating`, with itself as `peer`; who finds it so later goes on with it
 * 2. all rows of the name that have no generation get that of the claim
 * 3. the version numbers go on after the highest
 * 4. the name: creating -> live
 *
 * Where a model of ours bears the name, only 2 and 3, with its generation.
 */
import { MlflowError } from '../../domain/errors.js';
import { checkVersionNumber, noSuchAlias } from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import type { IntentHandler, Intents, Lease } from '../sql/intents.js';
import {
  changeName,
  claimName,
  isBeingTakenIn,
  nameIntentId,
  type NameRow,
  newModelId,
  nextGeneration,
  readName,
} from './names.js';
import {
  readAnyAliasRow,
  readAnyModelRow,
  readAnyVersionRow,
  TENURE_TABLES,
} from './rows.js';
import { stampRows } from './stamp.js';
import { skipTakenVersions } from './version-numbers.js';

const TAKE_IN = 'take-in-registered-model';

/** What somebody asked for. */
export interface ModelKey {
  readonly name: string;
  readonly version?: string | number | undefined;
  readonly alias?: string | undefined;
}

/**
 * Runs the call; where it finds no such model, version or alias, but another program wrote it,
 * takes it in, unless somebody else just has, and runs the call again. What is found costs nothing.
 */
export async function orTakenIn<Result>(
  context: StoreContext,
  intents: Intents,
  key: ModelKey,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!isMissing(error, key)) throw error;
    const found = await lookFor(context, key);
    if (found === 'nothing') throw error;
    if (found === 'foreign') await takeIn(context, intents, key.name);
    return call();
  }
}

function isMissing(error: unknown, { alias }: ModelKey): boolean {
  if (!(error instanceof MlflowError)) return false;
  if (error.errorCode === 'RESOURCE_DOES_NOT_EXIST') return true;
  return alias !== undefined && error.message === noSuchAlias(alias).message;
}

/**
 * By whole primary keys. `ours`: all that was asked for has been taken in since it was missed. The
 * rows are read before the name: a row is given to a claim that stands already, so that whoever
 * sees it given away sees the claim too.
 */
async function lookFor(
  context: StoreContext,
  { name, version, alias }: ModelKey,
): Promise<'foreign' | 'ours' | 'nothing'> {
  const number = version === undefined ? undefined : checkVersionNumber(version);
  const rows = await Promise.all([
    readAnyModelRow(context, name),
    ...(number === undefined ? [] : [readAnyVersionRow(context, name, number)]),
    ...(alias === undefined ? [] : [readAnyAliasRow(context, name, alias)]),
  ]);
  const standing = await readName(context, name);
  if (isBeingTakenIn(standing) || rows.some((row) => row?.generation === null)) return 'foreign';
  if (standing === undefined) return 'nothing';
  return rows.every((row) => row?.generation === standing.generation) ? 'ours' : 'nothing';
}

/** Whether rows of the name that have no generation belong to a model now. */
export async function isToBeTakenIn(context: StoreContext, name: string): Promise<boolean> {
  const standing = await readName(context, name);
  if (standing?.state === 'live' || isBeingTakenIn(standing)) return true;
  return isClaimable(standing) && (await readAnyModelRow(context, name))?.generation === null;
}

/** Of any other state, the rows of a rename or a delete are under way. */
function isClaimable(standing: NameRow | undefined): boolean {
  return standing === undefined || standing.state === 'free' || standing.state === 'creating';
}

/** Takes in what another program wrote under the name. Safe to repeat, also by many at once. */
export function takeIn(context: StoreContext, intents: Intents, name: string): Promise<void> {
  const payload: TakeInPayload = { name };
  return intents.run({
    intentId: nameIntentId(context, name),
    kind: TAKE_IN,
    payload: JSON.stringify(payload),
  });
}

interface TakeInPayload {
  readonly name: string;
}

export function takeInIntentHandlers(
  context: StoreContext,
): Readonly<Record<string, IntentHandler>> {
  return {
    [TAKE_IN]: async (text, lease) => {
      const { name } = JSON.parse(text) as TakeInPayload;
      const standing = await readName(context, name);
      if (standing?.state === 'live') {
        await takeRowsIn(context, standing, lease);
        return;
      }
      const claim = isBeingTakenIn(standing)
        ? standing
        : await claimForeign(context, name, standing);
      if (claim === undefined) return;
      await takeRowsIn(context, claim, lease);
      // The other program may have deleted its model meanwhile.
      const row = await readAnyModelRow(context, name);
      await changeName(context, name, {
        generation: claim.generation,
        from: 'creating',
        to: row?.generation === claim.generation ? 'live' : 'free',
        peer: null,
      });
    },
  };
}

/** `undefined` where another program has no model of that name, or where it must wait. */
async function claimForeign(
  context: StoreContext,
  name: string,
  standing: NameRow | undefined,
): Promise<NameRow | undefined> {
  if (!isClaimable(standing)) return undefined;
  const row = await readAnyModelRow(context, name);
  // Rows of no model are nobody's.
  if (row?.generation !== null) return undefined;
  const generation = await nextGeneration(context);
  const claim = await claimName(
    context,
    {
      name,
      generation,
      state: 'creating',
      model_id: newModelId(),
      peer: name,
      peer_generation: null,
    },
    // A creator, dead or alive, whose row didn't replace the other program's, and who will see it.
    standing?.state === 'creating' ? standing.generation : undefined,
  );
  return claim.generation === generation ? claim : undefined;
}

async function takeRowsIn(context: StoreContext, row: NameRow, lease: Lease): Promise<void> {
  const model = { name: row.name, generation: row.generation, modelId: row.model_id };
  await lease.renew();
  await Promise.all(TENURE_TABLES.map((table) => stampRows(context, table, model)));
  await lease.renew();
  await skipTakenVersions(context, model);
}
