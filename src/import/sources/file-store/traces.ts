import { join } from 'node:path';

import type { TableName } from '../../../../ddl/index.js';
import type { SourceRow } from '../../contract.js';
import { traceRows } from '../trace-rows.js';
import type { ExperimentFolder } from './experiments.js';
import { folders, keys, keyValues } from './folders.js';
import { type Meta, readMeta, readTyped } from './yaml.js';

/** Traces but for their spans, which are an artifact of each and stay where they are. */
export async function* fileTraceRows({
  path,
  id,
}: ExperimentFolder): AsyncGenerator<readonly [TableName, SourceRow]> {
  for (const name of await folders(join(path, 'traces'))) {
    const folder = join(path, 'traces', name);
    const info = await readMeta(join(folder, 'trace_info.yaml'));
    if (info === undefined) continue;
    const assessments: Meta[] = [];
    for (const file of await keys(join(folder, 'assessments'))) {
      const assessment = await readTyped(join(folder, 'assessments', file));
      if (assessment !== undefined) assessments.push(assessment);
    }
    yield* traceRows(
      {
        trace_location: experimentLocation(id),
        ...(info['request_id'] === undefined ? info : ofVersion2(info)),
        trace_id: info['trace_id'] ?? info['request_id'] ?? name,
        tags: await mapping(join(folder, 'tags')),
        trace_metadata: await mapping(join(folder, 'request_metadata')),
      },
      assessments,
    );
  }
}

/** As MLflow 2 wrote it: under other names, the time in ms. */
function ofVersion2(info: Meta): Meta {
  const { experiment_id, timestamp_ms, execution_time_ms, status } = info;
  return {
    ...(experiment_id === undefined ? {} : { trace_location: experimentLocation(experiment_id) }),
    request_time: timestamp_ms,
    execution_duration_ms: execution_time_ms ?? null,
    state: status === 'TRACE_STATUS_UNSPECIFIED' ? 'STATE_UNSPECIFIED' : status,
  };
}

function experimentLocation(id: unknown): Meta {
  return { mlflow_experiment: { experiment_id: id } };
}

async function mapping(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const [key, value] of keyValues(folder)) found[key] = value;
  return found;
}
