import {
  checkCreateLoggedModel,
  checkExperimentId,
  checkLoggedModelLocation,
  loggedModelArtifactLocation,
  loggedModelStatusNumber,
  newLoggedModelId,
} from '../../domain/index.js';
import type { CreateLoggedModel, LoggedModel } from '../../domain/logged-model.js';
import type { StoreContext } from '../context.js';
import { readActiveExperimentRow } from '../experiments/repository.js';
import { writeLoggedModelParams } from './params.js';
import { type LoggedModelRow, toLoggedModel } from './rows.js';
import { writeLoggedModelTags } from './tags.js';

/**
 * Tags and params, then the row, which makes the model visible: a crash between leaves what nobody
 * reads. The id is new, so that nobody else writes there.
 */
export async function createLoggedModel(
  context: StoreContext,
  request: CreateLoggedModel,
): Promise<LoggedModel> {
  const { name, modelType, sourceRunId, tags, params } = checkCreateLoggedModel(request, context);
  const experiment = await readActiveExperimentRow(context, checkExperimentId(request.experimentId));
  const modelId = newLoggedModelId();
  const model = { model_id: modelId, experiment_id: experiment.experiment_id };
  const now = context.now();
  const row: LoggedModelRow = {
    ...model,
    name,
    artifact_location: checkLoggedModelLocation(
      loggedModelArtifactLocation(experiment.artifact_location ?? '', modelId),
    ),
    creation_timestamp_ms: now,
    last_updated_timestamp_ms: now,
    status: loggedModelStatusNumber('PENDING'),
    lifecycle_stage: 'active',
    model_type: modelType,
    source_run_id: sourceRunId,
  };
  await Promise.all([
    writeLoggedModelTags(context, model, tags),
    writeLoggedModelParams(context, model, params),
  ]);
  await context.db.insertInto('logged_models').values(row).execute();
  return toLoggedModel(row, { tags, params, metrics: [] });
}
