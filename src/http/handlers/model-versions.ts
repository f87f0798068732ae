import { safeSegments } from '../../artifacts/index.js';
import { invalidParameter } from '../../domain/errors.js';
import { IS_PROMPT_TAG } from '../../domain/registry/index.js';
import { decodeQuery, EMPTY, modelVersionMessages as messages } from '../../protocol/index.js';
import { checkModelSource } from '../model-source.js';
import { jsonOperation } from '../operation.js';
import type { Operation } from '../operation.js';

import { checkServed, download } from './artifacts.js';

/** Versions of registered models, and their files. */
export const modelVersionOperations = {
  createModelVersion: jsonOperation(
    messages.createModelVersion,
    async (store, request, { settings }) => {
      const { name, source, tags, run_id: runId, model_id: modelId } = request;
      const origin = { source, tags, runId, modelId };
      await checkModelSource(store, origin, settings.modelVersionSourcePattern);
      const isPrompt = tags.some(({ key }) => key === IS_PROMPT_TAG);
      const version = await store.createModelVersion({
        ...origin,
        name,
        runLink: request.run_link,
        description: request.description,
      });
      if (modelId !== undefined && !isPrompt) {
        await store.setModelVersionsTags(name, version.version, modelId);
      }
      return messages.encodeModelVersion(version);
    },
  ),

  getModelVersion: jsonOperation(messages.modelVersionByNumber, async (store, request) =>
    messages.encodeModelVersion(await store.getModelVersion(request.name, request.version)),
  ),

  updateModelVersion: jsonOperation(messages.updateModelVersion, async (store, request) =>
    messages.encodeModelVersion(
      await store.updateModelVersion(request.name, request.version, request.description),
    ),
  ),

  transitionModelVersionStage: jsonOperation(
    messages.transitionModelVersionStage,
    async (store, request) =>
      messages.encodeModelVersion(
        await store.transitionModelVersionStage({
          name: request.name,
          version: request.version,
          stage: request.stage,
          archiveExistingVersions: request.archive_existing_versions,
        }),
      ),
  ),

  deleteModelVersion: jsonOperation(messages.modelVersionByNumber, async (store, request) => {
    await store.deleteModelVersion(request.name, request.version);
    return EMPTY;
  }),

  getModelVersionDownloadUri: jsonOperation(
    messages.getModelVersionDownloadUri,
    async (store, request) =>
      messages.encodeDownloadUri(
        await store.getModelVersionDownloadUri(request.name, request.version),
      ),
  ),

  searchModelVersions: jsonOperation(messages.searchModelVersions, async (store, request) =>
    messages.encodeModelVersions(
      await store.searchModelVersions({
        filter: request.filter,
        maxResults: request.max_results,
        orderBy: request.order_by,
        pageToken: request.page_token,
      }),
    ),
  ),

  setModelVersionTag: jsonOperation(messages.setModelVersionTag, async (store, request) => {
    const { name, version, key, value } = request;
    await store.setModelVersionTag(name, version, { key, value });
    return EMPTY;
  }),

  deleteModelVersionTag: jsonOperation(messages.deleteModelVersionTag, async (store, request) => {
    await store.deleteModelVersionTag(request.name, request.version, request.key);
    return EMPTY;
  }),

  getModelVersionArtifact: async (call) => {
    const { store, settings, c } = call;
    const { name, version, path } = decodeQuery(messages.getModelVersionArtifact, c.get('query'));
    if (path === undefined) throw invalidParameter('Request must specify path.');
    safeSegments(path);
    const uri = await store.getModelVersionDownloadUri(name, version);
    checkServed(settings, uri);
    return download(c, await store.artifacts.read(uri, path));
  },
} satisfies Record<string, Operation>;
