import { sql, type SqlBool } from 'kysely';

import type { DatasetInput, LoggedModelInput, LoggedModelOutput } from '../../domain/input.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { DATASET_OF_RUN, MODEL_INPUT, MODEL_OUTPUT } from './edges.js';

export interface RunInputsAndOutputs {
  readonly datasetInputs: readonly DatasetInput[];
  readonly modelInputs: readonly LoggedModelInput[];
  readonly modelOutputs: readonly LoggedModelOutput[];
}

/**
 * What runs took in and gave out, as a look-up by run id. One statement for the edges; two more,
 * side by side, where there are datasets.
 */
export async function readRunInputs(
  context: StoreContext,
  runIds: readonly string[],
): Promise<(runId: string) => RunInputsAndOutputs> {
  const { db } = context;
  const ids = sql`CAST(${runIds} AS text[])`;
  const edges = await db
    .selectFrom('inputs')
    .select(['input_uuid', 'source_type', 'source_id', 'destination_id', 'step'])
    .where(
      sql<SqlBool>`((destination_type = ${sql.lit(DATASET_OF_RUN.destination_type)} AND destination_id = ANY(${ids})) OR (source_type IN (${sql.lit(MODEL_INPUT.source_type)}, ${sql.lit(MODEL_OUTPUT.source_type)}) AND source_id = ANY(${ids})))`,
    )
    .orderBy('input_uuid')
    .execute();

  const datasetEdges = edges.filter((edge) => edge.source_type === DATASET_OF_RUN.source_type);
  const datasetInputs = Map.groupBy(
    await readDatasetInputs(context, datasetEdges),
    ({ runId }) => runId,
  );
  const modelEdges = Map.groupBy(
    edges.filter((edge) => edge.source_type !== DATASET_OF_RUN.source_type),
    (edge) => `${edge.source_type} ${edge.source_id}`,
  );
  return (runId) => ({
    datasetInputs: (datasetInputs.get(runId) ?? []).map(({ input }) => input),
    modelInputs: (modelEdges.get(`${MODEL_INPUT.source_type} ${runId}`) ?? []).map((edge) => ({
      modelId: edge.destination_id,
    })),
    modelOutputs: (modelEdges.get(`${MODEL_OUTPUT.source_type} ${runId}`) ?? []).map((edge) => ({
      modelId: edge.destination_id,
      step: edge.step,
    })),
  });
}

interface DatasetEdge {
  readonly input_uuid: string;
  readonly source_id: string;
  readonly destination_id: string;
}

async function readDatasetInputs(
  context: StoreContext,
  edges: readonly DatasetEdge[],
): Promise<readonly { readonly runId: string; readonly input: DatasetInput }[]> {
  if (edges.length === 0) return [];
  const { db } = context;
  const datasetIds = [...new Set(edges.map((edge) => edge.source_id))];
  const inputIds = edges.map((edge) => edge.input_uuid);
  const [datasets, tags] = await Promise.all([
    db
      .selectFrom('datasets')
      .select([
        'dataset_uuid',
        'name',
        'digest',
        'dataset_source_type',
        'dataset_source',
        'dataset_schema',
        'dataset_profile',
      ])
      .where(isOneOf('dataset_uuid', 'text', datasetIds))
      .execute(),
    db
      .selectFrom('input_tags')
      .select(['input_uuid', 'name', 'value'])
      .where(isOneOf('input_uuid', 'text', inputIds))
      .orderBy('name')
      .execute(),
  ]);
  const datasetOf = new Map(datasets.map((row) => [row.dataset_uuid, row]));
  const tagsOf = Map.groupBy(tags, (tag) => tag.input_uuid);
  return edges.flatMap((edge) => {
    const row = datasetOf.get(edge.source_id);
    if (row === undefined) return [];
    const input: DatasetInput = {
      dataset: {
        name: row.name,
        digest: row.digest,
        sourceType: row.dataset_source_type,
        source: row.dataset_source,
        ...(row.dataset_schema === null ? {} : { schema: row.dataset_schema }),
        ...(row.dataset_profile === null ? {} : { profile: row.dataset_profile }),
      },
      tags: (tagsOf.get(edge.input_uuid) ?? []).map(({ name, value }) => ({ key: name, value })),
    };
    return [{ runId: edge.destination_id, input }];
  });
}
