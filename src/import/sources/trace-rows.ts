/** A trace's information, as the REST API and the file store have it, as rows of the SQL store. */
import type { TableName } from '../../../ddl/index.js';
import { TOKEN_USAGE_KEY, tokenMetrics } from '../../domain/index.js';
import type { SourceRow } from '../contract.js';

type Rows = Iterable<readonly [TableName, SourceRow]>;
type Json = Readonly<Record<string, unknown>>;

export const traceTables = [
  'trace_tags',
  'trace_request_metadata',
  'trace_metrics',
  'assessments',
] as const satisfies readonly TableName[];

/** @param info with `tags` and `trace_metadata` as mappings */
export function* traceRows(info: Json, assessments: readonly Json[]): Rows {
  const id = info['trace_id'];
  for (const [key, value] of entries(info['tags'])) {
    yield ['trace_tags', { request_id: id, key, value }];
  }
  for (const [key, value] of entries(info['trace_metadata'])) {
    yield ['trace_request_metadata', { request_id: id, key, value }];
    if (key !== TOKEN_USAGE_KEY) continue;
    for (const metric of tokenMetrics(String(value))) {
      yield ['trace_metrics', { request_id: id, ...metric }];
    }
  }
  for (const assessment of assessments) yield ['assessments', assessmentRow(assessment, id)];
  const location = record(record(info['trace_location'])['mlflow_experiment']);
  yield [
    'trace_info',
    {
      request_id: id,
      experiment_id: location['experiment_id'],
      timestamp_ms: milliseconds(info['request_time']),
      execution_time_ms: info['execution_duration_ms'] ?? durationMs(info['execution_duration']),
      status: info['state'] ?? 'STATE_UNSPECIFIED',
      client_request_id: info['client_request_id'] ?? null,
      request_preview: info['request_preview'] ?? null,
      response_preview: info['response_preview'] ?? null,
    },
  ];
}

function assessmentRow(assessment: Json, traceId: unknown): SourceRow {
  const source = record(assessment['source']);
  const { type, value, error } = valueOf(assessment);
  const metadata = assessment['metadata'];
  return {
    assessment_id: assessment['assessment_id'],
    trace_id: assessment['trace_id'] ?? traceId,
    name: assessment['assessment_name'],
    assessment_type: type,
    value: JSON.stringify(value ?? null),
    error: error === undefined ? null : JSON.stringify(error),
    created_timestamp: milliseconds(assessment['create_time']),
    last_updated_timestamp: milliseconds(assessment['last_update_time']),
    source_type: source['source_type'],
    source_id: source['source_id'] ?? null,
    run_id: assessment['run_id'] ?? null,
    span_id: assessment['span_id'] ?? null,
    rationale: assessment['rationale'] ?? null,
    overrides: assessment['overrides'] ?? null,
    valid: assessment['valid'] ?? true,
    assessment_metadata: metadata === undefined ? null : JSON.stringify(metadata),
  };
}

function valueOf(assessment: Json): { type: string; value: unknown; error?: unknown } {
  if ('issue' in assessment) {
    return { type: 'issue', value: assessment['issue'] };
  }
  if ('expectation' in assessment) {
    const expectation = record(assessment['expectation']);
    const serialized = record(expectation['serialized_value'])['value'];
    const value =
      typeof serialized === 'string' ? (JSON.parse(serialized) as unknown) : expectation['value'];
    return { type: 'expectation', value };
  }
  const { value, error } = record(assessment['feedback']) as { value?: unknown; error?: unknown };
  return { type: 'feedback', value, error };
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function entries(value: unknown): [string, unknown][] {
  return Object.entries(record(value));
}

/** From `2026-11-24T10:54:28.422Z`, or as they are. */
function milliseconds(time: unknown): number {
  const text = String(time);
  return /^\d+$/.test(text) ? Number(text) : Date.parse(text);
}

/** From `0.028s`. */
function durationMs(duration: unknown): number | null {
  return typeof duration === 'string' ? Math.round(Number.parseFloat(duration) * 1_000) : null;
}
