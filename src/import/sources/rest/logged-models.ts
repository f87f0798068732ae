import type { TableName } from '../../../../ddl/index.js';
import type { SourceRow } from '../../contract.js';
import { textOf } from '../../text.js';
import { pythonNumber, stored } from '../metric-points.js';
import { listOf, recordOf, type RestClient } from './client.js';

type Rows = AsyncGenerator<readonly [TableName, SourceRow]>;

const STATUS = ['', 'PENDING', 'READY', 'UPLOAD_FAILED'];
const PREFIX = 'LOGGED_MODEL_';
const PAGE = 50;

/** Deleted ones are not told, nor points of a metric but the newest. */
export async function* serverLoggedModelRows(client: RestClient, experimentId: string): Rows {
  const models = client.pages('models', (token) =>
    client.post('/api/2.0/mlflow/logged-models/search', {
      experiment_ids: [experimentId],
      max_results: PAGE,
      ...(token === undefined ? {} : { page_token: token }),
    }),
  );
  for await (const model of models) {
    const info = recordOf(model['info']);
    const data = recordOf(model['data']);
    const ids = { model_id: info['model_id'], experiment_id: experimentId };
    for (const { key, value } of listOf(data['params'])) {
      yield ['logged_model_params', { ...ids, param_key: key, param_value: value ?? '' }];
    }
    for (const { key, value } of listOf(info['tags'])) {
      yield ['logged_model_tags', { ...ids, tag_key: key, tag_value: value ?? '' }];
    }
    for (const metric of listOf(data['metrics'])) {
      yield [
        'logged_model_metrics',
        {
          ...ids,
          metric_name: metric['key'],
          metric_timestamp_ms: metric['timestamp'] ?? 0,
          metric_step: metric['step'] ?? 0,
          metric_value: stored(pythonNumber(textOf(metric['value'], '0'))).value,
          run_id: metric['run_id'] ?? '',
          dataset_name: metric['dataset_name'] ?? null,
          dataset_digest: metric['dataset_digest'] ?? null,
        },
      ];
    }
    const status = textOf(info['status']).replace(PREFIX, '');
    yield [
      'logged_models',
      {
        ...ids,
        name: info['name'],
        artifact_location: info['artifact_uri'],
        creation_timestamp_ms: info['creation_timestamp_ms'],
        last_updated_timestamp_ms: info['last_updated_timestamp_ms'],
        status: Math.max(STATUS.indexOf(status), 0),
        lifecycle_stage: 'active',
        model_type: info['model_type'] ?? null,
        source_run_id: info['source_run_id'] ?? null,
        status_message: info['status_message'] ?? null,
      },
    ];
  }
}
