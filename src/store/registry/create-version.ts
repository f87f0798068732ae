import {
  type CreateModelVersion,
  invalidParameter,
  MlflowError,
  type ModelVersion,
  noSuchLoggedModel,
} from '../../domain/index.js';
import {
  checkCreateModelVersion,
  type CheckedModelVersion,
  checkVersionNumber,
  noSuchModelVersion,
  parseModelUri,
  unknownModelSource,
} from '../../domain/registry/index.js';
import { versionCreated } from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import { readLoggedModelRow } from '../logged-models/rows.js';
import type { Intents } from '../sql/intents.js';
import type { Note, Outbox } from '../webhooks/outbox.js';
import type { Tenure } from './names.js';
import { orNoVersion, readOfModel } from './read.js';
import { readVersionRow, toModelVersion, type VersionRow } from './rows.js';
import { writeVersionTags } from './tags.js';
import { touchModel } from './touch.js';
import { nextVersion, skipTakenVersions } from './version-numbers.js';
import { writeToModel } from './write.js';

/**
 * Number, tags, row: the row comes last, so that a crash before it leaves nothing to be seen but a
 * gap in the numbers.
 */
export function createModelVersion(
  context: StoreContext,
  intents: Intents,
  outbox: Outbox,
  request: CreateModelVersion,
): Promise<ModelVersion> {
  return outbox.record((note) => create(context, intents, note, request));
}

async function create(
  context: StoreContext,
  intents: Intents,
  note: Note,
  request: CreateModelVersion,
): Promise<ModelVersion> {
  const version = checkCreateModelVersion(request);
  const origin = await originOf(context, version);
  let number: number | undefined;
  let isMine = false;
  return writeToModel(context, intents, version.name, async (model) => {
    for (;;) {
      // Written once, the number is this version's, under whatever name the model has now.
      number ??= await nextVersion(context, model);
      const row = newRow(context, model, number, version, origin);
      await Promise.all([
        note({
          modelId: model.modelId,
          events: ['model_version.created', 'prompt_version.created'],
          describe: () => versionCreated({ ...request, version: row.version }),
          proof: { kind: 'version', modelId: model.modelId, version: row.version },
        }),
        writeVersionTags(context, model, number, version.tags),
      ]);
      const isWritten = await insertVersion(context, model, row);
      isMine ||= isWritten;
      if (isMine) {
        await touchModel(context, model);
        return toModelVersion({ ...row, name: version.name }, version.tags);
      }
      await skipTakenVersions(context, model);
      number = undefined;
    }
  });
}

interface Origin {
  readonly storageLocation: string;
  readonly runId: string | undefined;
}

/** What a `models:/…` source and `model_id` stand for. */
async function originOf(context: StoreContext, version: CheckedModelVersion): Promise<Origin> {
  const { source, modelId } = version;
  let { runId } = version;
  let storageLocation = source;
  try {
    const uri = parseModelUri(source);
    if (uri?.kind === 'logged-model') {
      const model = await readActiveLoggedModel(context, uri.modelId);
      storageLocation = model.artifact_location;
      if (runId === undefined || runId === '') runId = model.source_run_id ?? undefined;
    } else if (uri?.kind === 'version') {
      storageLocation = await readDownloadUri(context, uri.name, uri.version);
    } else if (uri?.kind === 'moving') {
      throw invalidParameter("Parameter 'version' must be an integer, got 'None'.");
    }
  } catch (error) {
    throw error instanceof MlflowError ? unknownModelSource(source, error) : error;
  }
  if (modelId !== undefined) {
    // MLflow looks for it after the version was made, unless the run is to be taken from it.
    const model = await readActiveLoggedModel(context, modelId);
    if (runId === undefined || runId === '') runId = model.source_run_id ?? undefined;
  }
  return { storageLocation, runId };
}

async function readActiveLoggedModel(context: StoreContext, modelId: string) {
  const model = await readLoggedModelRow(context, modelId);
  if (model.lifecycle_stage !== 'active') throw noSuchLoggedModel(modelId);
  return model;
}

/** Where a version's files are. */
export async function readDownloadUri(
  context: StoreContext,
  name: string,
  version: string | number,
): Promise<string> {
  const number = checkVersionNumber(version);
  const row = await orNoVersion(
    name,
    version,
    readOfModel(context, name, async (model) => {
      const found = await readVersionRow(context, model, number);
      if (found === undefined) throw noSuchModelVersion(name, version);
      return found;
    }),
  );
  return row.storage_location ?? row.source ?? '';
}

function newRow(
  context: StoreContext,
  { name, generation }: Tenure,
  number: number,
  version: CheckedModelVersion,
  origin: Origin,
): VersionRow {
  const now = context.now();
  return {
    name,
    generation,
    version: number,
    creation_time: now,
    last_updated_time: now,
    description: version.description ?? null,
    user_id: null,
    current_stage: 'None',
    source: version.source,
    storage_location: origin.storageLocation,
    run_id: origin.runId ?? null,
    run_link: version.runLink ?? null,
    status: 'READY',
    status_message: null,
  };
}

/** Answers false where a version of the model has the number. */
async function insertVersion(
  context: StoreContext,
  { generation }: Tenure,
  row: VersionRow,
): Promise<boolean> {
  for (;;) {
    const inserted = await context.db
      .insertInto('model_versions')
      .values({ workspace: context.workspace, ...row })
      .onConflict((conflict) => conflict.columns(['workspace', 'name', 'version']).doNothing())
      .returning('version')
      .execute();
    if (inserted.length === 1) return true;
    const standing = await context.db
      .selectFrom('model_versions')
      .select('generation')
      .where('workspace', '=', context.workspace)
      .where('name', '=', row.name)
      .where('version', '=', row.version)
      .executeTakeFirst();
    // Of a later tenure: this model is gone, and the writer is about to see it.
    if (standing !== undefined && (standing.generation ?? 0) >= generation) {
      return standing.generation !== generation;
    }
    if (standing !== undefined) await removeStale(context, row);
  }
}

/** Left by a model that had the name before, which nobody sees. */
async function removeStale(context: StoreContext, { name, version }: VersionRow): Promise<void> {
  await context.db
    .deleteFrom('model_versions')
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .where('version', '=', version)
    .execute();
}
