/**
 * Reads of a model in several statements, while others may rename or delete it.
 *
 * The rows of a tenure are whole as long as it is seen: they are written before it is shown and
 * removed after it is hidden. So what was read between two looks at the name that agree is of one
 * state. A search, which looks at all names, compares a counter instead: every rename and delete
 * counts it up after it has written new rows and before it removes old ones (see search.ts).
 */
import { sql } from 'kysely';

import { MlflowError } from '../../domain/errors.js';
import type { ModelVersion, RegisteredModel } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import {
  DELETED_STAGE,
  noSuchModelVersion,
  noSuchRegisteredModel,
} from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { findModel, isSame, readName, type Tenure } from './names.js';
import {
  type ModelRow,
  readModelRow,
  readVersionRow,
  toModelVersion,
  toRegisteredModel,
  VERSION_COLUMNS,
  type VersionRow,
} from './rows.js';
import { readModelTags, readVersionTags, versionKey } from './tags.js';

/** @throws RESOURCE_DOES_NOT_EXIST where no model has the name. */
export async function readOfModel<Result>(
  context: StoreContext,
  name: string,
  read: (model: Tenure) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const model = await findModel(context, name);
    if (model === undefined) throw noSuchRegisteredModel(name);
    const [outcome] = await Promise.allSettled([read(model)]);
    // What was missing may only have gone elsewhere.
    if (!isSame(await readName(context, name), model)) continue;
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }
}

/** @throws RESOURCE_DOES_NOT_EXIST */
export function readRegisteredModel(context: StoreContext, name: string): Promise<RegisteredModel> {
  return readOfModel(context, name, async (model) => {
    const [row, belongings] = await Promise.all([
      readModelRow(context, model),
      readBelongings(context, [model.generation]),
    ]);
    if (row === undefined) throw noSuchRegisteredModel(name);
    return toRegisteredModel(row, belongings(model.generation));
  });
}

/** A version by name and number, with its tags and aliases. */
export async function readModelVersion(
  context: StoreContext,
  name: string,
  version: string | number,
  number: number | undefined,
): Promise<ModelVersion> {
  return orNoVersion(
    name,
    version,
    readOfModel(context, name, (model) => versionOf(context, model, version, number)),
  );
}

/** Of a model that isn't there, MLflow says that the version isn't. */
export async function orNoVersion<Result>(
  name: string,
  version: string | number,
  call: Promise<Result>,
): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    const { message } = noSuchRegisteredModel(name);
    const isModelMissing = error instanceof MlflowError && error.message === message;
    throw isModelMissing ? noSuchModelVersion(name, version) : error;
  }
}

export async function versionOf(
  context: StoreContext,
  model: Tenure,
  version: string | number,
  number: number | undefined,
  known?: VersionRow,
): Promise<ModelVersion> {
  const at = { generation: model.generation, version: number ?? 0 };
  const [row, tags, aliases] = await Promise.all([
    known ?? readVersionRow(context, model, number),
    readVersionTags(context, [at]),
    readVersionAliases(context, at),
  ]);
  if (row === undefined) throw noSuchModelVersion(model.name, version);
  return toModelVersion(row, tags.get(versionKey(at)) ?? [], aliases);
}

async function readVersionAliases(
  context: StoreContext,
  { generation, version }: { readonly generation: Int64; readonly version: number },
): Promise<readonly string[]> {
  const rows = await context.db
    .selectFrom('registered_model_aliases')
    .select('alias')
    .where('generation', '=', generation)
    .where('version', '=', String(version))
    .orderBy('alias')
    .execute();
  return rows.map(({ alias }) => alias);
}

/** What hangs on many models, in a constant number of statements. */
async function readBelongings(
  context: StoreContext,
  generations: readonly Int64[],
  latestFirst?: LatestFirst,
) {
  const [tags, aliases, latest] = await Promise.all([
    readModelTags(context, generations),
    readAliases(context, generations),
    readLatestVersions(context, generations, latestFirst),
  ]);
  return (generation: Int64) => ({
    tags: tags.get(generation) ?? [],
    aliases: aliases.get(generation) ?? [],
    latestVersions: latest.get(generation) ?? [],
  });
}

async function readAliases(
  context: StoreContext,
  generations: readonly Int64[],
): Promise<ReadonlyMap<Int64, RegisteredModel['aliases']>> {
  const aliases = new Map<Int64, { alias: string; version: number }[]>(
    generations.map((generation) => [generation, []]),
  );
  if (generations.length === 0) return aliases;
  const rows = await context.db
    .selectFrom('registered_model_aliases')
    .select(['generation', 'alias', 'version'])
    .where(isOneOf('generation', 'bigint', generations))
    .orderBy('alias')
    .execute();
  for (const { generation, alias, version } of rows) {
    aliases.get(generation ?? 0)?.push({ alias, version: Number(version) });
  }
  return aliases;
}

/** What comes first: the stage that has the lowest version, or that of the first name. */
export type LatestFirst = 'first_version' | 'current_stage';

/** The highest version of each stage. MLflow orders them by stage in what a search finds. */
export async function readLatestVersions(
  context: StoreContext,
  generations: readonly Int64[],
  latestFirst: LatestFirst = 'first_version',
): Promise<ReadonlyMap<Int64, readonly ModelVersion[]>> {
  const latest = new Map<Int64, ModelVersion[]>(generations.map((generation) => [generation, []]));
  if (generations.length === 0) return latest;
  const ofStage = sql`PARTITION BY generation, current_stage`;
  const ranked = context.db
    .selectFrom('model_versions')
    .select(VERSION_COLUMNS)
    .select(sql<number>`row_number() OVER (${ofStage} ORDER BY version DESC)`.as('place'))
    .select(sql<number>`min(version) OVER (${ofStage})`.as('first_version'))
    .where(isOneOf('generation', 'bigint', generations))
    .where('current_stage', '!=', DELETED_STAGE);
  const rows = await context.db
    .selectFrom(ranked.as('ranked'))
    .select(VERSION_COLUMNS)
    .where('place', '=', sql.lit(1))
    .orderBy(latestFirst)
    .execute();
  const tags = await readVersionTags(context, rows);
  for (const row of rows) {
    latest.get(row.generation ?? 0)?.push(toModelVersion(row, tags.get(versionKey(row)) ?? []));
  }
  return latest;
}

/** The page of a search of models: rows that are known to be seen, with all that hangs on them. */
export async function readModels(
  context: StoreContext,
  rows: readonly ModelRow[],
): Promise<readonly RegisteredModel[]> {
  const belongings = await readBelongings(
    context,
    rows.map(({ generation }) => generation ?? 0),
    'current_stage',
  );
  return rows.map((row) => toRegisteredModel(row, belongings(row.generation ?? 0)));
}
