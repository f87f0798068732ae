import { invalidParameter } from '../../domain/errors.js';
import { EMPTY, inputMessages as messages } from '../../protocol/index.js';
import { jsonOperation } from '../operation.js';

const MAX_EXPERIMENTS = 20;
const MODEL_FIELDS = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'];

export const inputOperations = {
  logInputs: jsonOperation(messages.logInputs, async (store, request) => {
    await store.logInputs(request.run_id, {
      datasets: request.datasets.map(({ dataset, tags }) => ({
        dataset: {
          name: dataset.name,
          digest: dataset.digest,
          sourceType: dataset.source_type,
          source: dataset.source,
          schema: dataset.schema,
          profile: dataset.profile,
        },
        tags,
      })),
      models: request.models.map((model) => ({ modelId: model.model_id })),
    });
    return EMPTY;
  }),

  logOutputs: jsonOperation(messages.logOutputs, async (store, request) => {
    await store.logOutputs(request.run_id, {
      models: request.models.map(({ model_id: modelId, step }) => ({ modelId, step })),
    });
    return EMPTY;
  }),

  searchDatasets: jsonOperation(messages.searchDatasets, async (store, request) => {
    const ids = request.experiment_ids;
    const refuse = (rule: string) => invalidParameter(`SearchDatasets request ${rule}`);
    if (ids.length === 0) throw refuse('must specify at least one experiment_id.');
    if (ids.length > MAX_EXPERIMENTS) {
      throw refuse(
        `cannot specify more than ${MAX_EXPERIMENTS} experiment_ids. ` +
          `Received ${ids.length} experiment_ids.`,
      );
    }
    return messages.encodeDatasetSummaries(await store.searchDatasets(ids));
  }),

  logModel: jsonOperation(messages.logModel, async (store, request) => {
    checkModelJson(request.model_json);
    await store.recordLoggedModel(request.run_id, request.model_json);
    return EMPTY;
  }),
};

function checkModelJson(modelJson: string): void {
  let model: unknown;
  try {
    model = JSON.parse(modelJson);
  } catch {
    throw invalidParameter(`Malformed model info. \n ${modelJson} \n is not a valid JSON.`);
  }
  const fields = typeof model === 'object' && model !== null ? model : {};
  const missing = MODEL_FIELDS.filter((field) => !(field in fields));
  if (missing.length > 0) {
    const names = missing.map((field) => `'${field}'`).join(', ');
    throw invalidParameter(`Model json is missing mandatory fields: {${names}}`);
  }
}
