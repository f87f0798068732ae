import { describe, expect, it } from 'vitest';

import type { LogMetric, Store } from '../../src/index.js';
import { createTestRun, describeStores, uniqueName } from '../helpers/stores.js';

const NO_MODEL = 'm-ffffffffffffffffffffffffffffffff';

async function createTestModel(store: Store) {
  const { experimentId, runId } = await createTestRun(store);
  const { modelId } = await store.createLoggedModel({ experimentId, sourceRunId: runId });
  return { experimentId, runId, modelId };
}

const notFound = (modelId: string) => ({
  errorCode: 'RESOURCE_DOES_NOT_EXIST',
  message: `Logged model with ID '${modelId}' not found.`,
});

describeStores('logged models', (store) => {
  it('creates one, pending, with tags and params', async () => {
    const { experimentId, runId } = await createTestRun(store());
    const model = await store().createLoggedModel({
      experimentId,
      name: 'detector',
      modelType: 'forest',
      sourceRunId: runId,
      tags: [{ key: 'team', value: 'x' }],
      params: [
        { key: 'b', value: '' },
        { key: 'a', value: '1' },
      ],
    });
    expect(model).toEqual({
      modelId: expect.stringMatching(/^m-[0-9a-f]{32}$/) as string,
      experimentId,
      name: 'detector',
      artifactLocation: `mlflow-artifacts:/${experimentId}/models/${model.modelId}/artifacts`,
      creationTimestamp: expect.any(Number) as number,
      lastUpdatedTimestamp: model.creationTimestamp,
      status: 'PENDING',
      lifecycleStage: 'active',
      modelType: 'forest',
      sourceRunId: runId,
      tags: [{ key: 'team', value: 'x' }],
      params: [
        { key: 'b', value: '' },
        { key: 'a', value: '1' },
      ],
      metrics: [],
    });
    expect(await store().getLoggedModel(model.modelId)).toEqual({
      ...model,
      params: model.params.toReversed(),
    });
  });

  it('names one at random, and takes a run that nobody knows', async () => {
    const experimentId = await store().createExperiment({ name: uniqueName('experiment') });
    const model = await store().createLoggedModel({ experimentId, sourceRunId: 'nobody' });
    expect(model).toMatchObject({ sourceRunId: 'nobody', modelType: '' });
    expect(model.name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  });

  it.each([
    [{ name: 'a/b' }, /^Invalid model name \('a\/b'\) provided\. Model name must be a non-empty/],
    [{ name: '' }, /^Invalid model name \(''\) provided/],
    [{ name: 'n'.repeat(501) }, /^'name' exceeds the maximum length of 500 characters$/],
    [{ modelType: 't'.repeat(501) }, /^'model_type' exceeds/],
    [{ sourceRunId: 'r'.repeat(33) }, /^'source_run_id' exceeds/],
    [{ tags: [{ key: 'k'.repeat(256), value: '' }] }, /^'tags\[0\]\.key' exceeds/],
    [{ params: [{ key: 'k'.repeat(256), value: '' }] }, /^'params\[0\]\.key' exceeds/],
    [
      { params: [{ key: 'k', value: '1' }, { key: 'k', value: '1' }] },
      /^Duplicate parameter keys have been submitted: \['k'\]/,
    ],
    [
      { tags: [{ key: 'k', value: '1' }, { key: 'k', value: '2' }] },
      /^Duplicate tag keys have been submitted: \['k'\]/,
    ],
    [{ experimentId: 'x' }, /^Invalid experiment ID 'x'/],
  ])('refuses %o', async (request, message) => {
    await expect(
      store().createLoggedModel({ experimentId: '0', ...request }),
    ).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: expect.stringMatching(message) as string,
    });
  });

  it('takes what is as long as it may be', async () => {
    const smile = '\u{1F600}';
    const model = await store().createLoggedModel({
      experimentId: '0',
      name: smile.repeat(500),
      modelType: smile.repeat(500),
      tags: [{ key: smile.repeat(255), value: smile.repeat(20_000) }],
      params: [{ key: smile.repeat(255), value: smile.repeat(6_001) }],
    });
    expect(model.params[0]?.value).toBe(smile.repeat(6_000));
    const found = await store().getLoggedModel(model.modelId);
    // Not toEqual: a difference of so many characters is no message.
    expect(JSON.stringify(found) === JSON.stringify(model)).toBe(true);
    await store().deleteLoggedModel(model.modelId);
  });

  it('takes none in an experiment that is deleted or not there; those that are there stay', async () => {
    const { experimentId, modelId } = await createTestModel(store());
    await store().deleteExperiment(experimentId);
    await expect(store().createLoggedModel({ experimentId })).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: `The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`,
    });
    await expect(store().createLoggedModel({ experimentId: '987654' })).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
    expect(await store().getLoggedModel(modelId)).toMatchObject({ lifecycleStage: 'active' });
    const { items } = await store().searchLoggedModels({ experimentIds: [experimentId] });
    expect(items).toMatchObject([{ modelId }]);
  });

  it('finalizes to any status, from any', async () => {
    const { modelId } = await createTestModel(store());
    for (const status of ['READY', 'FAILED', 'PENDING', 'UNSPECIFIED', 'READY'] as const) {
      const model = await store().finalizeLoggedModel(modelId, status);
      expect(model.status).toBe(status);
      expect(await store().getLoggedModel(modelId)).toEqual(model);
    }
    const model = await store().getLoggedModel(modelId);
    expect(Number(model.lastUpdatedTimestamp)).toBeGreaterThanOrEqual(
      Number(model.creationTimestamp),
    );
    await expect(
      store().finalizeLoggedModel(modelId, 'NOTHING' as 'READY'),
    ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
  });

  it('deletes softly, more than once', async () => {
    const { modelId, experimentId } = await createTestModel(store());
    await store().deleteLoggedModel(modelId);
    await store().deleteLoggedModel(modelId);
    await expect(store().getLoggedModel(modelId)).rejects.toMatchObject(notFound(modelId));
    expect(await store().getLoggedModel(modelId, { allowDeleted: true })).toMatchObject({
      modelId,
      lifecycleStage: 'deleted',
    });
    expect(await store().searchLoggedModels({ experimentIds: [experimentId] })).toEqual({ items: [] });
    // As in MLflow, these still work.
    await store().setLoggedModelTags(modelId, [{ key: 'k', value: 'v' }]);
    await store().logLoggedModelParams(modelId, [{ key: 'p', value: '1' }]);
    await store().deleteLoggedModelTag(modelId, 'k');
    expect(await store().finalizeLoggedModel(modelId, 'READY')).toMatchObject({
      lifecycleStage: 'deleted',
      params: [{ key: 'p', value: '1' }],
      tags: [],
    });
  });

  it.each<[string, (store: Store) => Promise<unknown>]>([
    ['get', (target) => target.getLoggedModel(NO_MODEL)],
    ['get, deleted ones too', (target) => target.getLoggedModel(NO_MODEL, { allowDeleted: true })],
    ['finalize', (target) => target.finalizeLoggedModel(NO_MODEL, 'READY')],
    ['delete', (target) => target.deleteLoggedModel(NO_MODEL)],
    ['params', (target) => target.logLoggedModelParams(NO_MODEL, [{ key: 'k', value: 'v' }])],
    ['no params', (target) => target.logLoggedModelParams(NO_MODEL, [])],
    ['tags', (target) => target.setLoggedModelTags(NO_MODEL, [{ key: 'k', value: 'v' }])],
    ['no tags', (target) => target.setLoggedModelTags(NO_MODEL, [])],
    ['delete tag', (target) => target.deleteLoggedModelTag(NO_MODEL, 'k')],
    ['version', (target) => target.setModelVersionsTags('m', 1, NO_MODEL)],
  ])('%s: of none that is there', async (_, call) => {
    await expect(call(store())).rejects.toMatchObject(notFound(NO_MODEL));
  });

  describe('tags and params', () => {
    it('sets tags, the last of equal keys, and deletes them', async () => {
      const { modelId } = await createTestModel(store());
      const tags = async () => (await store().getLoggedModel(modelId)).tags;
      await store().setLoggedModelTags(modelId, [
        { key: 'a', value: '1' },
        { key: 'b', value: 'x' },
        { key: 'a', value: '2' },
      ]);
      await store().setLoggedModelTags(modelId, [{ key: 'b', value: '' }]);
      expect(await tags()).toEqual([
        { key: 'a', value: '2' },
        { key: 'b', value: '' },
      ]);
      await store().deleteLoggedModelTag(modelId, 'a');
      expect(await tags()).toEqual([{ key: 'b', value: '' }]);
      await expect(store().deleteLoggedModelTag(modelId, 'a')).rejects.toMatchObject({
        errorCode: 'RESOURCE_DOES_NOT_EXIST',
        message: `No tag with key 'a' found for model with ID '${modelId}'.`,
      });
    });

    it('writes params once', async () => {
      const { modelId } = await createTestModel(store());
      const params = Array.from({ length: 150 }, (_, index) => ({
        key: `p${String(index).padStart(3, '0')}`,
        value: String(index),
      }));
      await store().logLoggedModelParams(modelId, params);
      await store().logLoggedModelParams(modelId, params);
      await expect(
        store().logLoggedModelParams(modelId, [
          { key: 'new', value: '1' },
          { key: 'p001', value: '2' },
        ]),
      ).rejects.toMatchObject({
        errorCode: 'BAD_REQUEST',
        message:
          "Changing param values is not allowed. Param with key='p001' was already logged with " +
          `value='1' for logged model ID='${modelId}'. Attempted logging new value '2'.`,
      });
      expect((await store().getLoggedModel(modelId)).params).toEqual(params);
    });

    it('writes one of two values that race for a param', async () => {
      const { modelId } = await createTestModel(store());
      const results = await Promise.allSettled(
        ['1', '2', '3'].map((value) => store().logLoggedModelParams(modelId, [{ key: 'p', value }])),
      );
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const winner = results.findIndex(({ status }) => status === 'fulfilled');
      expect((await store().getLoggedModel(modelId)).params).toEqual([
        { key: 'p', value: String(winner + 1) },
      ]);
    });

    it('notes registered versions, all of those that come at once, each once', async () => {
      const { modelId } = await createTestModel(store());
      await Promise.all([1, 2, 3].map((n) => store().setModelVersionsTags('größe', n, modelId)));
      await store().setModelVersionsTags('größe', 2, modelId);
      const [tag] = (await store().getLoggedModel(modelId)).tags;
      expect(tag?.key).toBe('mlflow.modelVersions');
      expect(tag?.value).toMatch(/^\[\{"name": "gr\\u00f6\\u00dfe", "version": \d\}, /);
      const versions = JSON.parse(tag?.value ?? '') as { version: number }[];
      expect(versions.map(({ version }) => version).toSorted()).toEqual([1, 2, 3]);
      // As the stock client notes one more, which stays as it is.
      const noted = '[{"name": "m", "version": "1"}]';
      await store().setLoggedModelTags(modelId, [{ key: 'mlflow.modelVersions', value: noted }]);
      await store().setModelVersionsTags('m', 2, modelId);
      const { tags } = await store().getLoggedModel(modelId);
      expect(tags.map(({ value }) => value)).toEqual([
        '[{"name": "m", "version": "1"}, {"name": "m", "version": 2}]',
      ]);
      await store().setLoggedModelTags(modelId, [{ key: 'mlflow.modelVersions', value: '{}' }]);
      await expect(store().setModelVersionsTags('m', 1, modelId)).rejects.toMatchObject({
        errorCode: 'INVALID_PARAMETER_VALUE',
      });
    });
  });

  describe('metrics', () => {
    const point = { key: 'f1', value: 0.5, timestamp: 10, step: 1 };

    it('has every point of its own, of any run, with dataset', async () => {
      const { modelId, runId, experimentId } = await createTestModel(store());
      const { info } = await store().createRun({ experimentId });
      await store().logMetric(runId, {
        ...point,
        modelId,
        datasetName: 'iris',
        datasetDigest: 'd1',
      });
      await store().logBatch(info.runId, {
        metrics: [
          { ...point, modelId },
          { ...point, step: 2, value: Number.NaN, modelId },
          { ...point, key: 'other' },
        ],
      });
      const { metrics } = await store().getLoggedModel(modelId);
      const ofRun = (id: string) => metrics.filter((metric) => metric.runId === id);
      expect(ofRun(runId)).toEqual([
        { ...point, runId, datasetName: 'iris', datasetDigest: 'd1' },
      ]);
      expect(ofRun(info.runId)).toEqual([
        { ...point, runId: info.runId },
        { ...point, step: 2, value: 0, runId: info.runId },
      ]);
      // The run's own points don't keep model and dataset.
      expect((await store().getRun(runId)).data.metrics).toEqual([point]);
    });

    it('drops what repeats, in a batch and over calls', async () => {
      const { modelId, runId } = await createTestModel(store());
      const metric = { ...point, modelId };
      const batch = { metrics: [metric, metric, { ...metric, step: 2 }] };
      await store().logMetric(runId, metric);
      await store().logBatch(runId, batch);
      await store().logBatch(runId, batch);
      await store().logMetric(runId, metric);
      expect((await store().getLoggedModel(modelId)).metrics).toEqual([
        { ...point, runId },
        { ...point, step: 2, runId },
      ]);
    });

    it.each<[string, Partial<LogMetric>]>([
      ['value', { value: 0.75 }],
      ['dataset', { datasetName: 'iris', datasetDigest: 'd1' }],
    ])('refuses another %s for a point that stands, and writes nothing', async (_, change) => {
      const { modelId, runId } = await createTestModel(store());
      const metric = { ...point, modelId };
      await store().logMetric(runId, metric);
      const refusal = {
        errorCode: 'BAD_REQUEST',
        message:
          "Metric 'f1' at timestamp 10 and step 1 was already logged by this run for logged model " +
          `ID='${modelId}', with another value or dataset.`,
      };
      const changed = { ...metric, ...change };
      await expect(store().logMetric(runId, changed)).rejects.toMatchObject(refusal);
      await expect(
        store().logBatch(runId, {
          metrics: [changed, { ...metric, key: 'new' }],
          params: [{ key: 'p', value: '1' }],
        }),
      ).rejects.toMatchObject(refusal);
      expect((await store().getLoggedModel(modelId)).metrics).toEqual([{ ...point, runId }]);
      expect((await store().getRun(runId)).data).toMatchObject({ metrics: [point], params: [] });
    });

    it('refuses two values at one place in one batch', async () => {
      const { modelId, runId } = await createTestModel(store());
      const metric = { ...point, modelId };
      await expect(
        store().logBatch(runId, { metrics: [metric, { ...metric, value: 1 }] }),
      ).rejects.toMatchObject({ errorCode: 'BAD_REQUEST' });
      expect((await store().getRun(runId)).data.metrics).toEqual([]);
    });

    it('keeps one of the values that race', async () => {
      const { modelId, runId } = await createTestModel(store());
      const results = await Promise.allSettled(
        [1, 2, 3, 4].map((value) => store().logMetric(runId, { ...point, value, modelId })),
      );
      const winner = results.findIndex(({ status }) => status === 'fulfilled');
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await store().getLoggedModel(modelId)).metrics).toEqual([
        { ...point, value: winner + 1, runId },
      ]);
    });

    it('checks a thousand points of a batch against those that stand', async () => {
      const { modelId, runId } = await createTestModel(store());
      const metrics = Array.from({ length: 1_000 }, (_, index) => ({
        key: `k${String(index % 7)}`,
        value: index,
        timestamp: index,
        step: index,
        modelId,
      }));
      await store().logBatch(runId, { metrics });
      await store().logBatch(runId, { metrics });
      expect((await store().getLoggedModel(modelId)).metrics).toHaveLength(1_000);
      await expect(
        store().logBatch(runId, {
          metrics: metrics.map((metric, index) => (index === 999 ? { ...metric, value: -1 } : metric)),
        }),
      ).rejects.toMatchObject({ errorCode: 'BAD_REQUEST' });
    });

    it('of a deleted model can still be logged, of none not', async () => {
      const { modelId, runId } = await createTestModel(store());
      await store().deleteLoggedModel(modelId);
      await store().logMetric(runId, { ...point, modelId });
      const { metrics } = await store().getLoggedModel(modelId, { allowDeleted: true });
      expect(metrics).toHaveLength(1);
      await expect(
        store().logMetric(runId, { ...point, modelId: NO_MODEL }),
      ).rejects.toMatchObject(notFound(NO_MODEL));
    });

    it.each([
      [{ datasetName: 'n'.repeat(501), datasetDigest: 'd' }, "'dataset_name' exceeds the maximum length of 500 characters"],
      [{ datasetName: 'n', datasetDigest: 'd'.repeat(37) }, "'dataset_digest' exceeds the maximum length of 36 characters"],
    ])('refuses a dataset that no column holds', async (dataset, message) => {
      const { modelId, runId } = await createTestModel(store());
      await expect(
        store().logMetric(runId, { ...point, modelId, ...dataset }),
      ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE', message });
    });
  });
});
