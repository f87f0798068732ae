import { describe, expect, it } from 'vitest';

import { createTestRun, describeStores } from '../helpers/stores.js';

describeStores('metrics', (store) => {
  it('keeps the latest value by step, timestamp, value', async () => {
    const { runId } = await createTestRun(store());
    const log = (value: number, timestamp: number, step: number) =>
      store().logMetric(runId, { key: 'm', value, timestamp, step });
    const latest = async () => (await store().getRun(runId)).data.metrics[0];
    await log(1, 10, 5);
    await log(9, 99, 4);
    expect(await latest()).toEqual({ key: 'm', value: 1, timestamp: 10, step: 5 });
    await log(0.5, 11, 5);
    expect(await latest()).toEqual({ key: 'm', value: 0.5, timestamp: 11, step: 5 });
    await log(0.25, 11, 5);
    expect(await latest()).toMatchObject({ value: 0.5 });
    await log(0.75, 11, 5);
    expect(await latest()).toMatchObject({ value: 0.75 });
  });

  it('keeps NaN and infinities as MLflow does', async () => {
    const { runId } = await createTestRun(store());
    await store().logBatch(runId, {
      metrics: [
        { key: 'nan', value: Number.NaN, timestamp: 1, step: 0 },
        { key: 'inf', value: Number.POSITIVE_INFINITY, timestamp: 1, step: 0 },
        { key: 'neg', value: Number.NEGATIVE_INFINITY, timestamp: 1, step: 0 },
      ],
    });
    const { data } = await store().getRun(runId);
    expect(data.metrics).toEqual([
      { key: 'inf', value: Number.MAX_VALUE, timestamp: 1, step: 0 },
      { key: 'nan', value: Number.NaN, timestamp: 1, step: 0 },
      { key: 'neg', value: -Number.MAX_VALUE, timestamp: 1, step: 0 },
    ]);
  });

  it('NaN counts as 0: it beats a smaller value and loses to a greater', async () => {
    const { runId } = await createTestRun(store());
    for (const value of [-5, Number.NaN]) {
      await store().logMetric(runId, { key: 'm', value, timestamp: 1, step: 0 });
    }
    expect((await store().getRun(runId)).data.metrics[0]?.value).toBeNaN();
    await store().logMetric(runId, { key: 'm', value: 1, timestamp: 1, step: 0 });
    expect((await store().getRun(runId)).data.metrics[0]?.value).toBe(1);
  });

  describe('history', () => {
    it('has every point once, in order, in pages of 40', async () => {
      const { runId } = await createTestRun(store());
      const points = Array.from({ length: 1_000 }, (_, i) => ({
        key: 'm',
        value: (i * 7) % 5 === 0 ? Number.NaN : i % 3,
        timestamp: Math.floor(i / 4),
        step: (i * 13) % 11,
      }));
      const distinct = new Set(
        points.map(({ value, timestamp, step }) => `${String(value)} ${String(timestamp)} ${String(step)}`),
      );
      await store().logBatch(runId, { metrics: points });
      await store().logBatch(runId, { metrics: points });
      const all = await store().getMetricHistory({ runId, metricKey: 'm' });
      expect(all.items).toHaveLength(distinct.size);
      expect(all.nextPageToken).toBeUndefined();

      const paged = [];
      let pageToken: string | undefined;
      do {
        const page = await store().getMetricHistory({
          runId,
          metricKey: 'm',
          maxResults: 40,
          pageToken,
        });
        expect(page.items.length).toBeLessThanOrEqual(40);
        paged.push(...page.items);
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      expect(paged).toEqual(all.items);
      const times = paged.map(({ timestamp }) => Number(timestamp));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    it('of an unknown run or key is empty', async () => {
      const { runId } = await createTestRun(store());
      expect(await store().getMetricHistory({ runId, metricKey: 'x' })).toEqual({ items: [] });
      expect(await store().getMetricHistory({ runId: 'x', metricKey: 'x', maxResults: 5 })).toEqual({
        items: [],
      });
    });

    it('in bulk: by run, then time', async () => {
      const { runId: first } = await createTestRun(store());
      const { runId: second } = await createTestRun(store());
      for (const runId of [first, second]) {
        await store().logBatch(runId, {
          metrics: [3, 1, 2].map((i) => ({ key: 'm', value: i, timestamp: i, step: i })),
        });
      }
      const bulk = await store().getMetricHistoryBulk({ runIds: [second, first], metricKey: 'm' });
      expect(bulk.map(({ runId, value }) => [runId, value])).toEqual(
        [first, second].toSorted().flatMap((runId) => [1, 2, 3].map((value) => [runId, value])),
      );
      expect(
        await store().getMetricHistoryBulk({ runIds: [first], metricKey: 'm', maxResults: 2 }),
      ).toHaveLength(2);
    });

    it('in an interval: sampled steps, in the order of the runs asked for', async () => {
      const { runId: first } = await createTestRun(store());
      const { runId: second } = await createTestRun(store());
      await store().logBatch(first, {
        metrics: Array.from({ length: 100 }, (_, i) => ({ key: 'm', value: i, timestamp: i, step: i - 50 })),
      });
      await store().logBatch(second, {
        metrics: [{ key: 'm', value: 7, timestamp: 7, step: 7 }],
      });
      const sampled = await store().getMetricHistoryBulkInterval({
        runIds: [second, first],
        metricKey: 'm',
        maxResults: 10,
      });
      expect(sampled[0]).toEqual({ runId: second, key: 'm', value: 7, timestamp: 7, step: 7 });
      const steps = sampled.slice(1).map(({ step }) => Number(step));
      expect(steps).toEqual([-50, -40, -30, -20, -10, 0, 7, 10, 20, 30, 40, 49]);
      const ranged = await store().getMetricHistoryBulkInterval({
        runIds: [first],
        metricKey: 'm',
        startStep: 0,
        endStep: 3,
      });
      expect(ranged.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
      await expect(
        store().getMetricHistoryBulkInterval({ runIds: [first], metricKey: 'm', startStep: 1 }),
      ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
    });
  });
});
