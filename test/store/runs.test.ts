import { expect, it } from 'vitest';

import { createTestRun, describeStores, uniqueName } from '../helpers/stores.js';

describeStores('runs', (store) => {
  it('creates a run as MLflow does', async () => {
    const experimentId = await store().createExperiment({ name: uniqueName('runs') });
    const run = await store().createRun({
      experimentId,
      userId: 'ada',
      startTime: 1_234,
      runName: 'first',
      tags: [{ key: 'a', value: 'b' }],
    });
    expect(run.info).toEqual({
      runId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      runName: 'first',
      experimentId,
      userId: 'ada',
      status: 'RUNNING',
      startTime: 1_234,
      artifactUri: `mlflow-artifacts:/${experimentId}/${run.info.runId}/artifacts`,
      lifecycleStage: 'active',
    });
    const read = await store().getRun(run.info.runId);
    expect(read.info).toEqual(run.info);
    expect(read.data.tags).toEqual([
      { key: 'a', value: 'b' },
      { key: 'mlflow.runName', value: 'first' },
    ]);
  });

  it('names a run that has no name, and refuses two names', async () => {
    const experimentId = await store().createExperiment({ name: uniqueName('names') });
    const { info, data } = await store().createRun({ experimentId });
    expect(info.runName).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    expect(info.startTime).toBe(0);
    expect(data.tags).toEqual([{ key: 'mlflow.runName', value: info.runName }]);
    await expect(
      store().createRun({
        experimentId,
        runName: 'a',
        tags: [{ key: 'mlflow.runName', value: 'b' }],
      }),
    ).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message:
        "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='a', mlflow.runName='b').",
    });
  });

  it('updates status, end time and name; absent fields stay', async () => {
    const { runId } = await createTestRun(store());
    expect(await store().updateRunInfo(runId, { status: 'FINISHED', endTime: 99 })).toMatchObject({
      status: 'FINISHED',
      endTime: 99,
    });
    const info = await store().updateRunInfo(runId, { runName: 'renamed' });
    expect(info).toMatchObject({ status: 'FINISHED', endTime: 99, runName: 'renamed' });
    const { data } = await store().getRun(runId);
    expect(data.tags).toContainEqual({ key: 'mlflow.runName', value: 'renamed' });
    await store().setTag(runId, { key: 'mlflow.runName', value: 'by-tag' });
    expect((await store().getRun(runId)).info.runName).toBe('by-tag');
    await store().updateRunInfo(runId, { status: 'RUNNING' });
    expect((await store().getRun(runId)).info.status).toBe('RUNNING');
  });

  it('keeps int64 exact', async () => {
    const { runId } = await createTestRun(store());
    const endTime = 9_007_199_254_740_993n;
    expect((await store().updateRunInfo(runId, { endTime })).endTime).toBe(endTime);
    const step = -9_223_372_036_854_775_807n;
    await store().logMetric(runId, { key: 'm', value: 1, timestamp: 2 ** 53 - 1, step });
    expect((await store().getRun(runId)).data.metrics).toEqual([
      { key: 'm', value: 1, timestamp: 2 ** 53 - 1, step },
    ]);
  });

  it('refuses what no BIGINT column of CrateDB holds', async () => {
    const { runId } = await createTestRun(store());
    const step = -9_223_372_036_854_775_808n;
    await expect(
      store().logMetric(runId, { key: 'm', value: 1, timestamp: 1, step }),
    ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
  });

  it('deletes and restores, idempotently; a deleted run takes no writes', async () => {
    const { runId } = await createTestRun(store());
    await store().deleteRun(runId);
    await store().deleteRun(runId);
    expect((await store().getRun(runId)).info.lifecycleStage).toBe('deleted');
    const refusal = {
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: `The run ${runId} must be in the 'active' state. Current state is deleted.`,
    };
    const point = { key: 'm', value: 1, timestamp: 1, step: 0 };
    const writes: (() => Promise<unknown>)[] = [
      () => store().logMetric(runId, point),
      () => store().logParam(runId, { key: 'p', value: '1' }),
      () => store().setTag(runId, { key: 't', value: '1' }),
      () => store().deleteTag(runId, 'mlflow.runName'),
      () => store().logBatch(runId, { metrics: [point] }),
      () => store().updateRunInfo(runId, { status: 'FAILED' }),
      () => store().logInputs(runId, {}),
      () => store().logOutputs(runId, { models: [{ modelId: 'm-1', step: 0 }] }),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject(refusal);
    await store().restoreRun(runId);
    await store().restoreRun(runId);
    expect((await store().getRun(runId)).info.lifecycleStage).toBe('active');
    await store().logMetric(runId, point);
  });

  it('answers an unknown run as MLflow does', async () => {
    const refusal = {
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: 'Run with id=nothing not found',
    };
    await expect(store().getRun('nothing')).rejects.toMatchObject(refusal);
    await expect(store().deleteRun('nothing')).rejects.toMatchObject(refusal);
    await expect(store().setTag('nothing', { key: 'a', value: '' })).rejects.toMatchObject(refusal);
    await expect(store().logBatch('nothing', {})).rejects.toMatchObject(refusal);
  });
});
