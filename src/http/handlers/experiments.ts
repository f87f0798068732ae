import { doesNotExist } from '../../domain/errors.js';
import { EMPTY, experimentMessages as messages } from '../../protocol/index.js';
import { jsonOperation } from '../operation.js';

export const experimentOperations = {
  createExperiment: jsonOperation(messages.createExperiment, async (store, request) =>
    messages.encodeExperimentId(
      await store.createExperiment({
        name: request.name,
        artifactLocation: request.artifact_location,
        tags: request.tags,
      }),
    ),
  ),

  getExperiment: jsonOperation(messages.experimentById, async (store, request) =>
    messages.encodeExperiment(await store.getExperiment(request.experiment_id)),
  ),

  getExperimentByName: jsonOperation(messages.getExperimentByName, async (store, request) => {
    const name = request.experiment_name;
    const experiment = await store.getExperimentByName(name);
    if (experiment === undefined) {
      throw doesNotExist(`Could not find experiment with name '${name}'`);
    }
    return messages.encodeExperiment(experiment);
  }),

  deleteExperiment: jsonOperation(messages.experimentById, async (store, request) => {
    await store.deleteExperiment(request.experiment_id);
    return EMPTY;
  }),

  restoreExperiment: jsonOperation(messages.experimentById, async (store, request) => {
    await store.restoreExperiment(request.experiment_id);
    return EMPTY;
  }),

  updateExperiment: jsonOperation(messages.updateExperiment, async (store, request) => {
    await store.renameExperiment(request.experiment_id, request.new_name);
    return EMPTY;
  }),

  searchExperiments: jsonOperation(messages.searchExperiments, async (store, request) =>
    messages.encodeExperiments(
      await store.searchExperiments({
        viewType: request.view_type,
        maxResults: request.max_results === undefined ? undefined : Number(request.max_results),
        filter: request.filter,
        orderBy: request.order_by,
        pageToken: request.page_token,
      }),
    ),
  ),

  setExperimentTag: jsonOperation(messages.setExperimentTag, async (store, request) => {
    const { key, value } = request;
    await store.setExperimentTag(request.experiment_id, { key, value });
    return EMPTY;
  }),

  deleteExperimentTag: jsonOperation(messages.deleteExperimentTag, async (store, request) => {
    await store.deleteExperimentTag(request.experiment_id, request.key);
    return EMPTY;
  }),
};
