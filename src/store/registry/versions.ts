/** Changes of one version. Each is one statement on its row, seen at once. */
import { sql } from 'kysely';

import type {
  ModelStage,
  ModelVersion,
  TransitionModelVersionStage,
} from '../../domain/index.js';
import {
  checkArchivesExisting,
  checkModelDescription,
  checkModelName,
  checkStage,
  checkVersionNumber,
  DELETED_STAGE,
  noSuchModelVersion,
} from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import type { IntentHandler, Intents } from '../sql/intents.js';
import { setIf } from '../sql/set-if.js';
import { findModel, nameIntentId, type Tenure } from './names.js';
import { orNoVersion, readModelVersion, versionOf } from './read.js';
import { readVersionRow, VERSION_COLUMNS, type VersionRow } from './rows.js';
import { runOnTenure } from './run-on-tenure.js';
import { touchModel } from './touch.js';
import { writeToModel } from './write.js';

type Change = Partial<
  Omit<VersionRow, 'name' | 'generation' | 'version' | 'creation_time' | 'status'>
>;

/** By whole primary key, where the row is of the model's tenure and not deleted. Answers the row afterwards. */
async function updateVersion(
  context: StoreContext,
  model: Tenure,
  number: number,
  change: Change,
): Promise<VersionRow | undefined> {
  const isOurs = sql`${sql.ref('generation')} = CAST(${model.generation} AS bigint)`;
  const isDeleted = sql`${sql.ref('current_stage')} = CAST(${DELETED_STAGE} AS text)`;
  const isSeen = sql`${isOurs} AND NOT (${isDeleted})`;
  const set = Object.entries(change).map(([column, value]) => [
    column,
    setIf(isSeen, column, value, column === 'last_updated_time' ? 'bigint' : 'text'),
  ]);
  const row = await context.db
    .updateTable('model_versions')
    .set(Object.fromEntries(set) as Record<string, never>)
    .where('workspace', '=', context.workspace)
    .where('name', '=', model.name)
    .where('version', '=', number)
    .returning(VERSION_COLUMNS)
    .executeTakeFirst();
  return row?.generation === model.generation ? row : undefined;
}

/** Writes a change of a version; answers the version. */
async function changeVersion(
  context: StoreContext,
  intents: Intents,
  name: string,
  version: string | number,
  { change, touches }: { readonly change: Change; readonly touches: boolean },
): Promise<ModelVersion> {
  const number = checkVersionNumber(version);
  const write = async (model: Tenure): Promise<ModelVersion> => {
    const row =
      number === undefined ? undefined : await updateVersion(context, model, number, change);
    if (row === undefined || row.current_stage === DELETED_STAGE) {
      throw noSuchModelVersion(name, version);
    }
    if (touches) await touchModel(context, model);
    return versionOf(context, model, version, number, row);
  };
  const changed = await orNoVersion(name, version, writeToModel(context, intents, name, write));
  return { ...changed, name };
}

/** Without a description, the one that stands is removed. */
export function updateModelVersion(
  context: StoreContext,
  intents: Intents,
  name: string,
  version: string | number,
  description: string | undefined,
): Promise<ModelVersion> {
  checkModelName(name);
  const change = {
    description: checkModelDescription(description) ?? null,
    last_updated_time: context.now(),
  };
  return changeVersion(context, intents, name, version, { change, touches: false });
}

/**
 * Hides the version and what it said. Its row stays, and with it its number and, as with MLflow,
 * the aliases that point to it.
 */
export async function deleteModelVersion(
  context: StoreContext,
  intents: Intents,
  name: string,
  version: string | number,
): Promise<void> {
  checkModelName(name);
  const number = checkVersionNumber(version);
  const change: Change = {
    current_stage: DELETED_STAGE,
    last_updated_time: context.now(),
    description: null,
    user_id: null,
    source: 'REDACTED-SOURCE-PATH',
    run_id: 'REDACTED-RUN-ID',
    run_link: 'REDACTED-RUN-LINK',
    status_message: null,
  };
  let isDeleted = false;
  const write = async (model: Tenure): Promise<void> => {
    const found = await readVersionRow(context, model, number);
    if (found === undefined && !isDeleted) throw noSuchModelVersion(name, version);
    if (number !== undefined) await updateVersion(context, model, number, change);
    isDeleted = true;
    await touchModel(context, model);
  };
  await orNoVersion(name, version, writeToModel(context, intents, name, write));
}

const TRANSITION = 'transition-model-version';

interface TransitionPayload {
  readonly name: string;
  readonly generation: string;
  readonly version: number;
  readonly stage: ModelStage;
  /** When it was asked for, ms since the epoch. */
  readonly time: number;
}

/**
 * One version's stage is one statement. To archive the others is many rows, so that it is an intent
 * (../sql/intents.ts), which excludes renames and other transitions that archive.
 */
export async function transitionModelVersionStage(
  context: StoreContext,
  intents: Intents,
  request: TransitionModelVersionStage,
): Promise<ModelVersion> {
  const { name, version, archiveExistingVersions = false } = request;
  if (archiveExistingVersions) checkArchivesExisting(request.stage);
  const stage = checkStage(request.stage);
  checkModelName(name);
  const number = checkVersionNumber(version);
  const time = context.now();
  if (archiveExistingVersions) {
    await archiveAndMove(context, intents, { ...request, stage, number, time });
    return readModelVersion(context, name, version, number);
  }
  const change = { current_stage: stage, last_updated_time: time };
  return changeVersion(context, intents, name, version, { change, touches: true });
}

interface Transition {
  readonly name: string;
  readonly version: string | number;
  readonly number: number | undefined;
  readonly stage: ModelStage;
  readonly time: number;
}

async function archiveAndMove(
  context: StoreContext,
  intents: Intents,
  { name, version, number, stage, time }: Transition,
): Promise<void> {
  for (;;) {
    const model = await requireModel(context, name, version);
    const payload: TransitionPayload = {
      name,
      generation: String(model.generation),
      version: number ?? 0,
      stage,
      time,
    };
    const intentId = nameIntentId(context, name);
    const intent = { intentId, kind: TRANSITION, payload: JSON.stringify(payload) };
    const isDone = await runOnTenure(intents, intent, async () => {
      const standing = await requireModel(context, name, version);
      if (standing.generation !== model.generation) return false;
      const found = await readVersionRow(context, standing, number);
      if (found === undefined) throw noSuchModelVersion(name, version);
      return true;
    });
    if (isDone) return;
  }
}

async function requireModel(
  context: StoreContext,
  name: string,
  version: string | number,
): Promise<Tenure> {
  const model = await findModel(context, name);
  if (model === undefined) throw noSuchModelVersion(name, version);
  return model;
}

export function transitionIntentHandlers(
  context: StoreContext,
): Readonly<Record<string, IntentHandler>> {
  return {
    [TRANSITION]: async (text, lease) => {
      const payload = JSON.parse(text) as TransitionPayload;
      const { name, version, stage, time } = payload;
      const model = await findModel(context, name);
      if (model === undefined || String(model.generation) !== payload.generation) return;
      const change = { current_stage: stage, last_updated_time: time };
      const moved = await updateVersion(context, model, version, change);
      if (moved?.current_stage !== stage) return;
      await lease.renew();
      await archiveOthers(context, model, { version, stage, time });
      await touchModel(context, model);
    },
  };
}

async function archiveOthers(
  context: StoreContext,
  model: Tenure,
  { version, stage, time }: Pick<TransitionPayload, 'version' | 'stage' | 'time'>,
): Promise<void> {
  await context.db
    .updateTable('model_versions')
    .set({ current_stage: 'Archived', last_updated_time: time })
    .where('workspace', '=', context.workspace)
    .where('name', '=', model.name)
    .where('generation', '=', model.generation)
    .where('version', '!=', version)
    .where('current_stage', '=', stage)
    .execute();
}
