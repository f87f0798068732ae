import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  type LogBatch,
  openStore,
  type StartTrace,
  type Store,
  webhookEventOf,
} from '../../src/index.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { crateBackend, createTestRun, embedded, uniqueName } from '../helpers/stores.js';

/** What a call may cost, checked by counting what is sent. */
const CALLS = {
  logMetric: 3,
  logBatchOfMetrics: 4,
  logBatchOfAll: 7,
  /** Run, first point, refresh, search, latest values. */
  repeatedBatch: { embedded: 4, CrateDB: 5 },
  createRun: 3,
  /** The run by key, a refresh, and four reads side by side. */
  getRun: { embedded: 5, CrateDB: 6 },
  /** A refresh and the search; a refresh and four reads. */
  searchRuns: { embedded: 5, CrateDB: 7 },
  /**
   * Run, first point, models, their points; points, latest values, points of models. CrateDB doesn't
   * look up a thousand keys of five columns: it refreshes and searches.
   */
  logBatchOfModels: 7,
  logLargeBatchOfModels: { embedded: 7, CrateDB: 8 },
  /** The experiment; tags, params, the row. */
  createLoggedModel: 4,
  /** The model by key, a refresh, and three reads side by side. */
  getLoggedModel: { embedded: 4, CrateDB: 5 },
  /** A refresh and the search; a refresh and three reads. */
  searchLoggedModels: { embedded: 4, CrateDB: 6 },
  linkPromptsToTrace: 1,
  linkTracesToRun: 1,
  /** The experiment, the trace; tags, metadata, numbers, assessments, the row. */
  startTrace: 7,
  /** Besides, what stood: three reads after a refresh. */
  startTraceAgain: { embedded: 10, CrateDB: 11 },
  /** The trace by key, or several; a refresh, and three reads side by side. */
  getTraceInfo: { embedded: 4, CrateDB: 5 },
  /** The trace; the tag. */
  setTraceTag: 2,
  /**
   * Generation and another program's row, claim, row, tags, shown; and, as below, whether there are
   * webhooks.
   */
  createRegisteredModel: 7,
  /** Who bears the name; tags; who bears it still. */
  setRegisteredModelTag: 4,
  setRegisteredModelAlias: 5,
  /** Name, number, tags, row, the model's time, name. */
  createModelVersion: 7,
  /** With a webhook that listens, besides: its event's position, the event, and that it is due. */
  createHeardModelVersion: 10,
  /** Name; the row, and after a refresh tags and aliases; name. */
  getModelVersion: { embedded: 5, CrateDB: 6 },
  /** Name; the row, and after a refresh three reads; after one more the versions' tags; name. */
  getRegisteredModel: { embedded: 7, CrateDB: 9 },
  /** Counter, arriving names, the search, what hangs on the models (4), counter; a refresh before each search. */
  searchRegisteredModels: { embedded: 8, CrateDB: 12 },
  searchModelVersions: { embedded: 5, CrateDB: 8 },
  /** However many rows: lease, count and copy of five tables, and the model afterwards. */
  renameRegisteredModel: { embedded: 43, CrateDB: 54 },
  deleteRegisteredModel: { embedded: 14, CrateDB: 15 },
};

for (const backend of [embedded, crateBackend()]) {
  describe.skipIf(backend.uri === undefined)(`statements a call (${backend.name})`, () => {
    let sent = 0;
    let store: Store;

    beforeAll(async () => {
      store = await openStore(backend.uri, {
        onStatement: () => sent++,
        webhooks: { deliver: false, allowPrivateIps: true },
      });
      // What the dialect asks once, about tables and keys, is not part of a call.
      const { experimentId, runId } = await createTestRun(store);
      await store.logMetric(runId, { key: 'm', value: 1, timestamp: 1, step: 0 });
      for (let time = 0; time < 2; time++) await store.logBatch(runId, batch(2, 2));
      await store.getRun(runId);
      await store.searchRuns({ experimentIds: [experimentId] });
      const { modelId } = await store.createLoggedModel({ experimentId, ...batch(0, 1) });
      await store.logMetric(runId, { key: 'm', value: 1, timestamp: 2, step: 0, modelId });
      await store.searchLoggedModels({ experimentIds: [experimentId] });
      const tags = [{ key: 'k', value: 'v' }];
      await store.linkPromptsToTrace('tr-first', [{ name: 'first', version: 1 }]);
      for (let time = 0; time < 2; time++) await store.startTrace(trace(experimentId, 'tr-first', 1));
      await store.setTraceTag('tr-first', { key: 'k', value: 'v' });
      await store.createRegisteredModel({ name: 'first', tags });
      await store.createModelVersion({ name: 'first', source: 's', tags });
      await store.setRegisteredModelAlias('first', 'a', 1);
      await store.searchRegisteredModels({});
      await store.searchModelVersions({});
      await store.renameRegisteredModel('first', 'second');
      await store.deleteRegisteredModel('second');
    });
    afterAll(async () => {
      await store.close();
      if (backend.name === 'CrateDB') await dropSchema(backend.uri);
    });

    async function count(call: () => Promise<unknown>): Promise<number> {
      const before = sent;
      await call();
      return sent - before;
    }

    it.each([1, 10, 1_000])('log-batch of %i metrics', async (metrics) => {
      const { runId } = await createTestRun(store);
      const request = batch(metrics, 0);
      expect(await count(() => store.logBatch(runId, request))).toBe(CALLS.logBatchOfMetrics);
    });

    it.each([1, 10, 1_000])('log-batch of %i metrics, sent again', async (metrics) => {
      const { runId } = await createTestRun(store);
      const request = batch(metrics, 0);
      await store.logBatch(runId, request);
      // One point needs no search: it was found by its key.
      const expected = metrics === 1 ? 3 : CALLS.repeatedBatch[backend.name];
      expect(await count(() => store.logBatch(runId, request))).toBe(expected);
    });

    it.each([
      [1, 1],
      [800, 100],
    ])('log-batch of %i metrics and %i params and tags each', async (metrics, pairs) => {
      const { runId } = await createTestRun(store);
      const request = batch(metrics, pairs);
      expect(await count(() => store.logBatch(runId, request))).toBe(CALLS.logBatchOfAll);
    });

    it('log-metric, create-run', async () => {
      const { experimentId, runId } = await createTestRun(store);
      const point = { key: 'm', value: 1, timestamp: 1, step: 0 };
      expect(await count(() => store.logMetric(runId, point))).toBe(CALLS.logMetric);
      expect(await count(() => store.createRun({ experimentId }))).toBe(CALLS.createRun);
    });

    it.each([1, 100])('get-run of %i metrics, params and tags each', async (size) => {
      const { runId } = await createTestRun(store);
      await store.logBatch(runId, batch(size, size));
      expect(await count(() => store.getRun(runId))).toBe(CALLS.getRun[backend.name]);
    });

    it.each([1, 20])('search-runs that finds %i', async (size) => {
      const { experimentId } = await createTestRun(store);
      for (let run = 1; run < size; run++) await store.createRun({ experimentId });
      const search = () => store.searchRuns({ experimentIds: [experimentId] });
      expect((await search()).items).toHaveLength(size);
      expect(await count(search)).toBe(CALLS.searchRuns[backend.name]);
    });

    it.each([1, 10, 1_000])('log-batch of %i metrics of models', async (metrics) => {
      const { experimentId, runId } = await createTestRun(store);
      const { modelId } = await store.createLoggedModel({ experimentId });
      // One step, as most batches have it: their points are found by key.
      const points = batch(metrics, 0).metrics?.map((metric, index) => ({
        ...metric,
        key: `m${String(index)}`,
        timestamp: 1,
        step: 1,
        modelId,
      }));
      expect(await count(() => store.logBatch(runId, { metrics: points }))).toBe(
        metrics === 1_000
          ? CALLS.logLargeBatchOfModels[backend.name]
          : CALLS.logBatchOfModels,
      );
    });

    it.each([1, 100])('logged models with %i params and tags each', async (size) => {
      const { experimentId } = await createTestRun(store);
      const pairs = batch(0, size);
      let modelId = '';
      const create = async () => {
        ({ modelId } = await store.createLoggedModel({ experimentId, ...pairs }));
      };
      expect(await count(create)).toBe(CALLS.createLoggedModel);
      const { params = [], tags = [] } = pairs;
      expect(await count(() => store.logLoggedModelParams(modelId, params))).toBe(3);
      expect(await count(() => store.setLoggedModelTags(modelId, tags))).toBe(2);
      const expected = CALLS.getLoggedModel[backend.name];
      expect(await count(() => store.getLoggedModel(modelId))).toBe(expected);
      expect(await count(() => store.finalizeLoggedModel(modelId, 'READY'))).toBe(expected);
      expect(await count(() => store.deleteLoggedModelTag(modelId, 't0'))).toBe(2);
      expect(await count(() => store.deleteLoggedModel(modelId))).toBe(1);
    });

    it.each([1, 20])('search of logged models that finds %i', async (size) => {
      const { experimentId } = await createTestRun(store);
      for (let model = 0; model < size; model++) await store.createLoggedModel({ experimentId });
      const search = () =>
        store.searchLoggedModels({
          experimentIds: [experimentId],
          filter: "name != 'x' AND status = 'PENDING'",
          orderBy: [{ fieldName: 'metrics.f1' }],
        });
      expect((await search()).items).toHaveLength(size);
      expect(await count(search)).toBe(CALLS.searchLoggedModels[backend.name]);
    });

    it.each([1, 100])('links of a trace to %i prompts', async (size) => {
      const versions = Array.from({ length: size }, (_, index) => ({ name: 'p', version: index + 1 }));
      const link = () => store.linkPromptsToTrace(uniqueName('tr'), versions);
      expect(await count(link)).toBe(CALLS.linkPromptsToTrace);
    });

    it.each([1, 50])('a trace with %i tags, metadata and assessments each', async (size) => {
      const { experimentId, runId } = await createTestRun(store);
      const ids = Array.from({ length: size }, () => uniqueName('tr'));
      const on = backend.name;
      for (const id of ids) {
        const start = () => store.startTrace(trace(experimentId, id, size));
        expect(await count(start)).toBe(CALLS.startTrace);
      }
      const [traceId = ''] = ids;
      const again = () => store.startTrace(trace(experimentId, traceId, size));
      expect(await count(again)).toBe(CALLS.startTraceAgain[on]);
      expect(await count(() => store.getTraceInfo(traceId))).toBe(CALLS.getTraceInfo[on]);
      expect(await count(() => store.batchGetTraceInfos(ids))).toBe(CALLS.getTraceInfo[on]);
      const setTag = () => store.setTraceTag(traceId, { key: 'k', value: 'v' });
      expect(await count(setTag)).toBe(CALLS.setTraceTag);
      expect(await count(() => store.linkTracesToRun(ids, runId))).toBe(CALLS.linkTracesToRun);
    });

    it.each([1, 20])('a registered model with %i tags and versions', async (size) => {
      const name = uniqueName('model');
      const { tags = [] } = batch(0, size);
      const source = 's3://models/m';
      const on = backend.name;
      expect(await count(() => store.createRegisteredModel({ name, tags }))).toBe(
        CALLS.createRegisteredModel,
      );
      for (let version = 0; version < size; version++) {
        expect(await count(() => store.createModelVersion({ name, source, tags }))).toBe(
          CALLS.createModelVersion,
        );
      }
      const [tag = { key: '', value: '' }] = tags;
      expect(await count(() => store.setRegisteredModelTag(name, tag))).toBe(
        CALLS.setRegisteredModelTag,
      );
      expect(await count(() => store.setRegisteredModelAlias(name, 'best', 1))).toBe(
        CALLS.setRegisteredModelAlias,
      );
      expect(await count(() => store.getModelVersion(name, 1))).toBe(CALLS.getModelVersion[on]);
      expect(await count(() => store.getRegisteredModel(name))).toBe(CALLS.getRegisteredModel[on]);
      const renamed = uniqueName('renamed');
      expect(await count(() => store.renameRegisteredModel(name, renamed))).toBe(
        CALLS.renameRegisteredModel[on],
      );
      expect(await count(() => store.deleteRegisteredModel(renamed))).toBe(
        CALLS.deleteRegisteredModel[on],
      );
    });

    it.each([1, 20])('searches of the registry that find %i', async (size) => {
      const prefix = uniqueName('find');
      for (let model = 0; model < size; model++) {
        const name = `${prefix}-${String(model)}`;
        await store.createRegisteredModel({ name });
        await store.createModelVersion({ name, source: 's3://models/m' });
      }
      const filter = `name LIKE '${prefix}%'`;
      const models = () => store.searchRegisteredModels({ filter });
      expect((await models()).items).toHaveLength(size);
      expect(await count(models)).toBe(CALLS.searchRegisteredModels[backend.name]);
      const versions = () => store.searchModelVersions({ filter });
      expect((await versions()).items).toHaveLength(size);
      expect(await count(versions)).toBe(CALLS.searchModelVersions[backend.name]);
    });

    it.each([1, 3])('a version that %i webhooks hear of', async (hooks) => {
      const name = uniqueName('heard');
      await store.createRegisteredModel({ name });
      const events = [webhookEventOf('model_version.created')];
      const made = await Promise.all(
        Array.from({ length: hooks }, () =>
          store.createWebhook({ name: 'hook', url: 'https://hooks.example/', events }),
        ),
      );
      // Who listens is looked up once, after any change of a webhook.
      await store.createModelVersion({ name, source: 's', tags: [{ key: 'k', value: 'v' }] });
      expect(
        await count(() =>
          store.createModelVersion({ name, source: 's', tags: [{ key: 'k', value: 'v' }] }),
        ),
      ).toBe(CALLS.createHeardModelVersion);
      for (const { webhookId } of made) await store.deleteWebhook(webhookId);
    });
  });
}

function batch(metrics: number, pairs: number): LogBatch {
  const named = (name: string) =>
    Array.from({ length: pairs }, (_, index) => ({ key: `${name}${index}`, value: `v${index}` }));
  return {
    metrics: Array.from({ length: metrics }, (_, index) => ({
      key: `m${index % 10}`,
      value: index / 3,
      timestamp: 1_000 + index,
      step: index,
    })),
    params: named('p'),
    tags: named('t'),
  };
}

function trace(experimentId: string, traceId: string, size: number): StartTrace {
  const { tags = [] } = batch(0, size);
  const usage = { key: 'mlflow.trace.tokenUsage', value: '{"input_tokens": 1}' };
  return {
    ...{ traceId, experimentId, requestTime: 1, state: 'OK', tags },
    traceMetadata: [...tags, usage],
    assessments: tags.map(({ key }) => ({
      name: key,
      value: { kind: 'feedback', valueJson: 'true' },
      sourceType: 'CODE',
    })),
  };
}
