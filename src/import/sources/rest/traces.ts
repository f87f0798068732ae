import type { TableName } from '../../../../ddl/index.js';
import type { SourceRow } from '../../contract.js';
import { textOf } from '../../text.js';
import { traceRows } from '../trace-rows.js';
import { type Json, listOf, NoSuchEndpointError, recordOf, type RestClient } from './client.js';

type Rows = AsyncGenerator<readonly [TableName, SourceRow]>;

const PAGE = 500;
const SPANS_LOCATION = 'mlflow.trace.spansLocation';

/** @param onMissing is told once where the server has no traces */
export async function* serverTraceRows(
  client: RestClient,
  experimentId: string,
  onMissing: () => void,
): Rows {
  const traces = client.pages('traces', (token) =>
    client.post('/api/3.0/mlflow/traces/search', {
      locations: [
        { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: experimentId } },
      ],
      max_results: PAGE,
      ...(token === undefined ? {} : { page_token: token }),
    }),
  );
  try {
    for await (const info of traces) {
      // Others keep their spans among the artifacts.
      if (recordOf(info['tags'])[SPANS_LOCATION] === 'TRACKING_STORE') {
        yield* spanRows(client, experimentId, String(info['trace_id']));
      }
      yield* traceRows(info, listOf(info['assessments']));
    }
  } catch (error) {
    if (!(error instanceof NoSuchEndpointError)) throw error;
    onMissing();
  }
}

async function* spanRows(client: RestClient, experimentId: string, traceId: string): Rows {
  const answer = await client.get('/api/3.0/mlflow/traces/get', { trace_id: traceId });
  for (const span of listOf(recordOf(answer['trace'])['spans'])) {
    const attributes = new Map(
      listOf(span['attributes']).map(({ key, value }) => [String(key), value]),
    );
    const parent = span['parent_span_id'];
    const code = textOf(recordOf(span['status'])['code'], 'STATUS_CODE_UNSET');
    yield [
      'spans',
      {
        trace_id: traceId,
        experiment_id: experimentId,
        span_id: hex(span['span_id']),
        parent_span_id: isAbsent(parent) ? null : hex(parent),
        name: span['name'] ?? null,
        type: recordOf(attributes.get('mlflow.spanType'))['string_value'] ?? null,
        status: code.replace('STATUS_CODE_', ''),
        start_time_unix_nano: span['start_time_unix_nano'],
        end_time_unix_nano: span['end_time_unix_nano'] ?? null,
        content: contentOf(span, attributes),
        dimension_attributes: null,
      },
    ];
  }
}

/** The span as the SQL store keeps it: JSON, in which each attribute is JSON again, in a text. */
function contentOf(span: Json, attributes: ReadonlyMap<string, unknown>): string {
  const status = recordOf(span['status']);
  const members = {
    trace_id: JSON.stringify(span['trace_id']),
    span_id: JSON.stringify(span['span_id']),
    parent_span_id: isAbsent(span['parent_span_id'])
      ? 'null'
      : JSON.stringify(span['parent_span_id']),
    name: JSON.stringify(span['name'] ?? ''),
    start_time_unix_nano: whole(span['start_time_unix_nano']),
    end_time_unix_nano: whole(span['end_time_unix_nano']),
    events: `[${listOf(span['events']).map(eventOf).join(', ')}]`,
    status: JSON.stringify({
      code: status['code'] ?? 'STATUS_CODE_UNSET',
      message: status['message'] ?? '',
    }),
    attributes: object(
      [...attributes].map(([key, value]) => [key, JSON.stringify(jsonOf(value))] as const),
    ),
  };
  return object(Object.entries(members));
}

function eventOf(event: Json): string {
  return object([
    ['name', JSON.stringify(event['name'] ?? '')],
    ['time_unix_nano', whole(event['time_unix_nano'])],
    [
      'attributes',
      object(
        listOf(event['attributes']).map(({ key, value }) => [String(key), jsonOf(value)] as const),
      ),
    ],
  ]);
}

/**
 * The JSON of an OpenTelemetry value.
 * https://opentelemetry.io/docs/specs/otel/common/#anyvalue
 */
function jsonOf(value: unknown): string {
  const any = recordOf(value);
  if ('string_value' in any) return JSON.stringify(any['string_value']);
  if ('bool_value' in any) return JSON.stringify(any['bool_value']);
  if ('int_value' in any) return whole(any['int_value']);
  if ('double_value' in any) return doubleOf(any['double_value']);
  if ('array_value' in any) {
    return `[${listOf(recordOf(any['array_value'])['values']).map(jsonOf).join(', ')}]`;
  }
  if ('kvlist_value' in any) {
    const values = listOf(recordOf(any['kvlist_value'])['values']);
    return object(values.map((entry) => [String(entry['key']), jsonOf(entry['value'])] as const));
  }
  return 'null';
}

/** NaN and the infinities come as texts, and are written as Python's `json` writes them. */
function doubleOf(value: unknown): string {
  return typeof value === 'number' && Number.isInteger(value)
    ? `${String(value)}.0`
    : String(value);
}

function whole(value: unknown): string {
  return isAbsent(value) ? 'null' : String(value);
}

function object(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`;
}

function hex(base64: unknown): string {
  return Buffer.from(String(base64), 'base64').toString('hex');
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
