/**
 * A process may die between any two statements. Here every call is cut off after its first, second,
 * third … statement in turn; then another store on the same database makes the same call. Nothing
 * half done may be seen in between, and the same call again completes it.
 */
import { expect, it } from 'vitest';

import type { TrackingStore } from '../../src/store/index.js';
import { describeCrashes } from '../helpers/crash-scene.js';
import { uniqueName } from '../helpers/stores.js';

describeCrashes('a crash between two statements', ({ store, dies, afterEachStatement }) => {
  it('create-experiment: invisible until it is whole, then the name goes to the next', async () => {
    const crashes = await afterEachStatement(async (statements) => {
      const name = uniqueName('crash');
      const tags = [{ key: 'a', value: 'b' }];
      const died = await dies(statements, (dying) => dying.createExperiment({ name, tags }));
      const { tracking } = store();
      const seen = await tracking.getExperimentByName(name);
      if (seen === undefined) {
        const experimentId = await tracking.createExperiment({ name, tags });
        expect(await tracking.getExperimentByName(name)).toMatchObject({ experimentId, name, tags });
      } else {
        // It died after the last write: whole.
        expect(seen).toMatchObject({ name, tags });
        await expect(tracking.createExperiment({ name })).rejects.toMatchObject({
          errorCode: 'RESOURCE_ALREADY_EXISTS',
        });
      }
      const { items } = await tracking.searchExperiments({ filter: `name = '${name}'` });
      expect(items).toHaveLength(1);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(4);
  });

  it('rename: one name or the other, and both can be had afterwards', async () => {
    const crashes = await afterEachStatement(async (statements) => {
      const { tracking } = store();
      const [old, renamed] = [uniqueName('old'), uniqueName('new')];
      const experimentId = await tracking.createExperiment({ name: old });
      const died = await dies(statements, (dying) => dying.renameExperiment(experimentId, renamed));
      const { name } = await tracking.getExperiment(experimentId);
      expect([old, renamed]).toContain(name);
      expect((await tracking.getExperimentByName(name))?.experimentId).toBe(experimentId);
      const other = name === old ? renamed : old;
      expect(await tracking.getExperimentByName(other)).toBeUndefined();
      // The name that it doesn't bear is free for another.
      const second = await tracking.createExperiment({ name: other });
      expect((await tracking.getExperimentByName(other))?.experimentId).toBe(second);
      expect((await tracking.getExperiment(experimentId)).name).toBe(name);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(3);
  });

  it.each(['delete', 'restore'] as const)('%s experiment: finished by whoever comes next', async (change) => {
    const crashes = await afterEachStatement(async (statements) => {
      const { tracking } = store();
      const experimentId = await tracking.createExperiment({ name: uniqueName(change) });
      const { info } = await tracking.createRun({ experimentId });
      if (change === 'restore') await tracking.deleteExperiment(experimentId);
      const died = await dies(statements, (dying) =>
        change === 'delete'
          ? dying.deleteExperiment(experimentId)
          : dying.restoreExperiment(experimentId),
      );
      await store().finishAbandoned();
      const [before, after] = change === 'delete' ? ['active', 'deleted'] : ['deleted', 'active'];
      const { lifecycleStage } = await tracking.getExperiment(experimentId);
      // Died before the intent was written: nothing happened. After it: all of it did.
      expect(lifecycleStage).toBe(statements === 0 ? before : after);
      expect((await tracking.getRun(info.runId)).info.lifecycleStage).toBe(lifecycleStage);
      if (lifecycleStage === before) {
        if (change === 'delete') await tracking.deleteExperiment(experimentId);
        else await tracking.restoreExperiment(experimentId);
      }
      // The opposite change meets nothing left behind.
      if (change === 'delete') await tracking.restoreExperiment(experimentId);
      else await tracking.deleteExperiment(experimentId);
      expect((await tracking.getRun(info.runId)).info.lifecycleStage).toBe(before);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(4);
  });

  it('create-run: no run without its tags', async () => {
    await afterEachStatement(async (statements) => {
      const { tracking } = store();
      const experimentId = await tracking.createExperiment({ name: uniqueName('crash') });
      const died = await dies(statements, (dying) =>
        dying.createRun({ experimentId, tags: [{ key: 'a', value: 'b' }] }),
      );
      const { items } = await tracking.searchRuns({ experimentIds: [experimentId] });
      for (const { data } of items) expect(data.tags).toContainEqual({ key: 'a', value: 'b' });
      expect(items.length).toBeLessThanOrEqual(1);
      return died;
    });
  });

  it('log-batch and log-inputs: the same call again completes them', async () => {
    const batch = {
      metrics: [
        { key: 'm', value: 1, timestamp: 1, step: 1 },
        { key: 'm', value: 2, timestamp: 2, step: 2 },
      ],
      params: [{ key: 'p', value: '1' }],
      tags: [{ key: 'mlflow.runName', value: 'named' }],
    };
    const inputs = {
      datasets: [
        {
          dataset: { name: 'd', digest: '1', sourceType: 's', source: '{}' },
          tags: [{ key: 'mlflow.data.context', value: 'training' }],
        },
      ],
      models: [{ modelId: 'm-1' }],
    };
    await afterEachStatement(async (statements) => {
      const { tracking } = store();
      const experimentId = await tracking.createExperiment({ name: uniqueName('crash') });
      const { info } = await tracking.createRun({ experimentId });
      const { runId } = info;
      const log = async (target: TrackingStore) => {
        await target.logBatch(runId, batch);
        await target.logInputs(runId, inputs);
      };
      const died = await dies(statements, log);
      // Never an input without its tags.
      const before = await tracking.getRun(runId);
      for (const input of before.inputs.datasetInputs) expect(input).toEqual(inputs.datasets[0]);
      await log(tracking);
      const run = await tracking.getRun(runId);
      expect(run.info.runName).toBe('named');
      expect(run.data.metrics).toEqual([batch.metrics[1]]);
      expect(run.data.params).toEqual(batch.params);
      expect(run.inputs).toEqual({ datasetInputs: inputs.datasets, modelInputs: inputs.models });
      const history = await tracking.getMetricHistory({ runId, metricKey: 'm' });
      expect(history.items).toEqual(batch.metrics);
      return died;
    });
  });

  it('create-logged-model: no model without its tags and params', async () => {
    const tags = [{ key: 'a', value: 'b' }];
    const params = [{ key: 'p', value: '1' }];
    const crashes = await afterEachStatement(async (statements) => {
      const { tracking } = store();
      const experimentId = await tracking.createExperiment({ name: uniqueName('crash') });
      const died = await dies(statements, (dying) =>
        dying.createLoggedModel({ experimentId, name: 'm', tags, params }),
      );
      const { items } = await tracking.searchLoggedModels({ experimentIds: [experimentId] });
      expect(items.length).toBe(died ? 0 : 1);
      for (const model of items) expect(model).toMatchObject({ tags, params, status: 'PENDING' });
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(4);
  });

  it('what changes a logged model: the same calls again complete it', async () => {
    const params = [{ key: 'p', value: '1' }];
    const tags = [{ key: 'a', value: 'b' }];
    const crashes = await afterEachStatement(async (statements) => {
      const { tracking } = store();
      const experimentId = await tracking.createExperiment({ name: uniqueName('crash') });
      const { info } = await tracking.createRun({ experimentId });
      const { modelId } = await tracking.createLoggedModel({ experimentId, name: 'm' });
      const metric = { key: 'f1', value: 0.5, timestamp: 1, step: 0, modelId };
      const change = async (target: TrackingStore) => {
        await target.logLoggedModelParams(modelId, params);
        await target.setLoggedModelTags(modelId, tags);
        await target.logBatch(info.runId, { metrics: [metric, { ...metric, step: 1 }] });
        await target.logMetric(info.runId, { ...metric, step: 2 });
        await target.setModelVersionsTags('registered', 1, modelId);
        await target.finalizeLoggedModel(modelId, 'READY');
        await target.deleteLoggedModel(modelId);
      };
      const died = await dies(statements, change);
      const standing = await tracking.getLoggedModel(modelId, { allowDeleted: true });
      if (standing.lifecycleStage === 'deleted') {
        // Only the last statement deletes it: all else is there.
        expect(died).toBe(false);
      } else {
        await change(tracking);
      }
      expect(await tracking.getLoggedModel(modelId, { allowDeleted: true })).toMatchObject({
        status: 'READY',
        lifecycleStage: 'deleted',
        params,
        tags: [...tags, { key: 'mlflow.modelVersions', value: '[{"name": "registered", "version": 1}]' }],
        metrics: [{ step: 0 }, { step: 1 }, { step: 2 }],
      });
      expect((await tracking.getRun(info.runId)).data.metrics).toMatchObject([{ step: 2 }]);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(20);
  });

  it('start-trace: not seen before it is whole, and completed by the same call again', async () => {
    const tags = [{ key: 'a', value: 'b' }];
    const traceMetadata = [{ key: 'mlflow.trace.tokenUsage', value: '{"input_tokens": 1}' }];
    const assessments = [
      { name: 'f', value: { kind: 'feedback', valueJson: '1.0' }, sourceType: 'HUMAN' } as const,
    ];
    const crashes = await afterEachStatement(async (statements) => {
      const { tracking } = store();
      const experimentId = await tracking.createExperiment({ name: uniqueName('crash') });
      const traceId = uniqueName('tr');
      const start = (target: TrackingStore) =>
        target.startTrace({
          ...{ traceId, experimentId, requestTime: 1, state: 'OK' },
          ...{ tags, traceMetadata, assessments },
        });
      const died = await dies(statements, start);
      const whole = {
        tags: expect.arrayContaining(tags) as unknown,
        traceMetadata: expect.arrayContaining(traceMetadata) as unknown,
        assessments: [{ name: 'f' }],
      };
      const seen = await tracking.batchGetTraceInfos([traceId]);
      expect(seen).toHaveLength(died ? 0 : 1);
      for (const info of seen) expect(info).toMatchObject(whole);
      const again = await start(tracking);
      expect(again).toMatchObject(whole);
      expect(await tracking.getTraceInfo(traceId)).toMatchObject(whole);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(7);
  });

  it('start-trace of one that stands: its state is the old one until all else is there', async () => {
    const crashes = await afterEachStatement(async (statements) => {
      const { tracking } = store();
      const experimentId = await tracking.createExperiment({ name: uniqueName('crash') });
      const base = { traceId: uniqueName('tr'), experimentId, requestTime: 1 };
      await tracking.startTrace({ ...base, state: 'IN_PROGRESS', tags: [{ key: 'a', value: '1' }] });
      const tags = [
        { key: 'a', value: '2' },
        { key: 'b', value: '2' },
      ];
      const end = (target: TrackingStore) =>
        target.startTrace({ ...base, state: 'OK', executionDuration: 1, tags });
      const died = await dies(statements, end);
      const ended = {
        state: 'OK',
        executionDuration: 1,
        tags: expect.arrayContaining(tags) as unknown,
      };
      const seen = await tracking.getTraceInfo(base.traceId);
      if (seen.state === 'OK') expect(seen).toMatchObject(ended);
      else expect(seen).toMatchObject({ state: 'IN_PROGRESS' });
      expect(died || seen.state === 'OK').toBe(true);
      expect(await end(tracking)).toMatchObject(ended);
      expect(await tracking.getTraceInfo(base.traceId)).toMatchObject(ended);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(8);
  });
});
