import { setTimeout as sleep } from 'node:timers/promises';

import type { CreateRegisteredModel, RegisteredModel } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import {
  checkCreateRegisteredModel,
  hasPromptTag,
  modelNameTaken,
} from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import { modelCreated } from '../../domain/webhooks/index.js';
import type { Intents } from '../sql/intents.js';
import type { Note, Outbox } from '../webhooks/outbox.js';
import { modelProof } from '../webhooks/settle-pending.js';
import {
  arrivalOf,
  changeName,
  claimName,
  isBeingTakenIn,
  nameIntentId,
  type NameRow,
  newModelId,
  nextGeneration,
  readName,
} from './names.js';
import { newerTenureWins } from './newer-tenure-wins.js';
import { type ModelRow, readAnyModelRow, toRegisteredModel } from './rows.js';
import { readModelTags, writeModelTags } from './tags.js';
import { takeIn } from './take-in.js';

/**
 * Sequence, claim, row, tags, then the claim is shown. A crash before that leaves nothing to be
 * seen; the next creator of the name waits 2 s and takes it over. A model that another program made
 * has the name: it is taken in, and stays as it is.
 */
export function createRegisteredModel(
  context: StoreContext,
  intents: Intents,
  outbox: Outbox,
  request: CreateRegisteredModel,
): Promise<RegisteredModel> {
  return outbox.record((note) => create(context, intents, note, request));
}

async function create(
  context: StoreContext,
  intents: Intents,
  note: Note,
  request: CreateRegisteredModel,
): Promise<RegisteredModel> {
  const { name, tags, description } = checkCreateRegisteredModel(request);
  const modelId = newModelId();
  const givenUp = new GivenUpCreators();
  for (;;) {
    const [generation, existing] = await Promise.all([
      nextGeneration(context),
      readAnyModelRow(context, name),
    ]);
    if (existing?.generation === null) await takeIn(context, intents, name);
    const standing = await claimName(
      context,
      { name, generation, state: 'creating', model_id: modelId, peer: null, peer_generation: null },
      givenUp.generation,
    );
    if (standing.generation !== generation) {
      if (await isBorne(context, standing)) {
        const [existingTags] = (await readModelTags(context, [standing.generation])).values();
        throw modelNameTaken(name, {
          standing: hasPromptTag(existingTags ?? []) ? 'prompt' : 'model',
          wanted: hasPromptTag(tags) ? 'prompt' : 'model',
        });
      }
      await awaitName(context, intents, standing, givenUp);
      continue;
    }
    const now = context.now();
    const row: ModelRow = {
      name,
      generation,
      creation_time: now,
      last_updated_time: now,
      description: description ?? null,
    };
    const [isWritten] = await Promise.all([
      writeModelRow(context, row),
      note({
        modelId,
        events: ['registered_model.created', 'prompt.created'],
        describe: () => modelCreated(request),
        proof: modelProof(name, generation),
      }),
    ]);
    if (!isWritten) {
      // Another program made the model since it was looked for.
      givenUp.generation = generation;
      continue;
    }
    // After the row: until it is won, the tags under the name may be another model's.
    await writeModelTags(context, { name, generation }, tags);
    const shown = await changeName(context, name, { generation, from: 'creating', to: 'live' });
    if (shown?.generation === generation) {
      return toRegisteredModel(row, { tags, aliases: [], latestVersions: [] });
    }
    // Another gave up on this creation and has the name: it will say so.
  }
}

/** The creators of a name that one has waited for long enough. */
export class GivenUpCreators {
  /** The one that may be replaced. */
  generation: Int64 | undefined;
  readonly patienceMs = 2_000;
  readonly pollMs = 20;
}

/** Whether a model is seen under the name. */
export async function isBorne(context: StoreContext, row: NameRow): Promise<boolean> {
  if (row.state === 'live' || row.state === 'moving') return true;
  if (row.state !== 'arriving') return false;
  return arrivalOf(row, await readName(context, row.peer ?? '')) === 'shown';
}

/** Waits for whoever holds a name without bearing it, or finishes what it left. */
export async function awaitName(
  context: StoreContext,
  intents: Intents,
  row: NameRow,
  givenUp: GivenUpCreators,
): Promise<void> {
  switch (row.state) {
    case 'creating':
      if (isBeingTakenIn(row)) return takeIn(context, intents, row.name);
      for (let waited = 0; waited < givenUp.patienceMs; waited += givenUp.pollMs) {
        await sleep(givenUp.pollMs);
        const now = await readName(context, row.name);
        if (now?.generation !== row.generation || now.state !== 'creating') return;
      }
      givenUp.generation = row.generation;
      return;
    case 'arriving':
      return intents.settle(nameIntentId(context, row.peer ?? ''));
    case 'moved':
    case 'deleting':
      return intents.settle(nameIntentId(context, row.name));
    default:
  }
}

/**
 * The row of a model that is not seen yet. Answers false where another program's model stands: of
 * the two, it was first.
 */
async function writeModelRow(context: StoreContext, row: ModelRow): Promise<boolean> {
  const columns = ['creation_time', 'last_updated_time', 'description'] as const;
  const standing = await context.db
    .insertInto('registered_models')
    .values({ workspace: context.workspace, ...row })
    .onConflict((conflict) =>
      conflict
        .columns(['workspace', 'name'])
        .doUpdateSet(newerTenureWins('registered_models', columns, { foreign: 'kept' })),
    )
    .returning('generation')
    .executeTakeFirstOrThrow();
  return standing.generation !== null;
}
