import { afterEach, describe, expect, it } from 'vitest';

import { doesNotExist } from '../../src/domain/errors.js';
import type { Client } from './client.js';
import { clientOf, invalidBody } from './client.js';
import { RUN, RUN_ID } from './fake-store.js';

let client: Client;
afterEach(() => client.dispose());

// What a stock server (3.12.0) answered to the same data. It indents; we don't. The text of strings
// is UTF-8 here and \u escapes there. All else is the same: fields, their order, numbers, what is
// absent.
const STOCK_INFO =
  `"run_uuid":"${RUN_ID}","experiment_id":"1","run_name":"rn","user_id":"u","status":"FINISHED",` +
  '"start_time":9007199254740993,"end_time":9007199254740993,' +
  `"artifact_uri":"mlflow-artifacts:/1/${RUN_ID}/artifacts","lifecycle_stage":"active",` +
  `"run_id":"${RUN_ID}"`;
const STOCK_RUN =
  `{"info":{${STOCK_INFO}},"data":{"metrics":[{"key":"m","value":1.0,"timestamp":1,"step":0},` +
  '{"key":"inf","value":1.7976931348623157e+308,"timestamp":1,"step":-3},' +
  '{"key":"x","value":1e-07,"timestamp":9007199254740993,"step":9007199254740995},' +
  '{"key":"b","value":1e+22,"timestamp":12,"step":0},' +
  '{"key":"nan","value":"NaN","timestamp":12,"step":0}],' +
  '"params":[{"key":"p","value":""}],"tags":[{"key":"k","value":"é\\u0001\u2028"}]},' +
  '"inputs":{"dataset_inputs":[{"tags":[{"key":"mlflow.data.context","value":"train"}],' +
  '"dataset":{"name":"d","digest":"dg","source_type":"st","source":"so","schema":"sc"}}],' +
  '"model_inputs":[{"model_id":"m-1"}]},"outputs":{"model_outputs":[{"model_id":"m-2","step":3}]}}';

describe('responses, byte for byte', () => {
  it('a run', async () => {
    client = clientOf();
    const answer = await client.get(`runs/get?run_id=${RUN_ID}`);
    expect(answer).toMatchObject({ status: 200, text: `{"run":${STOCK_RUN}}` });
    expect(Object.fromEntries(answer.headers)).toEqual({
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
  });

  it('a new run: empty inputs are written, empty outputs not, as here alone', async () => {
    const { endTime: _, ...info } = RUN.info;
    client = clientOf({
      createRun: async () => ({
        info: { ...info, status: 'RUNNING', userId: '', startTime: 0 },
        data: { metrics: [], params: [], tags: [] },
        inputs: { datasetInputs: [], modelInputs: [] },
        outputs: { modelOutputs: [] },
      }),
    });
    const { text } = await client.post('runs/create', '{"experiment_id":"1"}');
    expect(text).toBe(
      `{"run":{"info":{"run_uuid":"${RUN_ID}","experiment_id":"1","run_name":"rn","user_id":"",` +
        `"status":"RUNNING","start_time":0,"artifact_uri":"mlflow-artifacts:/1/${RUN_ID}/artifacts",` +
        `"lifecycle_stage":"active","run_id":"${RUN_ID}"},"data":{},"inputs":{}}}`,
    );
  });

  it('a page of runs, and one without any', async () => {
    client = clientOf({
      searchRuns: async ({ filter }) =>
        filter === undefined
          ? { items: [RUN], nextPageToken: 'eyJvZmZzZXQiOiAxfQ==' }
          : { items: [] },
    });
    expect((await client.post('runs/search', '{}')).text).toBe(
      `{"runs":[${STOCK_RUN}],"next_page_token":"eyJvZmZzZXQiOiAxfQ=="}`,
    );
    expect((await client.post('runs/search', '{"filter":"x"}')).text).toBe('{}');
  });

  it('an experiment', async () => {
    client = clientOf({
      getExperiment: async () => ({
        experimentId: '1',
        name: 'e1',
        artifactLocation: 'mlflow-artifacts:/1',
        lifecycleStage: 'active',
        creationTime: 1795502007813,
        lastUpdateTime: 1795502007814,
        tags: [{ key: 'a', value: 'b' }],
      }),
    });
    expect((await client.get('experiments/get?experiment_id=1')).text).toBe(
      '{"experiment":{"experiment_id":"1","name":"e1","artifact_location":"mlflow-artifacts:/1",' +
        '"lifecycle_stage":"active","last_update_time":1795502007814,' +
        '"creation_time":1795502007813,"tags":[{"key":"a","value":"b"}]}}',
    );
  });

  it('metric histories', async () => {
    const point = { key: 'x', value: 5, timestamp: 1, step: 2, runId: 'r' };
    client = clientOf({
      getMetricHistory: async () => ({ items: [point], nextPageToken: 't' }),
      getMetricHistoryBulk: async () => [point, { ...point, value: Number.NaN }],
      getMetricHistoryBulkInterval: async () => [point],
    });
    expect((await client.get('metrics/get-history?run_id=r&metric_key=x')).text).toBe(
      '{"metrics":[{"key":"x","value":5.0,"timestamp":1,"step":2}],"next_page_token":"t"}',
    );
    expect(
      (await client.get('metrics/get-history-bulk-interval?run_ids=r&metric_key=x')).text,
    ).toBe('{"metrics":[{"key":"x","value":5.0,"timestamp":1,"step":2,"run_id":"r"}]}');
    // The stock server writes a bare NaN here, which is no JSON.
    const bulk = '/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=r&metric_key=x';
    expect((await client.send('GET', bulk)).text).toBe(
      '{"metrics":[{"key":"x","run_id":"r","step":2,"timestamp":1,"value":5.0},' +
        '{"key":"x","run_id":"r","step":2,"timestamp":1,"value":"NaN"}]}',
    );
  });

  it('get-history-bulk refuses what MLflow refuses, and caps what it caps', async () => {
    client = clientOf({ getMetricHistoryBulk: async () => [] });
    const bulk = (query: string) =>
      client.send('GET', `/ajax-api/2.0/mlflow/metrics/get-history-bulk?${query}`);
    expect((await bulk('metric_key=m')).text).toBe(
      invalidBody('GetMetricHistoryBulk request must specify at least one run_id.'),
    );
    expect((await bulk('run_id=a')).text).toBe(
      invalidBody('GetMetricHistoryBulk request must specify a metric_key.'),
    );
    const many = Array.from({ length: 101 }, (_, index) => `run_id=${index}`).join('&');
    expect((await bulk(`${many}&metric_key=m`)).text).toBe(
      invalidBody(
        'GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids.',
      ),
    );
    expect((await bulk('run_id=a&metric_key=m&max_results=99999')).text).toBe('{"metrics":[]}');
    expect(client.calls).toEqual([
      ['getMetricHistoryBulk', { runIds: ['a'], metricKey: 'm', maxResults: 25000 }],
    ]);
  });

  it('datasets', async () => {
    client = clientOf({
      searchDatasets: async () => [
        { experimentId: '1', name: 'd', digest: 'dg', context: 'train' },
      ],
    });
    const send = (body: string) =>
      client.send('POST', '/ajax-api/2.0/mlflow/experiments/search-datasets', {
        body,
        headers: { 'Content-Type': 'application/json' },
      });
    expect((await send('{"experiment_ids":["1"]}')).text).toBe(
      '{"dataset_summaries":[{"experiment_id":"1","name":"d","digest":"dg","context":"train"}]}',
    );
    expect((await send('{}')).text).toBe(
      invalidBody('SearchDatasets request must specify at least one experiment_id.'),
    );
  });

  it('an experiment that is not there', async () => {
    client = clientOf({
      getExperiment: async (id) => {
        throw doesNotExist(`No Experiment with id=${id} exists`);
      },
    });
    expect(await client.get('experiments/get?experiment_id=77')).toMatchObject({
      status: 404,
      text:
        '{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No Experiment with id=77 exists", ' +
        '"sqlstate": "KAM00", "error_class": "RESOURCE_NOT_FOUND"}',
    });
    expect(await client.get('experiments/get-by-name?experiment_name=zz')).toMatchObject({
      status: 404,
      text:
        '{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Could not find experiment with name ' +
        '\'zz\'", "sqlstate": "KAM00", "error_class": "RESOURCE_NOT_FOUND"}',
    });
  });

  it('health, version, server-info', async () => {
    client = clientOf();
    for (const [path, text] of [
      ['/health', 'OK'],
      ['/version', '3.12.0'],
    ] as const) {
      const answer = await client.send('GET', path);
      expect(answer).toMatchObject({ status: 200, text });
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    }
    expect((await client.send('GET', '/api/3.0/mlflow/server-info')).text).toBe(
      '{"store_type":"SqlStore","workspaces_enabled":false}',
    );
    expect(await client.send('HEAD', '/health')).toMatchObject({ status: 200, text: '' });
  });
});
