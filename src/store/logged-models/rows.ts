import { loggedModelStatusOf, noSuchLoggedModel } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { LifecycleStage } from '../../domain/lifecycle.js';
import type { LoggedModel, LoggedModelMetric } from '../../domain/logged-model.js';
import type { Param } from '../../domain/param.js';
import type { Tag } from '../../domain/tag.js';
import type { StoreContext } from '../context.js';

export const LOGGED_MODEL_COLUMNS = [
  'model_id',
  'experiment_id',
  'name',
  'artifact_location',
  'creation_timestamp_ms',
  'last_updated_timestamp_ms',
  'status',
  'lifecycle_stage',
  'model_type',
  'source_run_id',
] as const;

export interface LoggedModelRow {
  readonly model_id: string;
  readonly experiment_id: Int64;
  readonly name: string;
  readonly artifact_location: string;
  readonly creation_timestamp_ms: Int64;
  readonly last_updated_timestamp_ms: Int64;
  readonly status: number;
  readonly lifecycle_stage: string | null;
  readonly model_type: string | null;
  readonly source_run_id: string | null;
}

/** What hangs on a model. */
export interface LoggedModelBelongings {
  readonly tags: readonly Tag[];
  readonly params: readonly Param[];
  readonly metrics: readonly LoggedModelMetric[];
}

/**
 * A model by its whole primary key, a deleted one too: the newest version, without a refresh.
 * @throws RESOURCE_DOES_NOT_EXIST
 */
export async function readLoggedModelRow(
  context: StoreContext,
  modelId: string,
): Promise<LoggedModelRow> {
  const row = await context.db
    .selectFrom('logged_models')
    .select(LOGGED_MODEL_COLUMNS)
    .where('model_id', '=', modelId)
    .executeTakeFirst();
  if (row === undefined) throw noSuchLoggedModel(modelId);
  return row;
}

export function toLoggedModel(
  row: LoggedModelRow,
  { tags, params, metrics }: LoggedModelBelongings,
): LoggedModel {
  return {
    modelId: row.model_id,
    experimentId: String(row.experiment_id),
    name: row.name,
    artifactLocation: row.artifact_location,
    creationTimestamp: row.creation_timestamp_ms,
    lastUpdatedTimestamp: row.last_updated_timestamp_ms,
    status: loggedModelStatusOf(row.status),
    lifecycleStage: row.lifecycle_stage as LifecycleStage,
    modelType: row.model_type ?? '',
    sourceRunId: row.source_run_id ?? '',
    tags,
    params,
    metrics,
  };
}
