import { sql, type SqlBool } from 'kysely';

import {
  checkExperimentId,
  checkLogInputs,
  checkLogOutputs,
  DATASET_CONTEXT_TAG,
  MlflowError,
  newUuidHex,
} from '../../domain/index.js';
import type { StoreContext } from '../context.js';
import { readActiveRunRow } from '../runs/rows.js';
import type { InputStore } from '../store.js';
import { MODEL_INPUT, MODEL_OUTPUT } from './edges.js';
import { recordLoggedModel } from './logged-model-history.js';
import { writeDatasetInputs, writeEdges } from './write.js';

const MAX_DATASET_SUMMARIES = 1_000;

export function inputRepository(context: StoreContext): InputStore {
  return {
    async logInputs(runId, inputs) {
      const { datasets, models } = checkLogInputs(runId, inputs);
      const run = await readActiveRunRow(context, runId);
      await Promise.all([
        writeDatasetInputs(context, runId, run.experiment_id ?? 0, datasets),
        writeEdges(
          context,
          models.map(({ modelId }) => ({
            input_uuid: newUuidHex(),
            ...MODEL_INPUT,
            source_id: runId,
            destination_id: modelId,
            step: 0,
          })),
        ),
      ]);
    },

    async logOutputs(runId, outputs) {
      const { models } = checkLogOutputs(outputs);
      await readActiveRunRow(context, runId);
      const standing = await writeEdges(
        context,
        models.map(({ modelId, step }) => ({
          input_uuid: newUuidHex(),
          ...MODEL_OUTPUT,
          source_id: runId,
          destination_id: modelId,
          step,
        })),
      );
      const stepOf = new Map(standing.map((edge) => [edge.destination_id, edge.step]));
      const changed = models.find(
        ({ modelId, step }) => String(stepOf.get(modelId) ?? step) !== String(step),
      );
      if (changed !== undefined) {
        throw new MlflowError(
          'BAD_REQUEST',
          `Model '${changed.modelId}' is already an output of run '${runId}' at step ` +
            `${String(stepOf.get(changed.modelId))}.`,
        );
      }
    },

    async searchDatasets(experimentIds) {
      const ids = experimentIds.map(checkExperimentId);
      const rows = await context.db
        .selectFrom('datasets')
        .innerJoin('inputs', 'inputs.source_id', 'datasets.dataset_uuid')
        .leftJoin(
          context.db
            .selectFrom('input_tags')
            .select(['input_uuid', 'value as context'])
            .where('name', '=', DATASET_CONTEXT_TAG)
            .as('context'),
          'context.input_uuid',
          'inputs.input_uuid',
        )
        .select([
          'datasets.experiment_id',
          'datasets.name',
          'datasets.digest',
          'context.context',
        ])
        .where(sql<SqlBool>`datasets.experiment_id = ANY(CAST(${ids} AS bigint[]))`)
        .groupBy(['datasets.experiment_id', 'datasets.name', 'datasets.digest', 'context.context'])
        .orderBy('datasets.experiment_id')
        .orderBy('datasets.name')
        .orderBy('datasets.digest')
        .limit(MAX_DATASET_SUMMARIES)
        .execute();
      return rows.map((row) => ({
        experimentId: String(row.experiment_id),
        name: row.name,
        digest: row.digest,
        ...(row.context === null ? {} : { context: row.context }),
      }));
    },

    recordLoggedModel: (runId, modelJson) => recordLoggedModel(context, runId, modelJson),
  };
}
