import { join } from 'node:path';

import type { TableName } from '../../../../ddl/index.js';
import type { SourceRow } from '../../contract.js';
import { ImportSourceError } from '../../errors.js';
import { textOf } from '../../text.js';
import { hash, modelEdge } from '../edges.js';
import { isNewer, type Point, pythonNumber, stored } from '../metric-points.js';
import { type ExperimentFolder, RESERVED } from './experiments.js';
import { folders, keys, keyValues } from './folders.js';
import { type Meta, readIfThere, readMeta } from './yaml.js';

type Rows = AsyncGenerator<readonly [TableName, SourceRow]>;

/** MLflow's numbers of the protobuf enums `RunStatus` and `SourceType`. */
const STATUS = ['', 'RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];
const SOURCE_TYPE = ['', 'NOTEBOOK', 'JOB', 'PROJECT', 'LOCAL'];

/** What belongs to a run, then the run. `onMerged` is told of points that are there twice. */
export async function* runRows(experiment: ExperimentFolder, onMerged: () => void): Rows {
  for (const name of await folders(join(experiment.path, 'datasets'))) {
    const meta = await readMeta(join(experiment.path, 'datasets', name, 'meta.yaml'));
    if (meta !== undefined) yield ['datasets', datasetRow(experiment.id, name, meta)];
  }
  for (const name of await folders(experiment.path)) {
    if (RESERVED.has(name)) continue;
    const path = join(experiment.path, name);
    const meta = await readMeta(join(path, 'meta.yaml'));
    if (meta === undefined) continue;
    const runId = textOf(meta['run_id'] ?? meta['run_uuid'], name);
    yield* metricRows(join(path, 'metrics'), runId, onMerged);
    for (const [table, folder] of [
      ['params', 'params'],
      ['tags', 'tags'],
    ] as const) {
      for await (const [key, value] of keyValues(join(path, folder))) {
        yield [table, { run_uuid: runId, key, value }];
      }
    }
    yield* inputRows(experiment.id, path, runId);
    yield ['runs', runRow(experiment, runId, meta)];
  }
}

function runRow({ id }: ExperimentFolder, runId: string, meta: Meta): SourceRow {
  return {
    run_uuid: runId,
    name: meta['run_name'] ?? meta['name'] ?? null,
    source_type: SOURCE_TYPE[Number(meta['source_type'])] ?? 'UNKNOWN',
    source_name: meta['source_name'] ?? '',
    entry_point_name: meta['entry_point_name'] ?? '',
    user_id: meta['user_id'] ?? null,
    status: STATUS[Number(meta['status'])] ?? 'RUNNING',
    start_time: meta['start_time'] ?? null,
    end_time: meta['end_time'] ?? null,
    deleted_time: meta['deleted_time'] ?? null,
    source_version: meta['source_version'] ?? '',
    lifecycle_stage: meta['lifecycle_stage'] ?? 'active',
    artifact_uri: meta['artifact_uri'] ?? null,
    experiment_id: id,
  };
}

async function* metricRows(folder: string, runId: string, onMerged: () => void): Rows {
  for (const key of await keys(folder)) {
    const path = join(folder, key);
    const seen = new Set<string>();
    let latest: Point | undefined;
    for (const line of await lines(path)) {
      const [timestamp = '', text = '', step = '0'] = line.split(' ');
      const point = { value: pythonNumber(text), timestamp, step };
      refuseMalformed(point, text, path);
      const id = `${timestamp} ${String(point.value)} ${step}`;
      if (seen.has(id)) {
        onMerged();
        continue;
      }
      seen.add(id);
      if (latest === undefined || isNewer(point, latest)) latest = point;
      yield ['metrics', { run_uuid: runId, key, ...point, ...stored(point.value) }];
    }
    if (latest !== undefined) {
      yield ['latest_metrics', { run_uuid: runId, key, ...latest, ...stored(latest.value) }];
    }
  }
}

export async function lines(path: string): Promise<string[]> {
  const text = (await readIfThere(path)) ?? '';
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export function refuseMalformed(point: Point, text: string, path: string): void {
  const isWhole = /^-?\d+$/.test(point.timestamp) && /^-?\d+$/.test(point.step);
  if (isWhole && text !== '' && (!Number.isNaN(point.value) || /^nan$/i.test(text))) return;
  throw new ImportSourceError(`${path} has a line that is no point of a metric`);
}

/** The folder's name tells a dataset by its name and digest alone; ours, per experiment. */
function datasetId(experimentId: string, folder: string): string {
  return hash(experimentId, folder);
}

function datasetRow(experimentId: string, folder: string, meta: Meta): SourceRow {
  return {
    dataset_uuid: datasetId(experimentId, folder),
    experiment_id: experimentId,
    name: meta['name'],
    digest: meta['digest'],
    dataset_source_type: meta['source_type'],
    dataset_source: meta['source'],
    dataset_schema: meta['schema'] ?? null,
    dataset_profile: meta['profile'] ?? null,
  };
}

/** The edges as the SQL store has them; in the files, a destination isn't always right. */
async function* inputRows(experimentId: string, path: string, runId: string): Rows {
  for (const name of await folders(join(path, 'inputs'))) {
    const meta = await readMeta(join(path, 'inputs', name, 'meta.yaml'));
    if (meta === undefined) continue;
    const id = String(meta['source_id']);
    const isModel = meta['source_type'] === 'MODEL';
    for (const [key, value] of Object.entries((meta['tags'] ?? {}) as Meta)) {
      yield ['input_tags', { input_uuid: name, name: key, value }];
    }
    yield [
      'inputs',
      isModel
        ? modelEdge(name, 'INPUT', runId, id, '0')
        : {
            input_uuid: name,
            source_type: 'DATASET',
            source_id: datasetId(experimentId, id),
            destination_type: 'RUN',
            destination_id: runId,
            step: '0',
          },
    ];
  }
  for (const modelId of await folders(join(path, 'outputs'))) {
    const meta = await readMeta(join(path, 'outputs', modelId, 'meta.yaml'));
    if (meta === undefined) continue;
    const id = hash(runId, modelId, 'output');
    yield ['inputs', modelEdge(id, 'OUTPUT', runId, modelId, textOf(meta['step'], '0'))];
  }
}
