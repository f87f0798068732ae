import { join } from 'node:path';

import type { TableName } from '../../../../ddl/index.js';
import type { SourceRow } from '../../contract.js';
import { pythonNumber, stored } from '../metric-points.js';
import type { ExperimentFolder } from './experiments.js';
import { folders, keys, keyValues } from './folders.js';
import { lines, refuseMalformed } from './runs.js';
import { readMeta } from './yaml.js';

type Rows = AsyncGenerator<readonly [TableName, SourceRow]>;

export async function* loggedModelRows(experiment: ExperimentFolder, onMerged: () => void): Rows {
  const parent = join(experiment.path, 'models');
  for (const name of await folders(parent)) {
    const path = join(parent, name);
    const meta = await readMeta(join(path, 'meta.yaml'));
    if (meta === undefined) continue;
    const ids = { model_id: name, experiment_id: experiment.id };
    for await (const [key, value] of keyValues(join(path, 'params'))) {
      yield ['logged_model_params', { ...ids, param_key: key, param_value: value }];
    }
    for await (const [key, value] of keyValues(join(path, 'tags'))) {
      yield ['logged_model_tags', { ...ids, tag_key: key, tag_value: value }];
    }
    yield* metricRows(join(path, 'metrics'), ids, onMerged);
    yield [
      'logged_models',
      {
        ...ids,
        name: meta['name'],
        artifact_location: meta['artifact_location'],
        creation_timestamp_ms: meta['creation_timestamp'],
        last_updated_timestamp_ms: meta['last_updated_timestamp'],
        status: meta['status'],
        lifecycle_stage: meta['lifecycle_stage'] ?? 'active',
        model_type: meta['model_type'] ?? null,
        source_run_id: meta['source_run_id'] ?? null,
        status_message: meta['status_message'] ?? null,
      },
    ];
  }
}

async function* metricRows(folder: string, ids: SourceRow, onMerged: () => void): Rows {
  for (const key of await keys(folder)) {
    const path = join(folder, key);
    const seen = new Set<string>();
    for (const line of await lines(path)) {
      const [timestamp = '', text = '', step = '', runId = '', ...dataset] = line.split(' ');
      const value = pythonNumber(text);
      refuseMalformed({ value, timestamp, step }, text, path);
      const id = `${timestamp} ${step} ${runId}`;
      if (seen.has(id)) {
        onMerged();
        continue;
      }
      seen.add(id);
      yield [
        'logged_model_metrics',
        {
          ...ids,
          metric_name: key,
          metric_timestamp_ms: timestamp,
          metric_step: step,
          metric_value: stored(value).value,
          run_id: runId,
          // The digest has no blank in it, the name may.
          dataset_name: dataset.length < 2 ? null : dataset.slice(0, -1).join(' '),
          dataset_digest: dataset.length < 2 ? null : (dataset.at(-1) ?? null),
        },
      ];
    }
  }
}
