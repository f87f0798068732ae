import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { doesNotExist } from '../../src/domain/errors.js';
import type { LoggedModel, ModelVersion, RegisteredModel, Run } from '../../src/domain/index.js';
import type { AppOptions } from '../../src/http/index.js';
import type { Answer, Client } from './client.js';
import { clientOf, invalidBody, SEE_DOCS } from './client.js';
import { RUN, RUN_ID } from './fake-store.js';

let client: Client;
afterEach(() => client.dispose());

const VERSION: ModelVersion = {
  name: 'm',
  version: 2,
  creationTimestamp: 1795502007813,
  lastUpdatedTimestamp: 9007199254740993n,
  description: '',
  currentStage: 'Staging',
  source: 's3://b/é',
  runId: RUN_ID,
  runLink: '',
  status: 'READY',
  tags: [{ key: 'k', value: 'v' }],
  aliases: ['best', 'other'],
};

const MODEL: RegisteredModel = {
  name: 'm',
  creationTimestamp: 1795502007813,
  lastUpdatedTimestamp: 1795502007814,
  description: 'd',
  latestVersions: [{ ...VERSION, aliases: [], tags: [] }],
  tags: [{ key: 'k', value: '' }],
  aliases: [{ alias: 'best', version: 2 }],
};

// What a stock server (3.12.0) answers to the same data, but for its indentation and \u escapes.
const version = (tags: string, aliases: string) =>
  '{"name":"m","version":"2","creation_timestamp":1795502007813,' +
  '"last_updated_timestamp":9007199254740993,"current_stage":"Staging","description":"",' +
  `"source":"s3://b/é","run_id":"${RUN_ID}","status":"READY"${tags},"run_link":""${aliases}}`;
const STOCK_VERSION = version(',"tags":[{"key":"k","value":"v"}]', ',"aliases":["best","other"]');
const STOCK_MODEL =
  '{"name":"m","creation_timestamp":1795502007813,"last_updated_timestamp":1795502007814,' +
  `"description":"d","latest_versions":[${version('', '')}],"tags":[{"key":"k","value":""}],` +
  '"aliases":[{"alias":"best","version":"2"}]}';

function send(method: string, path: string, body?: unknown): Promise<Answer> {
  return client.send(
    method,
    `/api/2.0/mlflow/${path}`,
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } },
  );
}

const missing = (parameter: string) =>
  invalidBody(`Missing value for required parameter '${parameter}'.${SEE_DOCS}`);
const invalid = (json: string, parameter: string, type: string) =>
  invalidBody(
    `Invalid value ${json} for parameter '${parameter}' supplied:  Hint: Value was of type ` +
      `'${type}'.${SEE_DOCS}`,
  );

const name = 'm';
const at = { name, version: '2' };
const pair = { key: 'k', value: 'v' };
const found = { items: [MODEL], nextPageToken: 'next' };
const foundVersions = { items: [VERSION], nextPageToken: 'next' };

describe('the registry over HTTP', () => {
  it.each([
    [
      'POST registered-models/create',
      { name, tags: [pair, { key: 'n' }], description: 'd' },
      ['createRegisteredModel', { name, tags: [pair, { key: 'n', value: '' }], description: 'd' }],
      `{"registered_model":${STOCK_MODEL}}`,
    ],
    [
      'POST registered-models/create',
      { name },
      ['createRegisteredModel', { name, tags: [], description: '' }],
      `{"registered_model":${STOCK_MODEL}}`,
    ],
    [
      'GET registered-models/get?name=m',
      undefined,
      ['getRegisteredModel', name],
      `{"registered_model":${STOCK_MODEL}}`,
    ],
    [
      'PATCH registered-models/update',
      { name },
      ['updateRegisteredModel', name, ''],
      `{"registered_model":${STOCK_MODEL}}`,
    ],
    [
      'POST registered-models/rename',
      { name, new_name: 'n' },
      ['renameRegisteredModel', name, 'n'],
      `{"registered_model":${STOCK_MODEL}}`,
    ],
    ['DELETE registered-models/delete', { name }, ['deleteRegisteredModel', name], '{}'],
    [
      'GET registered-models/search?filter=f&order_by=a&order_by=b&page_token=t',
      undefined,
      [
        'searchRegisteredModels',
        { filter: 'f', maxResults: 100, orderBy: ['a', 'b'], pageToken: 't' },
      ],
      `{"registered_models":[${STOCK_MODEL}],"next_page_token":"next"}`,
    ],
    [
      'GET registered-models/get-latest-versions?name=m&stages=None&stages=Staging',
      undefined,
      ['getLatestVersions', name, ['None', 'Staging']],
      `{"model_versions":[${STOCK_VERSION}]}`,
    ],
    [
      'POST registered-models/get-latest-versions',
      { name },
      ['getLatestVersions', name, []],
      `{"model_versions":[${STOCK_VERSION}]}`,
    ],
    [
      'POST registered-models/set-tag',
      { name, key: 'k' },
      ['setRegisteredModelTag', name, { key: 'k', value: '' }],
      '{}',
    ],
    [
      'DELETE registered-models/delete-tag',
      { name, key: 'k' },
      ['deleteRegisteredModelTag', name, 'k'],
      '{}',
    ],
    [
      'POST registered-models/alias',
      { ...at, alias: 'a' },
      ['setRegisteredModelAlias', name, 'a', '2'],
      '{}',
    ],
    [
      'DELETE registered-models/alias',
      { name, alias: 'a' },
      ['deleteRegisteredModelAlias', name, 'a'],
      '{}',
    ],
    [
      'GET registered-models/alias?name=m&alias=a',
      undefined,
      ['getModelVersionByAlias', name, 'a'],
      `{"model_version":${STOCK_VERSION}}`,
    ],
    [
      'GET model-versions/get?name=m&version=2',
      undefined,
      ['getModelVersion', name, '2'],
      `{"model_version":${STOCK_VERSION}}`,
    ],
    [
      'PATCH model-versions/update',
      { ...at, description: '' },
      ['updateModelVersion', name, '2', ''],
      `{"model_version":${STOCK_VERSION}}`,
    ],
    [
      'PATCH model-versions/update',
      at,
      ['updateModelVersion', name, '2', undefined],
      `{"model_version":${STOCK_VERSION}}`,
    ],
    [
      'POST model-versions/transition-stage',
      { ...at, stage: 'x', archive_existing_versions: true },
      [
        'transitionModelVersionStage',
        { ...at, stage: 'x', archiveExistingVersions: true },
      ],
      `{"model_version":${STOCK_VERSION}}`,
    ],
    ['DELETE model-versions/delete', at, ['deleteModelVersion', name, '2'], '{}'],
    [
      'GET model-versions/get-download-uri?name=m&version=2',
      undefined,
      ['getModelVersionDownloadUri', name, '2'],
      '{"artifact_uri":"s3://b/é"}',
    ],
    [
      'GET model-versions/search?max_results=5',
      undefined,
      [
        'searchModelVersions',
        { filter: undefined, maxResults: 5, orderBy: [], pageToken: undefined },
      ],
      `{"model_versions":[${STOCK_VERSION}],"next_page_token":"next"}`,
    ],
    [
      'POST model-versions/set-tag',
      { ...at, key: 'k', value: 'v' },
      ['setModelVersionTag', name, '2', pair],
      '{}',
    ],
    [
      'DELETE model-versions/delete-tag',
      { ...at, key: 'k' },
      ['deleteModelVersionTag', name, '2', 'k'],
      '{}',
    ],
  ])('%s %j', async (request, body, call, text) => {
    client = clientOf({
      createRegisteredModel: async () => MODEL,
      getRegisteredModel: async () => MODEL,
      updateRegisteredModel: async () => MODEL,
      renameRegisteredModel: async () => MODEL,
      searchRegisteredModels: async () => found,
      getLatestVersions: async () => [VERSION],
      getModelVersionByAlias: async () => VERSION,
      getModelVersion: async () => VERSION,
      updateModelVersion: async () => VERSION,
      transitionModelVersionStage: async () => VERSION,
      getModelVersionDownloadUri: async () => VERSION.source ?? '',
      searchModelVersions: async () => foundVersions,
    });
    const [method = '', path = ''] = request.split(' ');
    expect(await send(method, path, body)).toMatchObject({ status: 200, text });
    expect(client.calls).toEqual([call]);
  });

  it.each([
    ['POST registered-models/create', {}, missing('name')],
    ['POST registered-models/create', { name: 5 }, invalid('5', 'name', 'int')],
    ['POST registered-models/create', { name, tags: 'x' }, invalid('"x"', 'tags', 'str')],
    ['POST registered-models/rename', { name }, missing('new_name')],
    ['GET registered-models/search?max_results=1001', undefined, invalid('"1001"', 'max_results', 'str')],
    ['POST registered-models/alias', { name, alias: 'a' }, missing('version')],
    ['POST model-versions/create', { name }, missing('source')],
    ['POST model-versions/create', { name, source: 's', run_id: 1 }, invalid('1', 'run_id', 'int')],
    ['GET model-versions/get?name=m', undefined, missing('version')],
    ['POST model-versions/transition-stage', at, missing('stage')],
    [
      'POST model-versions/transition-stage',
      { ...at, stage: 'x', archive_existing_versions: 'x' },
      invalid('"x"', 'archive_existing_versions', 'str'),
    ],
    ['GET model-versions/search?max_results=200001', undefined, invalid('"200001"', 'max_results', 'str')],
    ['DELETE model-versions/delete-tag', at, missing('key')],
  ])('refuses %s %j', async (request, body, text) => {
    client = clientOf();
    const [method = '', path = ''] = request.split(' ');
    expect(await send(method, path, body)).toMatchObject({ status: 400, text });
    expect(client.calls).toEqual([]);
  });
});

describe('where a version may come from', () => {
  const LOCAL_RUN = 'b'.repeat(32);
  const MODEL_ID = 'm-70c4dae0277c4e218ca7923446ed77ac';

  function open(folder = '/nowhere', options: AppOptions = {}): void {
    client = clientOf(
      {
        createModelVersion: async () => VERSION,
        getRun: async (runId): Promise<Run> => {
          if (runId === RUN_ID) return RUN;
          if (runId !== LOCAL_RUN) throw doesNotExist(`Run with id=${runId} not found`);
          return { ...RUN, info: { ...RUN.info, artifactUri: `${folder}/run` } };
        },
        getLoggedModel: async () => ({ artifactLocation: `file://${folder}/model` }) as LoggedModel,
      },
      options,
    );
  }

  async function create(request: object): Promise<string> {
    const { status, text } = await send('POST', 'model-versions/create', { name, ...request });
    return status === 200 ? 'created' : (JSON.parse(text) as { message: string }).message;
  }

  const inRun = (source: string) =>
    `Invalid model version source: '${source}'. To use a local path as a model version source, the ` +
    'run_id request parameter has to be specified and the local path has to be contained within the ' +
    'artifact directory of the run specified by the run_id.';
  const relative = (source: string) =>
    `Invalid model version source: '${source}'. If supplying a source as an http, https, local file ` +
    'path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without ' +
    'relative path references present. Please provide an absolute path.';

  it('hands all of it on, and notes the version at the logged model', async () => {
    open();
    const request = {
      name,
      source: 's3://b/m',
      run_id: 'r',
      tags: [pair],
      run_link: 'l',
      description: 'd',
      model_id: MODEL_ID,
    };
    const { text } = await send('POST', 'model-versions/create', request);
    expect(text).toBe(`{"model_version":${STOCK_VERSION}}`);
    expect(client.calls).toEqual([
      [
        'createModelVersion',
        {
          name,
          source: 's3://b/m',
          runId: 'r',
          tags: [pair],
          runLink: 'l',
          description: 'd',
          modelId: MODEL_ID,
        },
      ],
      ['setModelVersionsTags', name, 2, MODEL_ID],
    ]);
  });

  it.each([
    's3://bucket/a',
    's3://bucket/a/',
    's3://bucket//a//b',
    'models:/m/1',
    `models:/${MODEL_ID}`,
    'mlflow-artifacts:/1/a',
    'https://h/a?x=1',
    'dbfs:/a',
  ])('takes %s', async (source) => {
    open();
    expect(await create({ source })).toBe('created');
  });

  it.each([
    ['/etc/passwd', inRun],
    ['some/model', inRun],
    ['file:///etc/passwd', inRun],
    ['s3://bucket/a/../b', relative],
    ['s3://bucket/a/%2e%2e/b', relative],
    ['http://h/%252e%252e/b', relative],
    ['http://h/a%00', relative],
    ['s3:bucket/a', relative],
    ['models:/', relative],
  ])('refuses %s', async (source, message) => {
    open();
    expect(await create({ source })).toBe(message(source));
    expect(client.calls.map(([method]) => method)).not.toContain('createModelVersion');
  });

  it('a local path only inside the artifacts of its run or logged model', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mlflow-sources-'));
    try {
      for (const part of ['run/model', 'runs', 'model']) mkdirSync(join(folder, part), { recursive: true });
      symlinkSync('/etc', join(folder, 'run/link'));
      open(folder);
      const ofRun = (source: string) => create({ source, run_id: LOCAL_RUN });
      for (const source of [`${folder}/run`, `${folder}/run/model`, `file://${folder}/run/new/x`]) {
        expect(await ofRun(source)).toBe('created');
      }
      for (const path of ['runs', 'run/..', 'run/link/passwd', 'run/../model']) {
        const source = `${folder}/${path}`;
        expect(await ofRun(source)).toBe(inRun(source));
      }
      expect(await create({ source: `${folder}/run`, run_id: RUN_ID })).toBe(inRun(`${folder}/run`));
      expect(await create({ source: `${folder}/run`, run_id: 'none' })).toBe(
        'Run with id=none not found',
      );
      expect(await create({ source: `${folder}/model/x`, model_id: MODEL_ID })).toBe('created');
      expect(await create({ source: `${folder}/run`, model_id: MODEL_ID })).toContain(
        'the model_id request parameter has to be specified',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('a prompt comes from a mere word', async () => {
    open();
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    expect(await create({ source: 'prompt-template', tags, model_id: MODEL_ID })).toBe('created');
    for (const source of ['/etc/passwd', 'file:///etc/passwd']) {
      expect(await create({ source, tags })).toBe(
        `Invalid prompt source: '${source}'. Local source paths are not allowed for prompts.`,
      );
    }
    expect(await create({ source: 'http://h/../a', tags })).toBe(relative('http://h/../a'));
    expect(client.calls.map(([method]) => method)).toEqual(['createModelVersion']);
  });

  it('a pattern that every source must match', async () => {
    open('/nowhere', { modelVersionSourcePattern: /^s3:/ });
    expect(await create({ source: 's3://b/m' })).toBe('created');
    expect(await create({ source: 'gs://b/m' })).toBe("Invalid model version source: 'gs://b/m'.");
  });

  it('the files of a version', async () => {
    client = clientOf({ getModelVersionDownloadUri: async () => 'mlflow-artifacts:/1/m' });
    mkdirSync(join(client.destination, '1/m'), { recursive: true });
    writeFileSync(join(client.destination, '1/m/MLmodel'), 'flavors: {}');
    const get = (query: string) => client.send('GET', `/model-versions/get-artifact?${query}`);
    expect(await get('name=m&version=2&path=MLmodel')).toMatchObject({
      status: 200,
      text: 'flavors: {}',
    });
    expect(client.calls).toEqual([['getModelVersionDownloadUri', 'm', '2']]);
    expect((await get('name=m&version=2&path=none')).status).toBe(404);
    expect((await get('name=m&version=2')).status).toBe(400);
    expect((await get('name=m&version=2&path=..%2Fx')).status).toBe(400);
  });
});
