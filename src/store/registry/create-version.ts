import { sql } from 'kysely';

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
import type { Int64 } from '../../domain/int64.js';
import { versionCreated } from '../../domain/webhooks/index.js';
import type { StoreContext } from '../context.js';
import { readLoggedModelRow } from '../logged-models/rows.js';
import type { Intents } from '../sql/intents.js';
import { setIf } from '../sql/set-if.js';
import type { Note, Outbox } from '../webhooks/outbox.js';
import type { Tenure } from './names.js';
import { orNoVersion, readOfModel } from './read.js';
import { readAnyVersionRow, readVersionRow, toModelVersion, type VersionRow } from './rows.js';
import { removeVersionTags, writeNewVersionTags, writeVersionTags } from './tags.js';
import { orTakenIn, takeIn } from './take-in.js';
import { touchModel } from './touch.js';
import { nextVersion, skipTakenVersions } from './version-numbers.js';
import { writeToModel } from './write.js';

/**
 * Number, tags, row: the row comes last, so that a crash before it leaves nothing to be seen but a
 * gap in the numbers. The row's key decides who has the number, also before another program.
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
  const origin = await originOf(context, intents, version);
  const created = context.now();
  let number: number | undefined;
  let isMine = false;
  return writeToModel(context, intents, version.name, async (model) => {
    for (;;) {
      // Written once, the number is this version's, under whatever name the model has now.
      number ??= await nextVersion(context, model);
      const row = newRow(model, { number, created, version, origin });
      const [tagged] = await Promise.all([
        writeNewVersionTags(
          context,
          model,
          { number, created: isMine ? created : undefined },
          version.tags,
        ),
        note({
          modelId: model.modelId,
          events: ['model_version.created', 'prompt_version.created'],
          describe: () => versionCreated({ ...request, version: row.version }),
          proof: { kind: 'version', modelId: model.modelId, version: row.version },
        }),
      ]);
      const standing = await insertVersion(context, model, row, isMine);
      if (standing === 'ours' || standing === 'of a later model') {
        isMine = true;
        if (tagged < version.tags.length) {
          await writeVersionTags(context, model, number, version.tags);
        }
        await touchModel(context, model);
        return toModelVersion({ ...row, name: version.name }, version.tags);
      }
      if (tagged > 0) await removeVersionTags(context, model, number, version.tags);
      if (standing === 'foreign') await takeIn(context, intents, model.name);
      else await skipTakenVersions(context, model);
      number = undefined;
      isMine = false;
    }
  });
}

interface Origin {
  readonly storageLocation: string;
  readonly runId: string | undefined;
}

/** What a `models:/…` source and `model_id` stand for. */
async function originOf(
  context: StoreContext,
  intents: Intents,
  version: CheckedModelVersion,
): Promise<Origin> {
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
      const { name, version: number } = uri;
      storageLocation = await orTakenIn(context, intents, { name, version: number }, () =>
        readDownloadUri(context, name, number),
      );
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

interface NewVersion {
  readonly number: number;
  /** ms since the epoch. */
  readonly created: number;
  readonly version: CheckedModelVersion;
  readonly origin: Origin;
}

function newRow(
  { name, generation }: Tenure,
  { number, created, version, origin }: NewVersion,
): VersionRow {
  return {
    name,
    generation,
    version: number,
    creation_time: created,
    last_updated_time: created,
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

/**
 * Whose version has the number afterwards. `foreign`: another program's, which is not taken in yet.
 * `of a later model`: this model is gone, and the writer is about to see it.
 */
type Standing = 'ours' | 'taken' | 'foreign' | 'of a later model';

/** @param mayStand it was written before, perhaps under another name. */
async function insertVersion(
  context: StoreContext,
  { generation }: Tenure,
  row: VersionRow,
  mayStand: boolean,
): Promise<Standing> {
  for (;;) {
    const inserted = await context.db
      .insertInto('model_versions')
      .values({ workspace: context.workspace, ...row })
      .onConflict((conflict) => conflict.columns(['workspace', 'name', 'version']).doNothing())
      .returning('version')
      .execute();
    if (inserted.length === 1) return 'ours';
    const standing = await readAnyVersionRow(context, row.name, row.version);
    if (standing === undefined) continue;
    if (standing.generation === null) return 'foreign';
    if (standing.generation > generation) return 'of a later model';
    if (standing.generation === generation) {
      return mayStand && standing.creation_time === row.creation_time ? 'ours' : 'taken';
    }
    if (await replaceStale(context, generation, row)) return 'ours';
  }
}

/**
 * Takes the row that a model left which had the name before, and which nobody sees. One statement
 * by whole primary key; answers false where another row stands there by now.
 */
async function replaceStale(
  context: StoreContext,
  generation: Int64,
  { name, version, ...row }: VersionRow,
): Promise<boolean> {
  const isStale = sql`${sql.ref('generation')} < CAST(${generation} AS bigint)`;
  const set = Object.entries(row).map(([column, value]) => [
    column,
    setIf(isStale, column, value, BIGINTS.has(column) ? 'bigint' : 'text'),
  ]);
  const standing = await context.db
    .updateTable('model_versions')
    .set(Object.fromEntries(set) as Record<string, never>)
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .where('version', '=', version)
    .returning('generation')
    .executeTakeFirst();
  return standing?.generation === generation;
}

const BIGINTS: ReadonlySet<string> = new Set(['generation', 'creation_time', 'last_updated_time']);
