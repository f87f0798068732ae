import {
  checkModelDescription,
  checkModelName,
  checkModelTag,
  checkModelTagKey,
  checkModelVersionTag,
  checkStage,
  checkVersionNumber,
  MODEL_STAGES,
  noSuchModelVersion,
} from '../../domain/registry/index.js';
import type { StoreContext } from '../context.js';
import type { Intents } from '../sql/intents.js';
import type { ModelRegistryStore } from '../store.js';
import type { Outbox } from '../webhooks/outbox.js';
import {
  deleteRegisteredModelAlias,
  getModelVersionByAlias,
  setRegisteredModelAlias,
} from './aliases.js';
import { createRegisteredModel } from './create.js';
import { createModelVersion, readDownloadUri } from './create-version.js';
import { noteModelTag, noteVersionTag } from './events.js';
import { orNoVersion, readModelVersion, readRegisteredModel } from './read.js';
import { deleteRegisteredModel, renameRegisteredModel } from './rename.js';
import { readVersionRow } from './rows.js';
import { searchRegisteredModels } from './search-models.js';
import { searchModelVersions } from './search-versions.js';
import { writeModelTags, writeVersionTags } from './tags.js';
import { type ModelKey, orTakenIn } from './take-in.js';
import { updateModel } from './touch.js';
import {
  deleteModelVersion,
  transitionModelVersionStage,
  updateModelVersion,
} from './versions.js';
import { writeToModel } from './write.js';

export function registryRepository(
  context: StoreContext,
  intents: Intents,
  outbox: Outbox,
): ModelRegistryStore {
  /** What another program wrote since the last sweep is taken in when it is asked for. */
  const found = <Result>(key: ModelKey, call: () => Promise<Result>): Promise<Result> =>
    orTakenIn(context, intents, key, call);
  return {
    createRegisteredModel: (model) => createRegisteredModel(context, intents, outbox, model),

    async getRegisteredModel(name) {
      checkModelName(name);
      return found({ name }, () => readRegisteredModel(context, name));
    },

    async updateRegisteredModel(name, description) {
      checkModelName(name);
      const text = checkModelDescription(description) ?? null;
      await found({ name }, () =>
        writeToModel(context, intents, name, (model) => updateModel(context, model, text)),
      );
      return readRegisteredModel(context, name);
    },

    async renameRegisteredModel(name, newName) {
      await found({ name }, () => renameRegisteredModel(context, intents, name, newName));
      return readRegisteredModel(context, newName);
    },

    deleteRegisteredModel: (name) =>
      found({ name }, () => deleteRegisteredModel(context, intents, name)),
    searchRegisteredModels: (search) => searchRegisteredModels(context, search),

    async getLatestVersions(name, stages = []) {
      checkModelName(name);
      const wanted = stages.length === 0 ? MODEL_STAGES : stages.map(checkStage);
      const { latestVersions, aliases } = await found({ name }, () =>
        readRegisteredModel(context, name),
      );
      return latestVersions
        .filter(({ currentStage }) => wanted.includes(currentStage))
        .map((version) => ({
          ...version,
          aliases: aliases
            .filter((each) => each.version === version.version)
            .map(({ alias }) => alias),
        }));
    },

    async setRegisteredModelTag(name, tag) {
      checkModelName(name);
      const checked = checkModelTag(tag);
      await found({ name }, () =>
        outbox.record((note) =>
          writeToModel(context, intents, name, async (model) => {
            await noteModelTag(context, note, { model, name, ...tag });
            await writeModelTags(context, model, [checked]);
          }),
        ),
      );
    },

    async deleteRegisteredModelTag(name, key) {
      checkModelName(name);
      checkModelTagKey(key);
      await found({ name }, () =>
        outbox.record((note) =>
          writeToModel(context, intents, name, async (model) => {
            await noteModelTag(context, note, { model, name, key });
            await context.db
              .deleteFrom('registered_model_tags')
              .where('workspace', '=', context.workspace)
              .where('key', '=', key)
              .where('name', '=', model.name)
              .execute();
          }),
        ),
      );
    },

    setRegisteredModelAlias: (name, alias, version) =>
      found({ name, version }, () =>
        setRegisteredModelAlias(context, intents, outbox, name, alias, version),
      ),
    deleteRegisteredModelAlias: (name, alias) =>
      found({ name }, () => deleteRegisteredModelAlias(context, intents, outbox, name, alias)),
    getModelVersionByAlias: (name, alias) =>
      found({ name, alias }, async () => getModelVersionByAlias(context, name, alias)),

    createModelVersion: (version) =>
      found({ name: version.name }, () => createModelVersion(context, intents, outbox, version)),

    async getModelVersion(name, version) {
      checkModelName(name);
      const number = checkVersionNumber(version);
      return found({ name, version }, () => readModelVersion(context, name, version, number));
    },

    updateModelVersion: (name, version, description) =>
      found({ name, version }, async () =>
        updateModelVersion(context, intents, name, version, description),
      ),

    transitionModelVersionStage: (request) =>
      found({ name: request.name, version: request.version }, () =>
        transitionModelVersionStage(context, intents, request),
      ),

    deleteModelVersion: (name, version) =>
      found({ name, version }, () =>
        deleteModelVersion(context, intents, name, version),
      ),

    async getModelVersionDownloadUri(name, version) {
      checkModelName(name);
      return found({ name, version }, () => readDownloadUri(context, name, version));
    },

    searchModelVersions: (search) => searchModelVersions(context, search),

    async setModelVersionTag(name, version, tag) {
      checkModelName(name);
      const number = checkVersionNumber(version);
      const checked = checkModelVersionTag(tag);
      const write = () =>
        outbox.record((note) =>
          writeToModel(context, intents, name, async (model) => {
            const row = await readVersionRow(context, model, number);
            if (row === undefined) throw noSuchModelVersion(name, version);
            await noteVersionTag(context, note, { model, name, version, ...tag });
            await writeVersionTags(context, model, row.version, [checked]);
          }),
        );
      await found({ name, version }, () => orNoVersion(name, version, write()));
    },

    async deleteModelVersionTag(name, version, key) {
      checkModelName(name);
      const number = checkVersionNumber(version);
      checkModelTagKey(key);
      const write = () =>
        outbox.record((note) =>
          writeToModel(context, intents, name, async (model) => {
            const row = await readVersionRow(context, model, number);
            if (row === undefined) throw noSuchModelVersion(name, version);
            await noteVersionTag(context, note, { model, name, version, key });
            await context.db
              .deleteFrom('model_version_tags')
              .where('workspace', '=', context.workspace)
              .where('key', '=', key)
              .where('name', '=', model.name)
              .where('version', '=', row.version)
              .execute();
          }),
        );
      await found({ name, version }, () => orNoVersion(name, version, write()));
    },
  };
}
