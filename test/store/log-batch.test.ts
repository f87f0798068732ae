import { describe, expect, it } from 'vitest';

import { createTestRun, describeStores } from '../helpers/stores.js';

describeStores('log-batch', (store) => {
  it('writes metrics, params and tags, and again changes nothing', async () => {
    const { runId } = await createTestRun(store());
    const batch = {
      metrics: Array.from({ length: 800 }, (_, i) => ({
        key: `m${String(i % 8)}`,
        value: i / 7,
        timestamp: 1_000 + i,
        step: i,
      })),
      params: Array.from({ length: 100 }, (_, i) => ({ key: `p${String(i)}`, value: `v'${String(i)}` })),
      tags: Array.from({ length: 100 }, (_, i) => ({ key: `t${String(i)}`, value: `"${String(i)}` })),
    };
    for (let sent = 0; sent < 3; sent += 1) {
      await store().logBatch(runId, batch);
      const { data } = await store().getRun(runId);
      expect(data.metrics).toHaveLength(8);
      expect(data.metrics).toContainEqual({ key: 'm7', value: 799 / 7, timestamp: 1_799, step: 799 });
      expect(data.params).toHaveLength(100);
      expect(data.params).toContainEqual({ key: 'p42', value: "v'42" });
      expect(data.tags).toHaveLength(101);
      const history = await store().getMetricHistory({ runId, metricKey: 'm7' });
      expect(history.items).toHaveLength(100);
    }
  });

  it('writes nothing when a param conflicts', async () => {
    const { runId } = await createTestRun(store());
    await store().logParam(runId, { key: 'lr', value: '1' });
    await expect(
      store().logBatch(runId, {
        params: [
          { key: 'lr', value: '2' },
          { key: 'new', value: 'x' },
        ],
        metrics: [{ key: 'm', value: 1, timestamp: 1, step: 1 }],
        tags: [{ key: 't', value: '1' }],
      }),
    ).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: `Changing param values is not allowed. Params were already logged='[{'key': 'lr', 'old_value': '1', 'new_value': '2'}]' for run ID='${runId}'.`,
    });
    const { data } = await store().getRun(runId);
    expect(data.params).toEqual([{ key: 'lr', value: '1' }]);
    expect(data.metrics).toEqual([]);
    expect(data.tags.map(({ key }) => key)).toEqual(['mlflow.runName']);
  });

  it('refuses too many items, with nothing written', async () => {
    const { runId } = await createTestRun(store());
    await expect(
      store().logBatch(runId, {
        params: Array.from({ length: 101 }, (_, i) => ({ key: `p${String(i)}`, value: '' })),
      }),
    ).rejects.toMatchObject({
      message:
        'A batch logging request can contain at most 100 params. Got 101 params. Please split up params across multiple requests and try again.',
    });
    expect((await store().getRun(runId)).data.params).toEqual([]);
  });

  describe('params', () => {
    it('are written once', async () => {
      const { runId } = await createTestRun(store());
      await store().logParam(runId, { key: 'p', value: '1' });
      await store().logParam(runId, { key: 'p', value: '1' });
      await expect(store().logParam(runId, { key: 'p', value: '2' })).rejects.toMatchObject({
        message: `Changing param values is not allowed. Param with key='p' was already logged with value='1' for run ID='${runId}'. Attempted logging new value '2'.`,
      });
    });

    it('are cut to 6,000 code points, and compared so', async () => {
      const { runId } = await createTestRun(store());
      const value = '\u{1F600}'.repeat(6_001);
      await store().logParam(runId, { key: 'p', value });
      await store().logParam(runId, { key: 'p', value });
      const [param] = (await store().getRun(runId)).data.params;
      expect(Array.from(param?.value ?? '')).toHaveLength(6_000);
    });
  });

  describe('tags', () => {
    it('are replaced, deleted, and missed', async () => {
      const { runId } = await createTestRun(store());
      await store().setTag(runId, { key: 't', value: '1' });
      await store().setTag(runId, { key: 't', value: '2' });
      expect((await store().getRun(runId)).data.tags).toContainEqual({ key: 't', value: '2' });
      await store().deleteTag(runId, 't');
      await expect(store().deleteTag(runId, 't')).rejects.toMatchObject({
        errorCode: 'RESOURCE_DOES_NOT_EXIST',
        message: `No tag with name: t in run with id ${runId}`,
      });
    });

    it('hold 8,000 characters of four bytes', async () => {
      const { runId } = await createTestRun(store());
      const value = '\u{1F600}'.repeat(8_000);
      await store().setTag(runId, { key: 't', value });
      expect((await store().getRun(runId)).data.tags).toContainEqual({ key: 't', value });
    });
  });
});
