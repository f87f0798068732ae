import { loggedModelStatusNumber, noSuchLoggedModel } from '../../domain/index.js';
import type { LoggedModel } from '../../domain/logged-model.js';
import type { StoreContext } from '../context.js';
import type { LoggedModelStore } from '../store.js';
import { readLoggedModels } from './belongings.js';
import { createLoggedModel } from './create.js';
import { setModelVersionsTags } from './model-versions-tag.js';
import { logLoggedModelParams } from './params.js';
import { LOGGED_MODEL_COLUMNS, type LoggedModelRow, readLoggedModelRow } from './rows.js';
import { searchLoggedModels } from './search.js';
import { deleteLoggedModelTag, setLoggedModelTags } from './tags.js';

export function loggedModelRepository(context: StoreContext): LoggedModelStore {
  /** One statement by whole primary key, on a deleted model too, as MLflow has it. */
  async function update(
    modelId: string,
    change: Partial<Pick<LoggedModelRow, 'status' | 'lifecycle_stage'>>,
  ): Promise<LoggedModelRow> {
    const row = await context.db
      .updateTable('logged_models')
      .set({ ...change, last_updated_timestamp_ms: context.now() })
      .where('model_id', '=', modelId)
      .returning(LOGGED_MODEL_COLUMNS)
      .executeTakeFirst();
    if (row === undefined) throw noSuchLoggedModel(modelId);
    return row;
  }

  async function whole(
    modelId: string,
    row: LoggedModelRow | Promise<LoggedModelRow>,
  ): Promise<LoggedModel> {
    const rows = Promise.resolve(row).then((found) => [found]);
    const [model] = await readLoggedModels(context, rows, [modelId]);
    if (model === undefined) throw noSuchLoggedModel(modelId);
    return model;
  }

  return {
    createLoggedModel: (model) => createLoggedModel(context, model),

    async getLoggedModel(modelId, { allowDeleted = false } = {}) {
      const model = await whole(modelId, readLoggedModelRow(context, modelId));
      if (model.lifecycleStage !== 'active' && !allowDeleted) throw noSuchLoggedModel(modelId);
      return model;
    },

    async finalizeLoggedModel(modelId, status) {
      return whole(modelId, await update(modelId, { status: loggedModelStatusNumber(status) }));
    },

    async deleteLoggedModel(modelId) {
      await update(modelId, { lifecycle_stage: 'deleted' });
    },

    searchLoggedModels: (search) => searchLoggedModels(context, search),
    logLoggedModelParams: (modelId, params) => logLoggedModelParams(context, modelId, params),
    setLoggedModelTags: (modelId, tags) => setLoggedModelTags(context, modelId, tags),
    setModelVersionsTags: (name, version, modelId) =>
      setModelVersionsTags(context, modelId, { name, version }),
    deleteLoggedModelTag: (modelId, key) => deleteLoggedModelTag(context, modelId, key),
  };
}
