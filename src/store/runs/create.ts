import { checkCreateRun, checkExperimentId, newUuidHex, runArtifactUri } from '../../domain/index.js';
import type { CreateRun, Run } from '../../domain/run.js';
import type { StoreContext } from '../context.js';
import { readActiveExperimentRow } from '../experiments/repository.js';
import { writeTags } from '../tags/write.js';
import { RUN_COLUMNS, toRunInfo } from './rows.js';

/** Tags, then the row, which makes the run visible: a crash between leaves tags that nobody reads. */
export async function createRun(context: StoreContext, request: CreateRun): Promise<Run> {
  const { name, tags, userId, startTime } = checkCreateRun(request, context);
  const experiment = await readActiveExperimentRow(context, checkExperimentId(request.experimentId));
  const runId = newUuidHex();
  await writeTags(context, runId, tags);
  const row = await context.db
    .insertInto('runs')
    .values({
      run_uuid: runId,
      name,
      source_type: 'UNKNOWN',
      source_name: '',
      entry_point_name: '',
      source_version: '',
      user_id: userId,
      status: 'RUNNING',
      start_time: startTime,
      end_time: null,
      deleted_time: null,
      lifecycle_stage: 'active',
      artifact_uri: runArtifactUri(experiment.artifact_location ?? '', runId),
      experiment_id: experiment.experiment_id,
    })
    .returning(RUN_COLUMNS)
    .executeTakeFirstOrThrow();
  return {
    info: toRunInfo(row),
    data: { metrics: [], params: [], tags },
    inputs: { datasetInputs: [], modelInputs: [] },
    outputs: { modelOutputs: [] },
  };
}
