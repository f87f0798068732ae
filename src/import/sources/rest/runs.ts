import type { TableName } from '../../../../ddl/index.js';
import type { SourceRow } from '../../contract.js';
import { textOf } from '../../text.js';
import { hash, modelEdge } from '../edges.js';
import { pythonNumber, stored } from '../metric-points.js';
import { type Json, listOf, recordOf, type RestClient } from './client.js';

type Rows = AsyncGenerator<readonly [TableName, SourceRow]>;

const PAGE = 1_000;
const HISTORY_PAGE = 25_000;

/** A run's data, then the run. Points of a metric are asked for one metric at a time. */
export async function* serverRunRows(client: RestClient, experimentId: string): Rows {
  const runs = client.pages('runs', (token) =>
    client.post('/api/2.0/mlflow/runs/search', {
      experiment_ids: [experimentId],
      run_view_type: 'ALL',
      max_results: PAGE,
      ...(token === undefined ? {} : { page_token: token }),
    }),
  );
  const datasets = new Set<string>();
  for await (const run of runs) {
    const info = recordOf(run['info']);
    const data = recordOf(run['data']);
    const runId = String(info['run_id']);
    for (const metric of listOf(data['metrics'])) {
      yield* history(client, runId, String(metric['key']));
      yield ['latest_metrics', pointRow(runId, metric)];
    }
    for (const { key, value } of listOf(data['params'])) {
      yield ['params', { run_uuid: runId, key, value: value ?? '' }];
    }
    for (const { key, value } of listOf(data['tags'])) {
      yield ['tags', { run_uuid: runId, key, value: value ?? '' }];
    }
    // The search leaves out the models that a run took.
    const whole = await client.get('/api/2.0/mlflow/runs/get', { run_id: runId });
    yield* inputRows(experimentId, runId, recordOf(whole['run']), datasets);
    yield [
      'runs',
      {
        run_uuid: runId,
        name: info['run_name'] ?? null,
        source_type: 'UNKNOWN',
        source_name: '',
        entry_point_name: '',
        user_id: info['user_id'] ?? null,
        status: info['status'],
        start_time: info['start_time'] ?? null,
        end_time: info['end_time'] ?? null,
        source_version: '',
        lifecycle_stage: info['lifecycle_stage'] ?? 'active',
        artifact_uri: info['artifact_uri'] ?? null,
        experiment_id: experimentId,
      },
    ];
  }
}

async function* history(client: RestClient, runId: string, key: string): Rows {
  const points = client.pages('metrics', (token) =>
    client.get('/api/2.0/mlflow/metrics/get-history', {
      run_id: runId,
      metric_key: key,
      max_results: String(HISTORY_PAGE),
      ...(token === undefined ? {} : { page_token: token }),
    }),
  );
  for await (const point of points) yield ['metrics', pointRow(runId, point)];
}

function pointRow(runId: string, point: Json): SourceRow {
  return {
    run_uuid: runId,
    key: point['key'],
    timestamp: point['timestamp'] ?? 0,
    step: point['step'] ?? 0,
    ...stored(pythonNumber(textOf(point['value'], '0'))),
  };
}

/** Ids of datasets and edges are not told, so they are made, the same in each import. */
function* inputRows(
  experimentId: string,
  runId: string,
  run: Json,
  datasets: Set<string>,
): Generator<readonly [TableName, SourceRow]> {
  const inputs = recordOf(run['inputs']);
  for (const input of listOf(inputs['dataset_inputs'])) {
    const dataset = recordOf(input['dataset']);
    const [name, digest] = [String(dataset['name']), String(dataset['digest'])];
    const datasetId = hash(experimentId, name, digest);
    if (!datasets.has(datasetId)) {
      datasets.add(datasetId);
      yield [
        'datasets',
        {
          dataset_uuid: datasetId,
          experiment_id: experimentId,
          name,
          digest,
          dataset_source_type: dataset['source_type'],
          dataset_source: dataset['source'],
          dataset_schema: dataset['schema'] ?? null,
          dataset_profile: dataset['profile'] ?? null,
        },
      ];
    }
    const inputId = hash(runId, datasetId, 'input');
    for (const { key, value } of listOf(input['tags'])) {
      yield ['input_tags', { input_uuid: inputId, name: key, value: value ?? '' }];
    }
    yield [
      'inputs',
      {
        input_uuid: inputId,
        source_type: 'DATASET',
        source_id: datasetId,
        destination_type: 'RUN',
        destination_id: runId,
        step: 0,
      },
    ];
  }
  for (const [kind, models] of [
    ['INPUT', listOf(inputs['model_inputs'])],
    ['OUTPUT', listOf(recordOf(run['outputs'])['model_outputs'])],
  ] as const) {
    for (const model of models) {
      const modelId = String(model['model_id']);
      const id = hash(runId, modelId, kind.toLowerCase());
      yield [
        'inputs',
        modelEdge(id, kind, runId, modelId, String((model['step'] as number | undefined) ?? 0)),
      ];
    }
  }
}
