import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import type { LoggedModel } from '../../src/domain/logged-model.js';
import type { AppOptions } from '../../src/http/index.js';
import type { Answer, Client } from './client.js';
import { clientOf, invalidBody, SEE_DOCS } from './client.js';

let client: Client;
afterEach(() => client.dispose());

const MODEL_ID = 'm-70c4dae0277c4e218ca7923446ed77ac';
const ROOT = `1/models/${MODEL_ID}/artifacts`;
const PATH = `/api/2.0/mlflow/logged-models/${MODEL_ID}`;

const MODEL: LoggedModel = {
  modelId: MODEL_ID,
  experimentId: '1',
  name: 'm',
  artifactLocation: `mlflow-artifacts:/${ROOT}`,
  creationTimestamp: 1795502007813,
  lastUpdatedTimestamp: 9007199254740993n,
  status: 'READY',
  lifecycleStage: 'active',
  modelType: 'forest',
  sourceRunId: '',
  tags: [{ key: 'k', value: 'é' }],
  params: [{ key: 'p', value: '' }],
  metrics: [
    {
      key: 'f1',
      value: 1,
      timestamp: 9007199254740993n,
      step: -3,
      runId: 'r',
      datasetName: 'iris',
      datasetDigest: 'd',
    },
    { key: 'f1', value: Number.MAX_VALUE, timestamp: 1, step: 0, runId: 'r' },
  ],
};

// What a stock server (3.12.0) answers to the same data, but for its indentation and \u escapes.
const STOCK_MODEL =
  `{"info":{"model_id":"${MODEL_ID}","experiment_id":"1","name":"m",` +
  '"creation_timestamp_ms":1795502007813,"last_updated_timestamp_ms":9007199254740993,' +
  `"artifact_uri":"mlflow-artifacts:/${ROOT}","status":"LOGGED_MODEL_READY",` +
  '"model_type":"forest","source_run_id":"","tags":[{"key":"k","value":"é"}]},' +
  '"data":{"params":[{"key":"p","value":""}],"metrics":[{"key":"f1","value":1.0,' +
  '"timestamp":9007199254740993,"step":-3,"dataset_name":"iris","dataset_digest":"d",' +
  `"model_id":"${MODEL_ID}","run_id":"r"},{"key":"f1","value":1.7976931348623157e+308,` +
  `"timestamp":1,"step":0,"model_id":"${MODEL_ID}","run_id":"r"}]}}`;

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  return client.send(
    method,
    path,
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } },
  );
}

const missing = (parameter: string) =>
  invalidBody(`Missing value for required parameter '${parameter}'.${SEE_DOCS}`);

describe('logged models over HTTP', () => {
  it('create: what is absent or empty', async () => {
    client = clientOf({
      createLoggedModel: async () => ({ ...MODEL, tags: [], params: [], metrics: [] }),
    });
    const { text } = await client.post('logged-models', '{"experiment_id":"1","name":""}');
    expect(text).toContain('"source_run_id":""},"data":{}}}');
    expect(client.calls).toEqual([
      [
        'createLoggedModel',
        {
          experimentId: '1',
          name: undefined,
          modelType: '',
          sourceRunId: '',
          params: [],
          tags: [],
        },
      ],
    ]);
  });

  it('create: all there is', async () => {
    client = clientOf({ createLoggedModel: async () => MODEL });
    const request = {
      experiment_id: '1',
      name: 'm',
      model_type: 't',
      source_run_id: 'r',
      params: [{ key: 'p' }],
      tags: [{ key: 'k', value: 'v' }],
    };
    const { text } = await client.post('logged-models', JSON.stringify(request));
    expect(text).toBe(`{"model":${STOCK_MODEL}}`);
    expect(client.calls).toEqual([
      [
        'createLoggedModel',
        {
          experimentId: '1',
          name: 'm',
          modelType: 't',
          sourceRunId: 'r',
          params: [{ key: 'p', value: '' }],
          tags: [{ key: 'k', value: 'v' }],
        },
      ],
    ]);
  });

  it('get, for programs and pages, deleted ones where asked for', async () => {
    client = clientOf({ getLoggedModel: async () => MODEL });
    expect((await send('GET', PATH)).text).toBe(`{"model":${STOCK_MODEL}}`);
    await send('GET', `${PATH.replace('/api/', '/ajax-api/')}?allow_deleted=TRUE`);
    await send('GET', `${PATH}?allow_deleted=false`);
    expect(client.calls).toEqual([
      ['getLoggedModel', MODEL_ID, { allowDeleted: false }],
      ['getLoggedModel', MODEL_ID, { allowDeleted: true }],
      ['getLoggedModel', MODEL_ID, { allowDeleted: false }],
    ]);
  });

  it.each([
    ['LOGGED_MODEL_READY', 'READY'],
    ['LOGGED_MODEL_UPLOAD_FAILED', 'FAILED'],
    ['LOGGED_MODEL_STATUS_UNSPECIFIED', 'UNSPECIFIED'],
    [1, 'PENDING'],
    ['3', 'FAILED'],
  ])('finalize with %s', async (status, expected) => {
    client = clientOf({ finalizeLoggedModel: async () => MODEL });
    const { text } = await send('PATCH', PATH, { model_id: 'ignored', status });
    expect(text).toBe(`{"model":${STOCK_MODEL}}`);
    expect(client.calls).toEqual([['finalizeLoggedModel', MODEL_ID, expected]]);
  });

  it('delete, tags, params', async () => {
    client = clientOf();
    const tags = [{ key: 'k', value: 'v' }];
    for (const [method, path, body] of [
      ['DELETE', PATH, undefined],
      ['DELETE', PATH, { model_id: MODEL_ID }],
      ['PATCH', `${PATH}/tags`, { tags }],
      ['DELETE', `${PATH}/tags/a%20b%25%2F%C3%BC`, undefined],
      ['POST', `${PATH}/params`, { model_id: MODEL_ID, params: tags }],
      ['POST', `${PATH}/params`, {}],
    ] as const) {
      expect(await send(method, path, body)).toMatchObject({ status: 200, text: '{}' });
    }
    expect(client.calls).toEqual([
      ['deleteLoggedModel', MODEL_ID],
      ['deleteLoggedModel', MODEL_ID],
      ['setLoggedModelTags', MODEL_ID, tags],
      ['deleteLoggedModelTag', MODEL_ID, 'a b%/ü'],
      ['logLoggedModelParams', MODEL_ID, tags],
      ['logLoggedModelParams', MODEL_ID, []],
    ]);
  });

  it('search', async () => {
    client = clientOf({
      searchLoggedModels: async ({ filter }) =>
        filter === undefined ? { items: [] } : { items: [MODEL], nextPageToken: 't' },
    });
    const least = await client.post('logged-models/search', '{"experiment_ids":["1"]}');
    expect(least.text).toBe('{}');
    const request = {
      experiment_ids: ['1', '2'],
      filter: "name = 'm'",
      datasets: [{ dataset_name: 'iris', dataset_digest: '' }],
      max_results: 7,
      order_by: [
        { field_name: 'metrics.f1', ascending: false, dataset_name: 'iris', dataset_digest: 'd' },
        { field_name: 'name' },
      ],
      page_token: 't',
    };
    const all = await client.post('logged-models/search', JSON.stringify(request));
    expect(all.text).toBe(`{"models":[${STOCK_MODEL}],"next_page_token":"t"}`);
    expect(client.calls).toEqual([
      [
        'searchLoggedModels',
        {
          experimentIds: ['1'],
          filter: undefined,
          datasets: [],
          maxResults: 50,
          orderBy: [],
          pageToken: undefined,
        },
      ],
      [
        'searchLoggedModels',
        {
          experimentIds: ['1', '2'],
          filter: "name = 'm'",
          datasets: [{ datasetName: 'iris', datasetDigest: undefined }],
          maxResults: 7,
          orderBy: [
            { fieldName: 'metrics.f1', ascending: false, datasetName: 'iris', datasetDigest: 'd' },
            {
              fieldName: 'name',
              ascending: true,
              datasetName: undefined,
              datasetDigest: undefined,
            },
          ],
          pageToken: 't',
        },
      ],
    ]);
  });

  it.each([
    ['POST', '/api/2.0/mlflow/logged-models', {}, missing('experiment_id')],
    ['POST', '/api/2.0/mlflow/logged-models/search', {}, missing('experiment_ids')],
    ['PATCH', PATH, { model_id: MODEL_ID }, missing('status')],
    [
      'POST',
      '/api/2.0/mlflow/logged-models/search',
      { experiment_ids: ['1'], order_by: [{}] },
      missing('order_by[0].field_name'),
    ],
    [
      'PATCH',
      PATH,
      { status: 'DONE' },
      invalidBody(
        `Invalid value "DONE" for parameter 'status' supplied:  Hint: Value was of type 'str'.${SEE_DOCS}`,
      ),
    ],
    [
      'PATCH',
      `${PATH}/tags`,
      { tags: 'x' },
      invalidBody(
        `Invalid value "x" for parameter 'tags' supplied:  Hint: Value was of type 'str'.${SEE_DOCS}`,
      ),
    ],
  ])('%s %s %o is refused', async (method, path, body, text) => {
    client = clientOf();
    expect(await send(method, path, body)).toMatchObject({ status: 400, text });
    expect(client.calls).toEqual([]);
  });
});

describe('the files of a logged model', () => {
  const directories = `${PATH}/artifacts/directories`;
  const files = `${PATH.replace('/api/', '/ajax-api/')}/artifacts/files`;

  function withFiles(options: AppOptions = {}) {
    client = clientOf({ getLoggedModel: async () => MODEL }, options);
    for (const path of ['MLmodel', 'data/x.bin']) {
      const file = join(client.destination, ROOT, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'hello');
    }
  }

  it('are listed', async () => {
    withFiles();
    expect((await send('GET', directories)).text).toBe(
      `{"root_uri":"mlflow-artifacts:/${ROOT}","files":[` +
        '{"path":"MLmodel","is_dir":false,"file_size":5},{"path":"data","is_dir":true}]}',
    );
    expect((await send('GET', `${directories}?artifact_directory_path=data`)).text).toBe(
      `{"root_uri":"mlflow-artifacts:/${ROOT}","files":[` +
        '{"path":"data/x.bin","is_dir":false,"file_size":5}]}',
    );
    expect((await send('GET', `${directories}?artifact_directory_path=none`)).text).toBe(
      `{"root_uri":"mlflow-artifacts:/${ROOT}"}`,
    );
    // A deleted model has none: it is looked for as clients look for it.
    expect(client.calls[0]).toEqual(['getLoggedModel', MODEL_ID]);
  });

  it('are downloaded', async () => {
    withFiles();
    const answer = await send('GET', `${files}?artifact_file_path=data/x.bin`);
    expect(answer).toMatchObject({ status: 200, text: 'hello' });
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=x.bin');
    expect(await send('GET', `${files}?artifact_file_path=none`)).toMatchObject({ status: 404 });
    expect(await send('GET', files)).toMatchObject({
      status: 400,
      text: expect.stringContaining('"error_code": "BAD_REQUEST"') as string,
    });
  });

  it.each(['..', '%2e%2e', '%252e%252e', '/etc', 'a%2523b'])('refuses %s', async (path) => {
    client = clientOf();
    const refusal = { status: 400, text: invalidBody('Invalid path') };
    expect(await send('GET', `${directories}?artifact_directory_path=${path}`)).toMatchObject(
      refusal,
    );
    expect(await send('GET', `${files}?artifact_file_path=${path}`)).toMatchObject(refusal);
    expect(client.calls).toEqual([]);
  });

  it('stay where they are with --no-serve-artifacts', async () => {
    withFiles({ serveArtifacts: false });
    for (const path of [directories, `${files}?artifact_file_path=MLmodel`]) {
      expect(await send('GET', path)).toMatchObject({
        status: 400,
        text: expect.stringContaining('are not served') as string,
      });
    }
  });
});
