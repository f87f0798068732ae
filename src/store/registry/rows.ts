import type { Int64 } from '../../domain/int64.js';
import type { ModelVersion, RegisteredModel } from '../../domain/index.js';
import { DELETED_STAGE, type ModelStage } from '../../domain/registry/index.js';
import type { Tag } from '../../domain/tag.js';
import type { StoreContext } from '../context.js';
import type { Tenure } from './names.js';

/** Whose rows belong to a tenure. */
export const TENURE_TABLES = [
  'registered_models',
  'registered_model_tags',
  'registered_model_aliases',
  'model_versions',
  'model_version_tags',
] as const;

export type TenureTable = (typeof TENURE_TABLES)[number];

export const MODEL_COLUMNS = [
  'name',
  'generation',
  'creation_time',
  'last_updated_time',
  'description',
] as const;

export interface ModelRow {
  readonly name: string;
  readonly generation: Int64 | null;
  readonly creation_time: Int64 | null;
  readonly last_updated_time: Int64 | null;
  readonly description: string | null;
}

/** All that isn't its name's: what a rename carries over. */
export const VERSION_VALUES = [
  'version',
  'creation_time',
  'last_updated_time',
  'description',
  'user_id',
  'current_stage',
  'source',
  'storage_location',
  'run_id',
  'run_link',
  'status',
  'status_message',
] as const;

export const VERSION_COLUMNS = ['name', 'generation', ...VERSION_VALUES] as const;

export interface VersionRow {
  readonly name: string;
  readonly generation: Int64 | null;
  readonly version: number;
  readonly creation_time: Int64 | null;
  readonly last_updated_time: Int64 | null;
  readonly description: string | null;
  readonly user_id: string | null;
  readonly current_stage: string | null;
  readonly source: string | null;
  readonly storage_location: string | null;
  readonly run_id: string | null;
  readonly run_link: string | null;
  readonly status: string | null;
  readonly status_message: string | null;
}

/** By whole primary key, of whatever tenure; generation null: another program's. */
export function readAnyModelRow(
  context: StoreContext,
  name: string,
): Promise<ModelRow | undefined> {
  return context.db
    .selectFrom('registered_models')
    .select(MODEL_COLUMNS)
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .executeTakeFirst();
}

/** `undefined` where none of that tenure stands. */
export async function readModelRow(
  context: StoreContext,
  model: Tenure,
): Promise<ModelRow | undefined> {
  const row = await readAnyModelRow(context, model.name);
  return row?.generation === model.generation ? row : undefined;
}

/** As {@link readAnyModelRow}, of a version. */
export function readAnyVersionRow(
  context: StoreContext,
  name: string,
  version: number,
): Promise<VersionRow | undefined> {
  return context.db
    .selectFrom('model_versions')
    .select(VERSION_COLUMNS)
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .where('version', '=', version)
    .executeTakeFirst();
}

/** `undefined` where there is none of that tenure, or a deleted one. */
export async function readVersionRow(
  context: StoreContext,
  model: Tenure,
  version: number | undefined,
): Promise<VersionRow | undefined> {
  if (version === undefined) return undefined;
  const row = await readAnyVersionRow(context, model.name, version);
  const isSeen = row?.generation === model.generation && row.current_stage !== DELETED_STAGE;
  return isSeen ? row : undefined;
}

/** As {@link readAnyModelRow}, of an alias. */
export function readAnyAliasRow(
  context: StoreContext,
  name: string,
  alias: string,
): Promise<{ readonly generation: Int64 | null; readonly version: string } | undefined> {
  return context.db
    .selectFrom('registered_model_aliases')
    .select(['generation', 'version'])
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .where('alias', '=', alias)
    .executeTakeFirst();
}

export interface ModelBelongings {
  readonly tags: readonly Tag[];
  readonly aliases: RegisteredModel['aliases'];
  readonly latestVersions: readonly ModelVersion[];
}

export function toRegisteredModel(row: ModelRow, belongings: ModelBelongings): RegisteredModel {
  return {
    name: row.name,
    creationTimestamp: row.creation_time ?? 0,
    lastUpdatedTimestamp: row.last_updated_time ?? 0,
    description: row.description ?? undefined,
    ...belongings,
  };
}

export function toModelVersion(
  row: VersionRow,
  tags: readonly Tag[],
  aliases: readonly string[] = [],
): ModelVersion {
  return {
    name: row.name,
    version: row.version,
    creationTimestamp: row.creation_time ?? 0,
    lastUpdatedTimestamp: row.last_updated_time ?? 0,
    description: row.description ?? undefined,
    userId: row.user_id ?? undefined,
    currentStage: (row.current_stage ?? 'None') as ModelStage,
    source: row.source ?? undefined,
    runId: row.run_id ?? undefined,
    runLink: row.run_link ?? undefined,
    status: row.status ?? 'READY',
    statusMessage: row.status_message ?? undefined,
    tags,
    aliases,
  };
}
