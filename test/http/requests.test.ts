import { afterEach, describe, expect, it } from 'vitest';

import type { Client } from './client.js';
import { SEE_DOCS, clientOf, invalidBody } from './client.js';
import { RUN_ID } from './fake-store.js';

let client: Client;
afterEach(() => client.dispose());

const invalid = (json: string, parameter: string, type: string) =>
  invalidBody(
    `Invalid value ${json} for parameter '${parameter}' supplied:  Hint: Value was of type ` +
      `'${type}'.${SEE_DOCS}`,
  );
const missing = (parameter: string) =>
  invalidBody(`Missing value for required parameter '${parameter}'.${SEE_DOCS}`);
const run = `"run_id":"${RUN_ID}"`;

describe('a request that MLflow refuses, in its words', () => {
  it.each([
    ['experiments/create', '{"name":5}', invalid('5', 'name', 'int')],
    ['experiments/create', '{"name":1.5}', invalid('1.5', 'name', 'float')],
    ['experiments/create', '{"name":true}', invalid('true', 'name', 'bool')],
    ['experiments/create', '{"name":""}', missing('name')],
    ['experiments/create', '{"name":null}', missing('name')],
    ['experiments/create', '{"name":"x","tags":"no"}', invalid('"no"', 'tags', 'str')],
    ['experiments/create', '{"name":"x","tags":{"a":1}}', invalid('{"a":1}', 'tags', 'dict')],
    ['experiments/search', '{"max_results":"x"}', invalid('"x"', 'max_results', 'str')],
    ['runs/update', `{${run},"status":77}`, invalid('77', 'status', 'int')],
    ['runs/update', `{${run},"status":["foo"]}`, invalid('["foo"]', 'status', 'list')],
    ['runs/search', '{"max_results":50001}', invalid('50001', 'max_results', 'int')],
    ['runs/search', '{"experiment_ids":"1"}', invalid('"1"', 'experiment_ids', 'str')],
    ['runs/search', '{"order_by":[4]}', invalid('[4]', 'order_by', 'list')],
    ['runs/search', '{"order_by":["a",4],"filter":5}', invalid('5', 'filter', 'int')],
    ['runs/log-metric', `{${run},"key":"m"}`, missing('value')],
    [
      'runs/log-metric',
      '{"run_id":5,"key":"m","value":1,"timestamp":1}',
      invalid('5', 'run_id', 'int'),
    ],
    ['runs/log-metric', '{"key":"m","value":1,"timestamp":1}', missing('run_id')],
    [
      'runs/log-metric',
      `{${run},"key":"m","value":"x","timestamp":1}`,
      invalid('"x"', 'value', 'str'),
    ],
    [
      'runs/log-metric',
      `{${run},"key":"m","value":1,"timestamp":"a"}`,
      invalid('"a"', 'timestamp', 'str'),
    ],
    ['runs/log-parameter', `{${run},"key":"p","value":5}`, invalid('5', 'value', 'int')],
    ['runs/outputs', `{${run}}`, missing('models')],
    [
      'runs/log-batch',
      `{${run},"metrics":[{"key":"a","value":1}]}`,
      missing('metrics[0].timestamp'),
    ],
    ['runs/log-batch', `{${run},"metrics":[{"value":1}]}`, missing('metrics[0].key')],
    ['runs/log-batch', `{${run},"metrics":{"a":1}}`, invalid('{"a":1}', 'metrics', 'dict')],
    ['runs/log-batch', `{${run},"params":[{"key":""}]}`, missing('params[0].key')],
    ['runs/log-batch', '{"metrics":[]}', missing('run_id')],
    [
      'runs/log-model',
      `{${run},"model_json":"{x"}`,
      invalidBody('Malformed model info. \n {x \n is not a valid JSON.'),
    ],
  ])('POST %s %s', async (path, json, body) => {
    client = clientOf();
    expect(await client.post(path, json)).toMatchObject({ status: 400, text: body });
    expect(client.calls).toEqual([]);
  });

  it.each([
    ['experiments/get', missing('experiment_id')],
    ['runs/get?foo=1', missing('run_id')],
    ['artifacts/list?path=a', missing('run_id')],
    ['experiments/search?max_results=abc', invalid('"abc"', 'max_results', 'str')],
    [`metrics/get-history?run_id=${RUN_ID}`, missing('metric_key')],
    ['metrics/get-history-bulk-interval?metric_key=x', missing('run_ids')],
    [
      'metrics/get-history-bulk-interval?run_ids=a&metric_key=x&max_results=0',
      invalidBody(`max_results must be between 1 and 2500.${SEE_DOCS}`),
    ],
    [
      'metrics/get-history-bulk-interval?run_ids=a&metric_key=x&max_results=a',
      invalid('"a"', 'max_results', 'str'),
    ],
    [
      'metrics/get-history-bulk-interval?run_ids=a&metric_key=x&start_step=1',
      invalidBody('If either start step or end step are specified, both must be specified.'),
    ],
    [
      'metrics/get-history-bulk-interval?run_ids=a&metric_key=x&start_step=5&end_step=1',
      invalidBody('end_step must be greater than start_step. Found start_step=5 and end_step=1.'),
    ],
  ])('GET %s', async (path, body) => {
    client = clientOf();
    expect(await client.get(path)).toMatchObject({ status: 400, text: body });
  });

  it('quotes values as Python does', async () => {
    client = clientOf();
    const { text } = await client.post('experiments/create', '{"name":["é\\"",{"b":1,"a":NaN}]}');
    expect(text).toBe(
      '{"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid value ' +
        '[\\"\\\\u00e9\\\\\\"\\",{\\"a\\":NaN,\\"b\\":1}] for parameter \'name\' supplied:  Hint: ' +
        "Value was of type 'list'. See the API docs for more information about request " +
        'parameters.", "sqlstate": "KAM00", "error_class": "INVALID_PARAMETER_VALUE"}',
    );
  });
});

describe('where the stock server slips, the better thing', () => {
  it.each([
    [
      'a value that no rule checks',
      'runs/log-batch',
      `{${run},"metrics":[{"key":"a","value":"x","timestamp":1}]}`,
      invalid('"x"', 'metrics[0].value', 'str'),
    ],
    [
      'a boolean for a float',
      'runs/log-metric',
      `{${run},"key":"m","value":true,"timestamp":1}`,
      invalid('true', 'value', 'bool'),
    ],
    [
      'a fraction for an integer',
      'experiments/search',
      '{"max_results":1.5}',
      invalid('1.5', 'max_results', 'float'),
    ],
    [
      'an integer over 64 bits',
      'runs/log-metric',
      `{${run},"key":"m","value":1,"timestamp":99999999999999999999}`,
      invalid('99999999999999999999', 'timestamp', 'int'),
    ],
    [
      'numbers in a list of texts',
      'runs/search',
      '{"experiment_ids":[4]}',
      invalid('[4]', 'experiment_ids', 'list'),
    ],
    [
      'no object in a list of objects',
      'runs/log-batch',
      `{${run},"metrics":[5]}`,
      invalid('5', 'metrics[0]', 'int'),
    ],
    [
      'an unknown name of a status',
      'runs/update',
      `{${run},"status":"foo"}`,
      invalid('"foo"', 'status', 'str'),
    ],
    [
      'an unknown view type',
      'experiments/search',
      '{"view_type":9}',
      invalid('9', 'view_type', 'int'),
    ],
    [
      'half a surrogate pair',
      'experiments/create',
      '{"name":"\\ud800"}',
      invalid('"\\ud800"', 'name', 'str'),
    ],
    [
      'malformed JSON',
      'experiments/create',
      '{"name":',
      invalidBody('Malformed JSON in the request body.'),
    ],
    [
      'a list for a body',
      'experiments/create',
      '[]',
      invalidBody('The request body must be a JSON object.'),
    ],
    [
      'a number for a body',
      'experiments/create',
      '5',
      invalidBody('The request body must be a JSON object.'),
    ],
  ])('%s', async (_name, path, json, body) => {
    client = clientOf();
    expect(await client.post(path, json)).toMatchObject({ status: 400, text: body });
    expect(client.calls).toEqual([]);
  });

  it('takes lowerCamelCase names of checked fields, too', async () => {
    client = clientOf();
    await client.post('experiments/delete', '{"experimentId":"7"}');
    await client.get('metrics/get-history?runId=r&metricKey=k&maxResults=3');
    expect(client.calls).toEqual([
      ['deleteExperiment', '7'],
      ['getMetricHistory', { runId: 'r', metricKey: 'k', maxResults: 3, pageToken: undefined }],
    ]);
  });

  it('searches experiments without max_results', async () => {
    client = clientOf({ searchExperiments: async () => ({ items: [] }) });
    expect(await client.post('experiments/search', '{}')).toMatchObject({
      status: 200,
      text: '{}',
    });
    expect(client.calls[0]?.[1]).toMatchObject({ maxResults: undefined });
  });
});

describe('what reaches the store', () => {
  it('logMetric: exact integers, numbers in texts, NaN and infinities in both spellings', async () => {
    client = clientOf();
    for (const value of ['NaN', '"NaN"', '-Infinity', '"-Infinity"', '"1.5"', '1e-7', '5']) {
      await client.post(
        'runs/log-metric',
        `{${run},"key":"m","value":${value},"timestamp":9007199254740993,"step":"-3"}`,
      );
    }
    expect(client.calls.map(([, , metric]) => (metric as { value: number }).value)).toEqual([
      Number.NaN,
      Number.NaN,
      -Infinity,
      -Infinity,
      1.5,
      1e-7,
      5,
    ]);
    expect(client.calls[0]?.[2]).toMatchObject({ timestamp: 9007199254740993n, step: -3 });
  });

  it('logBatch, with defaults', async () => {
    client = clientOf();
    const answer = await client.post(
      'runs/log-batch',
      `{${run},"metrics":[{"key":"a","value":1,"timestamp":2,"model_id":"m","unknown":1}],` +
        '"params":[{"key":"p"}],"tags":[{"key":"t","value":"v"}]}',
    );
    expect(answer).toMatchObject({ status: 200, text: '{}' });
    expect(client.calls).toEqual([
      [
        'logBatch',
        RUN_ID,
        {
          metrics: [
            {
              key: 'a',
              value: 1,
              timestamp: 2,
              step: 0,
              modelId: 'm',
              datasetName: undefined,
              datasetDigest: undefined,
            },
          ],
          params: [{ key: 'p', value: '' }],
          tags: [{ key: 't', value: 'v' }],
        },
      ],
    ]);
  });

  it('run_uuid for run_id, in bodies and queries', async () => {
    client = clientOf();
    await client.post('runs/delete', `{"run_uuid":"${RUN_ID}"}`);
    await client.get(`runs/get?run_uuid=${RUN_ID}`);
    expect(client.calls).toEqual([
      ['deleteRun', RUN_ID],
      ['getRun', RUN_ID],
    ]);
  });

  it('updateRun: a status by name, number or digits; an empty name as it is', async () => {
    client = clientOf();
    for (const status of ['"FAILED"', '4', '"4"']) {
      await client.post('runs/update', `{${run},"status":${status},"run_name":""}`);
    }
    for (const call of client.calls) {
      expect(call).toEqual([
        'updateRunInfo',
        RUN_ID,
        { status: 'FAILED', endTime: undefined, runName: '' },
      ]);
    }
  });

  it('lists and names from a query', async () => {
    client = clientOf({ searchExperiments: async () => ({ items: [] }) });
    await client.get(
      'experiments/search?view_type=ALL&max_results=5&order_by=name%20ASC&order_by=b+c&page_token=',
    );
    expect(client.calls).toEqual([
      [
        'searchExperiments',
        {
          viewType: 'ALL',
          maxResults: 5,
          filter: undefined,
          orderBy: ['name ASC', 'b c'],
          pageToken: undefined,
        },
      ],
    ]);
  });

  it('JSON in a JSON string, as old clients send it', async () => {
    client = clientOf({ createExperiment: async () => '2' });
    expect((await client.post('experiments/create', '"{\\"name\\":\\"dbl\\"}"')).text).toBe(
      '{"experiment_id":"2"}',
    );
  });

  it('logInputs and outputs', async () => {
    client = clientOf();
    await client.post(
      'runs/log-inputs',
      `{${run},"datasets":[{"dataset":{"name":"d","source_type":"s"},"tags":[{"key":"k"}]}],"models":[{"model_id":"m-1"}]}`,
    );
    await client.post('runs/outputs', `{${run},"models":[{"model_id":"m-2","step":3}]}`);
    expect(client.calls).toEqual([
      [
        'logInputs',
        RUN_ID,
        {
          datasets: [
            {
              dataset: {
                name: 'd',
                digest: '',
                sourceType: 's',
                source: '',
                schema: undefined,
                profile: undefined,
              },
              tags: [{ key: 'k', value: '' }],
            },
          ],
          models: [{ modelId: 'm-1' }],
        },
      ],
      ['logOutputs', RUN_ID, { models: [{ modelId: 'm-2', step: 3 }] }],
    ]);
  });
});

describe('content types', () => {
  it('asks for JSON where MLflow does', async () => {
    client = clientOf();
    const create = '/api/2.0/mlflow/experiments/create';
    expect(await client.send('POST', create)).toMatchObject({
      status: 400,
      text: invalidBody('Bad Request. Content-Type header is missing.'),
    });
    expect(await client.send('POST', create, { body: '{}' })).toMatchObject({
      status: 400,
      text: invalidBody("Bad Request. Content-Type must be one of ['application/json']."),
    });
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    expect((await client.send('POST', create, { body: '{}', headers })).text).toBe(missing('name'));
  });
});
