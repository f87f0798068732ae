import { decodeOnce, safeSegments } from '../../artifacts/index.js';
import { MlflowError } from '../../domain/errors.js';
import {
  artifactMessages,
  decodeQuery,
  EMPTY,
  loggedModelMessages as messages,
} from '../../protocol/index.js';
import { jsonOperation, jsonResponse } from '../operation.js';
import type { Call, Operation } from '../operation.js';

import { checkServed, download } from './artifacts.js';

/** Models that runs logged, and their files. */
export const loggedModelOperations = {
  createLoggedModel: jsonOperation(messages.createLoggedModel, async (store, request) =>
    messages.encodeLoggedModel(
      await store.createLoggedModel({
        experimentId: request.experiment_id,
        name: request.name,
        modelType: request.model_type,
        sourceRunId: request.source_run_id,
        params: request.params,
        tags: request.tags,
      }),
    ),
  ),

  getLoggedModel: jsonOperation(messages.getLoggedModel, async (store, request, call) =>
    messages.encodeLoggedModel(
      await store.getLoggedModel(modelIdOf(call), { allowDeleted: request.allow_deleted }),
    ),
  ),

  finalizeLoggedModel: jsonOperation(messages.finalizeLoggedModel, async (store, request, call) =>
    messages.encodeLoggedModel(await store.finalizeLoggedModel(modelIdOf(call), request.status)),
  ),

  deleteLoggedModel: async (call) => {
    await call.store.deleteLoggedModel(modelIdOf(call));
    return jsonResponse(call.c, EMPTY);
  },

  searchLoggedModels: jsonOperation(messages.searchLoggedModels, async (store, request) =>
    messages.encodeLoggedModels(
      await store.searchLoggedModels({
        experimentIds: request.experiment_ids,
        filter: request.filter,
        datasets: request.datasets.map((dataset) => ({
          datasetName: dataset.dataset_name,
          datasetDigest: dataset.dataset_digest,
        })),
        maxResults: request.max_results,
        orderBy: request.order_by.map((key) => ({
          fieldName: key.field_name,
          ascending: key.ascending,
          datasetName: key.dataset_name,
          datasetDigest: key.dataset_digest,
        })),
        pageToken: request.page_token,
      }),
    ),
  ),

  logLoggedModelParams: jsonOperation(messages.logLoggedModelParams, async (store, request, call) => {
    await store.logLoggedModelParams(modelIdOf(call), request.params);
    return EMPTY;
  }),

  setLoggedModelTags: jsonOperation(messages.setLoggedModelTags, async (store, request, call) => {
    await store.setLoggedModelTags(modelIdOf(call), request.tags);
    return EMPTY;
  }),

  deleteLoggedModelTag: async (call) => {
    await call.store.deleteLoggedModelTag(modelIdOf(call), decodeOnce(call.params['tag_key'] ?? ''));
    return jsonResponse(call.c, EMPTY);
  },

  listLoggedModelArtifacts: jsonOperation(
    messages.listLoggedModelArtifacts,
    async (store, { artifact_directory_path: path }, call) => {
      // A bad path is refused whether or not the model exists.
      safeSegments(path ?? '');
      const uri = await artifactLocationOf(call);
      return artifactMessages.encodeFiles(await store.artifacts.list(uri, path), uri);
    },
  ),

  getLoggedModelArtifact: async (call) => {
    const { artifact_file_path: path } = decodeQuery(
      messages.getLoggedModelArtifact,
      call.c.get('query'),
    );
    if (path === undefined) {
      throw new MlflowError(
        'BAD_REQUEST',
        'Request must include the "artifact_file_path" query parameter.',
      );
    }
    safeSegments(path);
    const uri = await artifactLocationOf(call);
    return download(call.c, await call.store.artifacts.read(uri, path));
  },
} satisfies Record<string, Operation>;

function modelIdOf({ params }: Call): string {
  return decodeOnce(params['model_id'] ?? '');
}

async function artifactLocationOf(call: Call): Promise<string> {
  const { artifactLocation } = await call.store.getLoggedModel(modelIdOf(call));
  checkServed(call.settings, artifactLocation);
  return artifactLocation;
}
