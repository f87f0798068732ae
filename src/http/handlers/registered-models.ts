import {
  EMPTY,
  modelVersionMessages,
  registeredModelMessages as messages,
} from '../../protocol/index.js';
import { jsonOperation } from '../operation.js';

/** The model registry's names: models and prompts, their tags and aliases. */
export const registeredModelOperations = {
  createRegisteredModel: jsonOperation(messages.createRegisteredModel, async (store, request) =>
    messages.encodeRegisteredModel(
      await store.createRegisteredModel({
        name: request.name,
        tags: request.tags,
        description: request.description,
      }),
    ),
  ),

  getRegisteredModel: jsonOperation(messages.registeredModelByName, async (store, request) =>
    messages.encodeRegisteredModel(await store.getRegisteredModel(request.name)),
  ),

  updateRegisteredModel: jsonOperation(messages.updateRegisteredModel, async (store, request) =>
    messages.encodeRegisteredModel(
      await store.updateRegisteredModel(request.name, request.description),
    ),
  ),

  renameRegisteredModel: jsonOperation(messages.renameRegisteredModel, async (store, request) =>
    messages.encodeRegisteredModel(
      await store.renameRegisteredModel(request.name, request.new_name),
    ),
  ),

  deleteRegisteredModel: jsonOperation(messages.registeredModelByName, async (store, request) => {
    await store.deleteRegisteredModel(request.name);
    return EMPTY;
  }),

  searchRegisteredModels: jsonOperation(messages.searchRegisteredModels, async (store, request) =>
    messages.encodeRegisteredModels(
      await store.searchRegisteredModels({
        filter: request.filter,
        maxResults: request.max_results,
        orderBy: request.order_by,
        pageToken: request.page_token,
      }),
    ),
  ),

  getLatestVersions: jsonOperation(messages.getLatestVersions, async (store, request) =>
    messages.encodeLatestVersions(await store.getLatestVersions(request.name, request.stages)),
  ),

  setRegisteredModelTag: jsonOperation(messages.setRegisteredModelTag, async (store, request) => {
    const { name, key, value } = request;
    await store.setRegisteredModelTag(name, { key, value });
    return EMPTY;
  }),

  deleteRegisteredModelTag: jsonOperation(
    messages.deleteRegisteredModelTag,
    async (store, request) => {
      await store.deleteRegisteredModelTag(request.name, request.key);
      return EMPTY;
    },
  ),

  setRegisteredModelAlias: jsonOperation(
    messages.setRegisteredModelAlias,
    async (store, request) => {
      await store.setRegisteredModelAlias(request.name, request.alias, request.version);
      return EMPTY;
    },
  ),

  deleteRegisteredModelAlias: jsonOperation(
    messages.registeredModelAlias,
    async (store, request) => {
      await store.deleteRegisteredModelAlias(request.name, request.alias);
      return EMPTY;
    },
  ),

  getModelVersionByAlias: jsonOperation(messages.registeredModelAlias, async (store, request) =>
    modelVersionMessages.encodeModelVersion(
      await store.getModelVersionByAlias(request.name, request.alias),
    ),
  ),
};
