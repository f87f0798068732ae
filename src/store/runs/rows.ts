import { noSuchRun, runNotActive } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { LifecycleStage } from '../../domain/lifecycle.js';
import type { RunInfo, RunStatus } from '../../domain/run.js';
import type { StoreContext } from '../context.js';

export const RUN_COLUMNS = [
  'run_uuid',
  'name',
  'experiment_id',
  'user_id',
  'status',
  'start_time',
  'end_time',
  'artifact_uri',
  'lifecycle_stage',
] as const;

export interface RunRow {
  readonly run_uuid: string;
  readonly name: string | null;
  readonly experiment_id: Int64 | null;
  readonly user_id: string | null;
  readonly status: string | null;
  readonly start_time: Int64 | null;
  readonly end_time: Int64 | null;
  readonly artifact_uri: string | null;
  readonly lifecycle_stage: string | null;
}

/**
 * A run by its whole primary key: the newest version, without a refresh.
 * @throws RESOURCE_DOES_NOT_EXIST
 */
export async function readRunRow(context: StoreContext, runId: string): Promise<RunRow> {
  const row = await context.db
    .selectFrom('runs')
    .select(RUN_COLUMNS)
    .where('run_uuid', '=', runId)
    .executeTakeFirst();
  if (row === undefined) throw noSuchRun(runId);
  return row;
}

/** As {@link readRunRow}; a deleted run takes no writes: INVALID_PARAMETER_VALUE. */
export async function readActiveRunRow(context: StoreContext, runId: string): Promise<RunRow> {
  const row = await readRunRow(context, runId);
  if (row.lifecycle_stage !== 'active') throw runNotActive(runId, row.lifecycle_stage);
  return row;
}

export function toRunInfo(row: RunRow): RunInfo {
  return {
    runId: row.run_uuid,
    runName: row.name ?? '',
    experimentId: String(row.experiment_id),
    userId: row.user_id ?? '',
    status: (row.status ?? 'RUNNING') as RunStatus,
    startTime: row.start_time ?? 0,
    ...(row.end_time === null ? {} : { endTime: row.end_time }),
    artifactUri: row.artifact_uri ?? '',
    lifecycleStage: row.lifecycle_stage as LifecycleStage,
  };
}
