import type { Experiment } from '../../domain/experiment.js';
import type { Int64 } from '../../domain/int64.js';
import type { LifecycleStage } from '../../domain/lifecycle.js';
import type { Tag } from '../../domain/tag.js';
import type { StoreContext } from '../context.js';

export const EXPERIMENT_COLUMNS = [
  'experiment_id',
  'name',
  'artifact_location',
  'lifecycle_stage',
  'creation_time',
  'last_update_time',
] as const;

export interface ExperimentRow {
  readonly experiment_id: Int64;
  readonly name: string;
  readonly artifact_location: string | null;
  readonly lifecycle_stage: string | null;
  readonly creation_time: Int64 | null;
  readonly last_update_time: Int64 | null;
}

/**
 * The stage of a row that holds an id but is no experiment: it keeps a creator that was given up
 * on from making its row after the name went to another (see names.ts).
 */
export const VOID_STAGE = 'void';

/** By whole primary key: the newest version, without a refresh. `undefined` where there is none. */
export async function readExperimentRow(
  context: StoreContext,
  experimentId: Int64,
): Promise<ExperimentRow | undefined> {
  return context.db
    .selectFrom('experiments')
    .select(EXPERIMENT_COLUMNS)
    .where('experiment_id', '=', experimentId)
    .executeTakeFirst();
}

/** As {@link readExperimentRow}, but only what a client may see. */
export async function readVisibleExperimentRow(
  context: StoreContext,
  experimentId: Int64,
): Promise<ExperimentRow | undefined> {
  const row = await readExperimentRow(context, experimentId);
  return row?.lifecycle_stage === VOID_STAGE ? undefined : row;
}

export function toExperiment(row: ExperimentRow, tags: readonly Tag[]): Experiment {
  return {
    experimentId: String(row.experiment_id),
    name: row.name,
    artifactLocation: row.artifact_location ?? '',
    lifecycleStage: row.lifecycle_stage as LifecycleStage,
    creationTime: row.creation_time ?? 0,
    lastUpdateTime: row.last_update_time ?? 0,
    tags,
  };
}
