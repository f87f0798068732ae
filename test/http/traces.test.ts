import { afterEach, describe, expect, it } from 'vitest';

import { doesNotExist } from '../../src/domain/errors.js';
import type { TraceInfo } from '../../src/index.js';
import type { Client } from './client.js';
import { clientOf, invalidBody, SEE_DOCS } from './client.js';

let client: Client;
afterEach(() => client.dispose());

/** With something of everything. */
const INFO: TraceInfo = {
  traceId: 'tr-1',
  experimentId: '9',
  requestTime: 1_795_517_668_422,
  executionDuration: 1_500,
  state: 'OK',
  clientRequestId: 'c',
  requestPreview: 'é',
  responsePreview: '',
  traceMetadata: [{ key: 'm', value: '1' }],
  tags: [{ key: '"', value: '\u2028' }],
  assessments: [
    {
      assessmentId: 'a-1',
      traceId: 'tr-1',
      name: 'f',
      value: {
        kind: 'feedback',
        valueJson: '{"a": [1, true, null, "x"]}',
        error: { errorCode: 'E', errorMessage: 'why' },
      },
      sourceType: 'HUMAN',
      sourceId: 'me',
      createTime: 0,
      lastUpdateTime: 1,
      spanId: 's',
      rationale: 'r',
      metadata: [{ key: 'k', value: 'v' }],
      overrides: 'a-0',
      valid: false,
    },
    {
      assessmentId: 'a-2',
      traceId: 'tr-1',
      name: 'e',
      value: { kind: 'expectation', valueJson: '{"a": 1}' },
      sourceType: 'CODE',
      createTime: 0,
      lastUpdateTime: 0,
      metadata: [],
      valid: true,
    },
    {
      assessmentId: 'a-3',
      traceId: 'tr-1',
      name: 'e',
      value: { kind: 'expectation', valueJson: '7' },
      sourceType: 'LLM_JUDGE',
      createTime: 0,
      lastUpdateTime: 0,
      metadata: [],
      valid: true,
    },
    {
      assessmentId: 'a-4',
      traceId: 'tr-1',
      name: 'iss-1',
      value: { kind: 'issue', issueName: 'slow' },
      sourceType: 'SOURCE_TYPE_UNSPECIFIED',
      createTime: 0,
      lastUpdateTime: 0,
      metadata: [],
      valid: true,
    },
  ],
};

const INFO_JSON =
  '{"trace_id":"tr-1","client_request_id":"c","trace_location":{"type":"MLFLOW_EXPERIMENT",' +
  '"mlflow_experiment":{"experiment_id":"9"}},"request_time":"2026-11-24T10:54:28.422Z",' +
  '"execution_duration":"1.500s","state":"OK","trace_metadata":{"m":"1"},"assessments":[' +
  '{"assessment_id":"a-1","assessment_name":"f","trace_id":"tr-1","span_id":"s","source":' +
  '{"source_type":"HUMAN","source_id":"me"},"create_time":"1970-01-01T00:00:00Z",' +
  '"last_update_time":"1970-01-01T00:00:00.001Z","feedback":{"value":{"a":[1.0,true,null,"x"]},' +
  '"error":{"error_code":"E","error_message":"why"}},"rationale":"r","metadata":{"k":"v"},' +
  '"overrides":"a-0","valid":false},' +
  '{"assessment_id":"a-2","assessment_name":"e","trace_id":"tr-1","source":{"source_type":"CODE"},' +
  '"create_time":"1970-01-01T00:00:00Z","last_update_time":"1970-01-01T00:00:00Z","expectation":' +
  '{"serialized_value":{"serialization_format":"JSON_FORMAT","value":"{\\"a\\": 1}"}},"valid":true},' +
  '{"assessment_id":"a-3","assessment_name":"e","trace_id":"tr-1","source":{"source_type":' +
  '"LLM_JUDGE"},"create_time":"1970-01-01T00:00:00Z","last_update_time":"1970-01-01T00:00:00Z",' +
  '"expectation":{"value":7.0},"valid":true},' +
  '{"assessment_id":"a-4","assessment_name":"iss-1","trace_id":"tr-1","source":{"source_type":' +
  '"SOURCE_TYPE_UNSPECIFIED"},"create_time":"1970-01-01T00:00:00Z","last_update_time":' +
  '"1970-01-01T00:00:00Z","issue":{"issue_name":"slow"},"valid":true}],' +
  '"tags":{"\\"":"\u2028"},"request_preview":"é","response_preview":""}';

/** As MLflow's server keeps them. */
const SPANS = [
  {
    content:
      '{"trace_id": "qa9eWUTW7K3qMvYslPx7iA==", "span_id": "1+Q/PluPxm4=", "parent_span_id": null, ' +
      '"name": "root", "start_time_unix_nano": 1795537663328367437, "end_time_unix_nano": ' +
      '1795537663400338470, "events": [], "status": {"code": "STATUS_CODE_OK", "message": ""}, ' +
      '"attributes": {"mlflow.spanType": "\\"CHAIN\\"", "mlflow.spanInputs": "{\\"q\\": ' +
      '\\"\\\\u00f6\\", \\"n\\": 1, \\"big\\": 1152921504606846976, \\"f\\": 1.0, \\"e\\": {}, ' +
      '\\"l\\": []}", "nan": "NaN", "huge": "12345678901234567890", "word": "no JSON"}}',
  },
  {
    // As one version kept ids and codes.
    content:
      '{"trace_id": "tr-a9af5e5944d6ecadea32f62c94fc7b88", "span_id": "ce09d2d554d388e0", ' +
      '"parent_span_id": "d7e43f3e5b8fc66e", "name": "child", "start_time_unix_nano": ' +
      '1795537663399896252, "end_time_unix_nano": null, "events": [{"name": "ev", ' +
      '"time_unix_nano": 1795537663399966464, "attributes": {"k": 1, "s": "t"}}], "status": ' +
      '{"code": "ERROR", "message": "why"}, "attributes": {"a": "[1, \\"x\\", null]", "b": "true", ' +
      '"d": "1.5"}}',
  },
  {
    content:
      '{"trace_id": "qa9eWUTW7K3qMvYslPx7iA==", "span_id": "zgnS1VTTiOA=", "parent_span_id": "", ' +
      '"name": "", "start_time_unix_nano": 1, "status": {"code": "STATUS_CODE_UNSET"}, ' +
      '"attributes": {}}',
  },
];

/** An array in an array, so many of them. */
function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}

const SPANS_JSON =
  '{"trace_id":"qa9eWUTW7K3qMvYslPx7iA==","span_id":"1+Q/PluPxm4=","name":"root",' +
  '"start_time_unix_nano":1795537663328367437,"end_time_unix_nano":1795537663400338470,' +
  '"attributes":[{"key":"mlflow.spanType","value":{"string_value":"CHAIN"}},' +
  '{"key":"mlflow.spanInputs","value":{"kvlist_value":{"values":[' +
  '{"key":"q","value":{"string_value":"ö"}},{"key":"n","value":{"int_value":1}},' +
  '{"key":"big","value":{"int_value":1152921504606846976}},' +
  '{"key":"f","value":{"double_value":1.0}},{"key":"e","value":{"kvlist_value":{}}},' +
  '{"key":"l","value":{"array_value":{}}}]}}},' +
  '{"key":"nan","value":{"double_value":"NaN"}},' +
  '{"key":"huge","value":{"double_value":1.2345678901234567e+19}},' +
  '{"key":"word","value":{"string_value":"no JSON"}}],"status":{"code":"STATUS_CODE_OK"}},' +
  '{"trace_id":"qa9eWUTW7K3qMvYslPx7iA==","span_id":"zgnS1VTTiOA=","parent_span_id":"1+Q/PluPxm4=",' +
  '"name":"child","start_time_unix_nano":1795537663399896252,"attributes":[' +
  '{"key":"a","value":{"array_value":{"values":[{"int_value":1},{"string_value":"x"},{}]}}},' +
  '{"key":"b","value":{"bool_value":true}},{"key":"d","value":{"double_value":1.5}}],' +
  '"events":[{"time_unix_nano":1795537663399966464,"name":"ev","attributes":[' +
  '{"key":"k","value":{"int_value":1}},{"key":"s","value":{"string_value":"t"}}]}],' +
  '"status":{"code":"STATUS_CODE_ERROR","message":"why"}},' +
  '{"trace_id":"qa9eWUTW7K3qMvYslPx7iA==","span_id":"zgnS1VTTiOA=","start_time_unix_nano":1,' +
  '"status":{}}';

const SMALL: TraceInfo = {
  ...{ traceId: 't', experimentId: '9', requestTime: 0, state: 'IN_PROGRESS' },
  ...{ traceMetadata: [], tags: [], assessments: [] },
};

const SMALL_JSON =
  '{"trace_id":"t","trace_location":{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":' +
  '{"experiment_id":"9"}},"request_time":"1970-01-01T00:00:00Z","state":"IN_PROGRESS"}';

const JSON_HEADERS = { 'Content-Type': 'application/json' };

describe('traces', () => {
  const LOCATION = { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '9' } };

  function send(method: string, path: string, body?: unknown) {
    const init = { headers: JSON_HEADERS, body: JSON.stringify(body) };
    return client.send(method, `/api/3.0/mlflow/${path}`, body === undefined ? {} : init);
  }

  function start(info: object) {
    return send('POST', 'traces', { trace: { trace_info: info } });
  }

  it('start', async () => {
    client = clientOf({ startTrace: async () => INFO });
    const source = { source_type: 'LLM_JUDGE', source_id: 'judge' };
    const serialized = { serialization_format: 'JSON_FORMAT', value: '{"n": 1, "x": NaN}' };
    const answer = await start({
      trace_id: 'tr-1',
      client_request_id: '',
      trace_location: LOCATION,
      request_time: '2026-11-24T12:54:28.4229+02:00',
      execution_duration: '-1.5009s',
      state: 2,
      trace_metadata: { m: '1' },
      tags: { t: 'x', '': 'y' },
      assessments: [
        {
          assessment_id: 'a-1',
          assessment_name: 'f',
          trace_id: 'another',
          source,
          create_time: '1969-12-31T23:59:59.999Z',
          feedback: { value: { a: [1, 'x'] }, error: { error_code: 'E' } },
          metadata: { k: 'v' },
        },
        { assessment_name: 'e', source: {}, expectation: { serialized_value: serialized } },
        { assessment_name: 'e', source, expectation: { value: 1 } },
        { assessment_name: 'i', source, issue: { issue_name: 'slow' } },
      ],
    });
    expect(answer).toMatchObject({ status: 200, text: `{"trace":{"trace_info":${INFO_JSON}}}` });
    const judge = { sourceType: 'LLM_JUDGE', sourceId: 'judge', metadata: [] };
    expect(client.calls).toEqual([
      [
        'startTrace',
        {
          traceId: 'tr-1',
          experimentId: '9',
          requestTime: 1_795_517_668_422,
          executionDuration: -1_500,
          state: 'ERROR',
          clientRequestId: '',
          traceMetadata: [{ key: 'm', value: '1' }],
          tags: [
            { key: 't', value: 'x' },
            { key: '', value: 'y' },
          ],
          assessments: [
            {
              ...judge,
              assessmentId: 'a-1',
              name: 'f',
              value: {
                kind: 'feedback',
                valueJson: '{"a":[1.0,"x"]}',
                error: { errorCode: 'E' },
              },
              createTime: -1,
              metadata: [{ key: 'k', value: 'v' }],
            },
            {
              name: 'e',
              value: { kind: 'expectation', valueJson: '{"n": 1, "x": NaN}' },
              sourceType: 'SOURCE_TYPE_UNSPECIFIED',
              metadata: [],
            },
            { ...judge, name: 'e', value: { kind: 'expectation', valueJson: '1.0' } },
            { ...judge, name: 'i', value: { kind: 'issue', issueName: 'slow' } },
          ],
        },
      ],
    ]);
  });

  it('start with the least, and with what cannot be read', async () => {
    client = clientOf({ startTrace: async () => SMALL });
    const least = { trace_id: 't', trace_location: LOCATION };
    expect(await start(least)).toMatchObject({
      status: 200,
      text: `{"trace":{"trace_info":${SMALL_JSON}}}`,
    });
    expect(client.calls[0]?.[1]).toMatchObject({ requestTime: 0, state: 'STATE_UNSPECIFIED' });

    const missing = (field: string) => `Missing value for required parameter '${field}'.${SEE_DOCS}`;
    const wrong = (json: string, field: string, type: string) =>
      `Invalid value ${json} for parameter '${field}' supplied:  Hint: Value was of type ` +
      `'${type}'.${SEE_DOCS}`;
    const INFO_PATH = 'trace.trace_info';
    const place =
      `Parameter '${INFO_PATH}.trace_location' must be of the type MLFLOW_EXPERIMENT and have an ` +
      `mlflow_experiment.${SEE_DOCS}`;
    const kinds =
      `Parameter '${INFO_PATH}.assessments[0]' must have one of feedback, expectation and ` +
      `issue.${SEE_DOCS}`;
    const assessment = { assessment_name: 'f', source: {} };
    const cases: readonly (readonly [object, string])[] = [
      [{ trace_id: '' }, missing(`${INFO_PATH}.trace_id`)],
      [{ trace_location: null }, missing(`${INFO_PATH}.trace_location`)],
      [{ trace_location: { mlflow_experiment: { experiment_id: '9' } } }, place],
      [{ trace_location: { type: 1 } }, place],
      [{ trace_location: { type: 'INFERENCE_TABLE' } }, place],
      [{ state: 'DONE' }, wrong('"DONE"', `${INFO_PATH}.state`, 'str')],
      [{ request_time: 5 }, wrong('5', `${INFO_PATH}.request_time`, 'int')],
      ...[
        'yesterday',
        '2026-02-30T00:00:00Z',
        '2026-01-01T25:00:00Z',
        '2026-01-01',
        '0000-01-01T00:00:00Z',
      ].map(
        (time) =>
          [
            { request_time: time },
            wrong(JSON.stringify(time), `${INFO_PATH}.request_time`, 'str'),
          ] as const,
      ),
      ...['1', '1.1', 's', '315576000001s', '1e3s'].map(
        (time) =>
          [
            { execution_duration: time },
            wrong(JSON.stringify(time), `${INFO_PATH}.execution_duration`, 'str'),
          ] as const,
      ),
      [{ tags: { k: 1 } }, wrong('1', `${INFO_PATH}.tags.k`, 'int')],
      [{ tags: { k: null } }, wrong('null', `${INFO_PATH}.tags.k`, 'NoneType')],
      [{ tags: [] }, wrong('[]', `${INFO_PATH}.tags`, 'list')],
      [{ assessments: [assessment] }, kinds],
      [{ assessments: [{ ...assessment, feedback: {}, issue: { issue_name: 'i' } }] }, kinds],
      [
        { assessments: [{ ...assessment, feedback: { value: nested(101) } }] },
        `Parameter '${INFO_PATH}.assessments[0].feedback.value' is nested more than 100 levels deep.${SEE_DOCS}`,
      ],
    ];
    for (const [change, message] of cases) {
      expect(await start({ ...least, ...change })).toMatchObject({
        status: 400,
        text: invalidBody(message),
      });
    }
    const bodies: readonly (readonly [unknown, string])[] = [
      [{}, missing('trace')],
      [{ trace: {} }, missing(INFO_PATH)],
      [{ trace: 'x' }, wrong('"x"', 'trace', 'str')],
    ];
    for (const [body, message] of bodies) {
      expect(await send('POST', 'traces', body)).toMatchObject({
        status: 400,
        text: invalidBody(message),
      });
    }
    expect(client.calls).toHaveLength(1);
  });

  it('get', async () => {
    client = clientOf({
      getTraceInfo: async (traceId) => {
        if (traceId === 'tr-1/ä') return INFO;
        throw doesNotExist('none');
      },
      batchGetTraceInfos: async (ids) => (ids.length === 0 ? [] : [SMALL, SMALL]),
    });
    expect(await send('GET', 'traces/tr-1%2F%C3%A4')).toMatchObject({
      status: 200,
      text: `{"trace":{"trace_info":${INFO_JSON}}}`,
    });
    expect(await send('GET', 'traces/tr-2?trace_id=tr-1')).toMatchObject({ status: 404 });
    expect(await send('POST', 'traces/batchGetInfos', { trace_ids: ['a', 'b'] })).toMatchObject({
      status: 200,
      text: `{"trace_infos":[${SMALL_JSON},${SMALL_JSON}]}`,
    });
    expect(await send('POST', 'traces/batchGetInfos', { trace_ids: [] })).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(await send('POST', 'traces/batchGetInfos', {})).toMatchObject({
      status: 400,
      text: invalidBody(`Missing value for required parameter 'trace_ids'.${SEE_DOCS}`),
    });
  });

  it('get with spans', async () => {
    client = clientOf({
      getTrace: async () => ({ info: SMALL, spans: SPANS }),
      batchGetTraces: async () => [{ info: SMALL, spans: SPANS }],
    });
    const trace = `{"trace_info":${SMALL_JSON},"spans":[${SPANS_JSON}]}`;
    expect(await send('GET', 'traces/get?trace_id=t&allow_partial=true')).toMatchObject({
      status: 200,
      text: `{"trace":${trace}}`,
    });
    expect(await send('GET', 'traces/get?trace_id=t')).toMatchObject({ status: 200 });
    expect(await send('GET', 'traces/batchGet?trace_ids=a&trace_ids=b')).toMatchObject({
      status: 200,
      text: `{"traces":[${trace}]}`,
    });
    expect(client.calls).toEqual([
      ['getTrace', 't', { allowPartial: true }],
      ['getTrace', 't', { allowPartial: false }],
      ['batchGetTraces', ['a', 'b']],
    ]);
    for (const [path, field] of [
      ['get', 'trace_id'],
      ['batchGet', 'trace_ids'],
    ]) {
      expect(await send('GET', `traces/${path}`)).toMatchObject({
        status: 400,
        text: invalidBody(`Missing value for required parameter '${field}'.${SEE_DOCS}`),
      });
    }
  });

  it.each(['2.0', '3.0'])('get the spans as a file, by version %s', async (version) => {
    const here = [{ key: 'mlflow.trace.spansLocation', value: 'TRACKING_STORE' }];
    let spans = SPANS;
    client = clientOf({
      getTraceInfo: async (traceId) =>
        traceId === 'here'
          ? { ...SMALL, tags: here }
          : { ...SMALL, tags: [{ key: 'mlflow.artifactLocation', value: client.destination }] },
      getTrace: async () => ({ info: SMALL, spans }),
      getExperiment: async (experimentId) => ({
        ...{ experimentId, name: 'e', artifactLocation: 'mlflow-artifacts:/9' },
        ...{ lifecycleStage: 'active', creationTime: 0, lastUpdateTime: 0, tags: [] },
      }),
    });
    const get = (query: string) =>
      client.send('GET', `/ajax-api/${version}/mlflow/get-trace-artifact${query}`);
    const fromTable = await get('?request_id=here');
    expect(fromTable.status).toBe(200);
    expect(JSON.parse(fromTable.text)).toEqual({
      spans: SPANS.map(({ content }) => JSON.parse(content) as unknown),
    });
    expect(fromTable.headers.get('content-disposition')).toBe('attachment; filename=traces.json');

    // A tag that leads elsewhere is not followed.
    await client.store.artifacts.proxied.write('traces.json', 'another');
    expect(await get('?request_id=t')).toMatchObject({ status: 404 });
    await client.store.artifacts.proxied.write('9/traces/t/artifacts/traces.json', '{"spans": []}');
    expect(await get('?request_id=t')).toMatchObject({ status: 200, text: '{"spans": []}' });

    // Where the table has none after all.
    spans = [];
    await client.store.artifacts.proxied.write('9/traces/here/artifacts/traces.json', '{}');
    expect(await get('?request_id=here')).toMatchObject({ status: 200, text: '{}' });

    const attached = '0b8c3f5e-6a2d-4e1f-9c47-5d2a8e7b1f30';
    expect(await get(`?request_id=t&path=${attached}`)).toMatchObject({ status: 404 });
    await client.store.artifacts.proxied.write(`9/traces/t/artifacts/attachments/${attached}`, 'x');
    expect(await get(`?request_id=t&path=${attached}`)).toMatchObject({ status: 200, text: 'x' });
    for (const path of ['traces.json', '../traces.json', attached.toUpperCase(), `${attached}/a`]) {
      const refused = await get(`?request_id=t&path=${encodeURIComponent(path)}`);
      expect(refused.status).toBe(400);
      expect(JSON.parse(refused.text)).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
    }

    const missing = await get('');
    expect(missing.status).toBe(400);
    expect(JSON.parse(missing.text)).toMatchObject({
      error_code: 'BAD_REQUEST',
      message: 'Request must include the "request_id" query parameter.',
    });
  });

  it.each(['2.0', '3.0'])('tags, by version %s', async (version) => {
    client = clientOf({});
    const tags = (method: string, body: unknown) =>
      client.send(method, `/api/${version}/mlflow/traces/tr-1/tags`, {
        headers: JSON_HEADERS,
        body: JSON.stringify(body),
      });
    expect(await tags('PATCH', { key: 'k', value: 'v' })).toMatchObject({ status: 200, text: '{}' });
    expect(await tags('PATCH', { key: 'k' })).toMatchObject({ status: 200 });
    expect(await tags('DELETE', { key: 'k' })).toMatchObject({ status: 200, text: '{}' });
    expect(client.calls).toEqual([
      ['setTraceTag', 'tr-1', { key: 'k', value: 'v' }],
      ['setTraceTag', 'tr-1', { key: 'k', value: '' }],
      ['deleteTraceTag', 'tr-1', 'k'],
    ]);
    const missing = invalidBody(`Missing value for required parameter 'key'.${SEE_DOCS}`);
    for (const method of ['PATCH', 'DELETE']) {
      expect(await tags(method, {})).toMatchObject({ status: 400, text: missing });
    }
  });

  it('link to a run', async () => {
    client = clientOf({});
    const link = (body: unknown) => client.post('traces/link-to-run', JSON.stringify(body));
    expect(await link({ trace_ids: ['a'], run_id: 'r' })).toMatchObject({ status: 200, text: '{}' });
    expect(client.calls).toEqual([['linkTracesToRun', ['a'], 'r']]);
    expect(await link({ trace_ids: ['a'] })).toMatchObject({ status: 400 });
    expect(await link({ run_id: 'r' })).toMatchObject({ status: 400 });
    expect(await link({ trace_ids: [1], run_id: 'r' })).toMatchObject({ status: 400 });
  });

  it('refuse spans in the words on which the client keeps them as artifacts', async () => {
    client = clientOf({});
    const answer = await client.send('POST', '/v1/traces', { body: 'x' });
    expect(answer.status).toBe(501);
    expect(JSON.parse(answer.text)).toEqual({
      error_code: 'NOT_IMPLEMENTED',
      message:
        'POST /v1/traces is not implemented by mlflow-cratedb yet. ' +
        'REST OTLP span logging is not supported.',
    });
  });

  it('link prompts', async () => {
    client = clientOf({ linkPromptsToTrace: async () => undefined });
    const link = (body: unknown) => client.post('traces/link-prompts', JSON.stringify(body));
    const versions = [{ name: 'p', version: '1' }];
    expect(await link({ trace_id: 't', prompt_versions: versions })).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(client.calls).toEqual([['linkPromptsToTrace', 't', versions]]);
    const missing = (field: string) => ({
      status: 400,
      text: invalidBody(`Missing value for required parameter '${field}'.${SEE_DOCS}`),
    });
    expect(await link({ prompt_versions: versions })).toMatchObject(missing('trace_id'));
    expect(await link({ trace_id: 't' })).toMatchObject(missing('prompt_versions'));
    expect(await link({ trace_id: 't', prompt_versions: [{ name: 'p' }] })).toMatchObject(
      missing('prompt_versions[0].version'),
    );
  });
});
