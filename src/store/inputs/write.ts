import { unnest, wholeKeys } from '../../../dialect/index.js';
import { newUuidHex } from '../../domain/index.js';
import type { DatasetInput } from '../../domain/input.js';
import type { Int64 } from '../../domain/int64.js';
import type { Tag } from '../../domain/tag.js';
import type { StoreContext } from '../context.js';
import { DATASET_OF_RUN } from './edges.js';

/**
 * Datasets, then the tags of the new inputs, then the inputs, which make them visible: what a crash
 * leaves is never seen, and the same call again completes it. An input that stands keeps its tags.
 */
export async function writeDatasetInputs(
  context: StoreContext,
  runId: string,
  experimentId: Int64,
  inputs: readonly DatasetInput[],
): Promise<void> {
  if (inputs.length === 0) return;
  const datasetIds = await writeDatasets(context, experimentId, inputs);
  const edges = inputs.map((input, index) => ({
    input_uuid: newUuidHex(),
    ...DATASET_OF_RUN,
    source_id: datasetIds[index] ?? '',
    destination_id: runId,
    step: 0,
    tags: input.tags,
  }));
  const standing = await findEdges(context, edges);
  const fresh = edges.filter((edge) => !standing.has(edge.source_id));
  await writeInputTags(
    context,
    fresh.flatMap(({ input_uuid, tags }) => tags.map((tag) => ({ input_uuid, ...tag }))),
  );
  await writeEdges(context, fresh);
}

/** One statement: what is new is written, what stands is kept. Answers the ids in the given order. */
async function writeDatasets(
  context: StoreContext,
  experimentId: Int64,
  inputs: readonly DatasetInput[],
): Promise<readonly (string | undefined)[]> {
  const { db } = context;
  const datasets = inputs.map(({ dataset }) => dataset);
  const text = (values: readonly (string | null)[]) => ({ type: 'text', values }) as const;
  const standing = await db
    .insertInto('datasets')
    .columns([
      'dataset_uuid',
      'experiment_id',
      'name',
      'digest',
      'dataset_source_type',
      'dataset_source',
      'dataset_schema',
      'dataset_profile',
    ])
    .expression(
      db
        .selectFrom(
          unnest('dataset', {
            dataset_uuid: text(datasets.map(() => newUuidHex())),
            experiment_id: { type: 'bigint', values: datasets.map(() => experimentId) },
            name: text(datasets.map(({ name }) => name)),
            digest: text(datasets.map(({ digest }) => digest)),
            dataset_source_type: text(datasets.map(({ sourceType }) => sourceType)),
            dataset_source: text(datasets.map(({ source }) => source)),
            dataset_schema: text(datasets.map(({ schema }) => schema ?? null)),
            dataset_profile: text(datasets.map(({ profile }) => profile ?? null)),
          }),
        )
        .selectAll(),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['experiment_id', 'name', 'digest'])
        .doUpdateSet((eb) => ({ dataset_uuid: eb.ref('datasets.dataset_uuid') })),
    )
    .returning(['name', 'digest', 'dataset_uuid'])
    .execute();
  const idOf = new Map(
    standing.map(({ name, digest, dataset_uuid }) => [JSON.stringify([name, digest]), dataset_uuid]),
  );
  return datasets.map(({ name, digest }) => idOf.get(JSON.stringify([name, digest])));
}

export interface Edge {
  readonly input_uuid: string;
  readonly source_type: string;
  readonly source_id: string;
  readonly destination_type: string;
  readonly destination_id: string;
  readonly step: Int64;
}

/** The sources of those edges that stand already, by primary key. */
async function findEdges(
  context: StoreContext,
  edges: readonly Edge[],
): Promise<ReadonlySet<string>> {
  const rows = await context.db
    .selectFrom('inputs')
    .select('source_id')
    .where((eb) =>
      wholeKeys(
        eb,
        ['source_type', 'destination_type', 'destination_id', 'source_id'],
        edges.map((edge) => [
          edge.source_type,
          edge.destination_type,
          edge.destination_id,
          edge.source_id,
        ]),
      ),
    )
    .execute();
  return new Set(rows.map((row) => row.source_id));
}

/** Writes edges and answers those that stand; one that stood before keeps its id and step. */
export async function writeEdges(
  context: StoreContext,
  edges: readonly Edge[],
): Promise<readonly Edge[]> {
  if (edges.length === 0) return [];
  const { db } = context;
  const text = (values: readonly string[]) => ({ type: 'text', values }) as const;
  return db
    .insertInto('inputs')
    .columns([
      'input_uuid',
      'source_type',
      'source_id',
      'destination_type',
      'destination_id',
      'step',
    ])
    .expression(
      db
        .selectFrom(
          unnest('edge', {
            input_uuid: text(edges.map((edge) => edge.input_uuid)),
            source_type: text(edges.map((edge) => edge.source_type)),
            source_id: text(edges.map((edge) => edge.source_id)),
            destination_type: text(edges.map((edge) => edge.destination_type)),
            destination_id: text(edges.map((edge) => edge.destination_id)),
            step: { type: 'bigint', values: edges.map((edge) => edge.step) },
          }),
        )
        .selectAll(),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['source_type', 'source_id', 'destination_type', 'destination_id'])
        .doUpdateSet((eb) => ({ input_uuid: eb.ref('inputs.input_uuid') })),
    )
    .returning([
      'input_uuid',
      'source_type',
      'source_id',
      'destination_type',
      'destination_id',
      'step',
    ])
    .execute();
}

async function writeInputTags(
  context: StoreContext,
  tags: readonly (Tag & { readonly input_uuid: string })[],
): Promise<void> {
  if (tags.length === 0) return;
  const { db } = context;
  await db
    .insertInto('input_tags')
    .columns(['input_uuid', 'name', 'value'])
    .expression(
      db
        .selectFrom(
          unnest('tag', {
            input_uuid: { type: 'text', values: tags.map((tag) => tag.input_uuid) },
            name: { type: 'text', values: tags.map((tag) => tag.key) },
            value: { type: 'text', values: tags.map((tag) => tag.value) },
          }),
        )
        .selectAll(),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['input_uuid', 'name'])
        .doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
    )
    .execute();
}
