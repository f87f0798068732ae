import type { Experiment } from '../../domain/experiment.js';
import {
  checkExperimentId,
  checkExperimentTag,
  experimentNotActive,
  noSuchExperiment,
  noSuchExperimentTag,
} from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import type { Intents } from '../sql/intents.js';
import type { ExperimentStore } from '../store.js';
import { createExperiment } from './create.js';
import { deleteExperiment, restoreExperiment } from './lifecycle.js';
import { readClaim } from './names.js';
import { renameExperiment } from './rename.js';
import { type ExperimentRow, readVisibleExperimentRow, toExperiment } from './rows.js';
import { searchExperiments } from './search.js';
import { readExperimentTags, writeExperimentTags } from './tags.js';

export function experimentRepository(context: StoreContext, intents: Intents): ExperimentStore {
  async function withTags(row: ExperimentRow): Promise<Experiment> {
    const tags = await readExperimentTags(context, [row.experiment_id]);
    return toExperiment(row, tags.get(String(row.experiment_id)) ?? []);
  }

  return {
    createExperiment: (experiment) => createExperiment(context, experiment),

    async getExperiment(experimentId) {
      const id = checkExperimentId(experimentId);
      const row = await readVisibleExperimentRow(context, id);
      if (row === undefined) throw noSuchExperiment(id);
      return withTags(row);
    },

    async getExperimentByName(name) {
      const claim = await readClaim(context, name);
      if (claim === undefined) return undefined;
      const row = await readVisibleExperimentRow(context, claim.experiment_id);
      // The claim may be ahead of the row (a rename under way) or behind it (one that is done).
      return row?.name === name ? withTags(row) : undefined;
    },

    deleteExperiment: (experimentId) =>
      deleteExperiment(context, intents, checkExperimentId(experimentId)),

    restoreExperiment: (experimentId) =>
      restoreExperiment(context, intents, checkExperimentId(experimentId)),

    renameExperiment: (experimentId, newName) =>
      renameExperiment(context, checkExperimentId(experimentId), newName),

    searchExperiments: (search) => searchExperiments(context, search),

    async setExperimentTag(experimentId, tag) {
      const checked = checkExperimentTag(tag);
      const { experiment_id } = await readActiveExperimentRow(
        context,
        checkExperimentId(experimentId),
      );
      await writeExperimentTags(context, experiment_id, [checked]);
    },

    async deleteExperimentTag(experimentId, key) {
      const { experiment_id } = await readActiveExperimentRow(
        context,
        checkExperimentId(experimentId),
      );
      const { numDeletedRows } = await context.db
        .deleteFrom('experiment_tags')
        .where('key', '=', key)
        .where('experiment_id', '=', experiment_id)
        .executeTakeFirst();
      if (numDeletedRows === 0n) throw noSuchExperimentTag(experiment_id, key);
    },
  };
}

/** @throws RESOURCE_DOES_NOT_EXIST, or INVALID_PARAMETER_VALUE for a deleted one. */
export async function readActiveExperimentRow(
  context: StoreContext,
  experimentId: Int64,
): Promise<ExperimentRow> {
  const row = await readVisibleExperimentRow(context, experimentId);
  if (row === undefined) throw noSuchExperiment(experimentId);
  if (row.lifecycle_stage !== 'active') throw experimentNotActive(experimentId, row.lifecycle_stage);
  return row;
}
