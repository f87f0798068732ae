import { beforeAll, describe, expect, it } from 'vitest';

import type { LogMetric, SearchLoggedModels } from '../../src/index.js';
import { createTestRun, describeStores, uniqueName } from '../helpers/stores.js';

type Point = Omit<LogMetric, 'key' | 'timestamp' | 'step'> & Partial<LogMetric>;

describeStores('search of logged models', (store) => {
  let experimentId: string;
  let runId: string;
  const ids = new Map<string, string>();
  const names = new Map<string, string>();

  beforeAll(async () => {
    ({ experimentId, runId } = await createTestRun(store()));
    await model('alpha', { modelType: 'forest', params: { lr: '0.1' }, tags: { team: 'x' } }, [
      { value: 0.5, datasetName: 'iris', datasetDigest: 'd1' },
      { value: 0.9, timestamp: 2, datasetName: 'iris', datasetDigest: 'd2' },
    ]);
    await model('beta', { params: { lr: '0.2' }, tags: { team: 'Y', note: '50%' } }, [
      { value: 0.9, step: 0 },
      { value: 0.7, step: 1, datasetName: 'wine', datasetDigest: 'd1' },
    ]);
    await model('gamma', { modelType: 'tree', tags: { note: 'a\\b' } }, [
      { value: 0.1, datasetName: 'wine', datasetDigest: 'd2' },
      { value: 0.3, key: 'loss/val' },
    ]);
    await model('Delta', { params: { lr: '1e-3' } }, []);
    const gone = await model('alpha', {}, [{ value: 0.5 }]);
    await store().deleteLoggedModel(gone);
    await store().finalizeLoggedModel(idOf('beta'), 'READY');
    await store().finalizeLoggedModel(idOf('gamma'), 'FAILED');
    // In another experiment: never found.
    const other = await store().createExperiment({ name: uniqueName('other') });
    await store().createLoggedModel({ experimentId: other, name: 'alpha' });
  });

  /** Each at a time of its own, so that the default order is known. */
  let created = 1_000;
  async function model(
    name: string,
    options: {
      modelType?: string;
      params?: Record<string, string>;
      tags?: Record<string, string>;
    },
    points: readonly Point[],
  ): Promise<string> {
    const pairs = (record = {}) =>
      Object.entries<string>(record).map(([key, value]) => ({ key, value }));
    const { modelId } = await store().createLoggedModel({
      experimentId,
      name,
      sourceRunId: runId,
      ...(options.modelType === undefined ? {} : { modelType: options.modelType }),
      params: pairs(options.params),
      tags: pairs(options.tags),
    });
    created += 1_000;
    await store()
      .db.updateTable('logged_models')
      .set({ creation_timestamp_ms: created })
      .where('model_id', '=', modelId)
      .execute();
    const metrics = points.map((point) => ({ key: 'f1', timestamp: 1, step: 0, modelId, ...point }));
    await store().logBatch(runId, { metrics });
    ids.set(name, modelId);
    names.set(modelId, name);
    return modelId;
  }

  const idOf = (name: string) => ids.get(name) ?? '';

  async function find(search: Partial<SearchLoggedModels>): Promise<readonly string[]> {
    const { items } = await store().searchLoggedModels({ experimentIds: [experimentId], ...search });
    return items.map(({ modelId }) => names.get(modelId) ?? modelId);
  }

  it('finds all that are not deleted, the newest first', async () => {
    const all = await store().searchLoggedModels({ experimentIds: [experimentId] });
    expect(all.items.map(({ name }) => name)).toEqual(['Delta', 'gamma', 'beta', 'alpha']);
    expect(all.nextPageToken).toBeUndefined();
    const beta = await store().getLoggedModel(idOf('beta'));
    expect(all.items[2]).toEqual(beta);
    expect(beta).toMatchObject({ status: 'READY', tags: { length: 2 }, metrics: { length: 2 } });
  });

  it('looks in no experiment, an unknown one, several', async () => {
    expect(await find({ experimentIds: [] })).toEqual([]);
    expect(await find({ experimentIds: ['987654'] })).toEqual([]);
    expect(await find({ experimentIds: ['987654', experimentId] })).toHaveLength(4);
    await expect(find({ experimentIds: ['x'] })).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
    });
  });

  it.each([
    ["name = 'beta'", ['beta']],
    ['name = "beta"', ['beta']],
    ['name = beta', ['beta']],
    ["attributes.name != 'beta'", ['Delta', 'gamma', 'alpha']],
    ["name LIKE '%eta'", ['beta']],
    ["name LIKE 'd%'", []],
    ["name ILIKE 'd%'", ['Delta']],
    ["name IN ('alpha', 'Delta')", ['Delta', 'alpha']],
    ["name NOT IN ('alpha', 'Delta')", ['gamma', 'beta']],
    ["model_type = 'tree'", ['gamma']],
    ["model_type = ''", ['Delta', 'beta']],
    ["source_run_id = 'nobody'", []],
    ["lifecycle_stage = 'active'", ['Delta', 'gamma', 'beta', 'alpha']],
    ["lifecycle_stage = 'deleted'", []],
    ["status = '2'", ['beta']],
    ['status = 2', ['beta']],
    ["status = 'READY'", ['beta']],
    ["status IN ('READY', 'FAILED')", ['gamma', 'beta']],
    ["status != 'PENDING'", ['gamma', 'beta']],
    ["status_message = 'x'", []],
    ["status_message != 'x'", []],
    ["artifact_location LIKE 'mlflow-artifacts:/%/artifacts'", ['Delta', 'gamma', 'beta', 'alpha']],
    ['creation_timestamp > 3000', ['Delta', 'gamma']],
    ['creation_time <= 3000.5', ['beta', 'alpha']],
    ['attributes.creation_timestamp_ms = 2000', ['alpha']],
    ['last_updated_timestamp < 1', []],
    ['metrics.f1 > 0.8', ['beta', 'alpha']],
    ['metrics.f1 = 0.5', ['alpha']],
    ['metrics.f1 != 0.9', ['gamma', 'beta', 'alpha']],
    ['metrics.f1 > 0.8 AND metrics.f1 < 0.6', ['alpha']],
    ['metrics.`loss/val` >= 0.3', ['gamma']],
    ['metrics."loss/val" < 0.3', []],
    ['metrics.unknown > 0', []],
    ["params.lr = '0.1'", ['alpha']],
    ['params.lr = 0.1', ['alpha']],
    ["params.lr != '0.1'", ['Delta', 'beta']],
    ["params.lr LIKE '0%'", ['beta', 'alpha']],
    ["params.lr IN ('0.1', '1e-3')", ['Delta', 'alpha']],
    ["params.lr NOT IN ('0.1', '1e-3')", ['beta']],
    ["tags.team = 'x'", ['alpha']],
    ["tags.team ILIKE 'y'", ['beta']],
    ["tags.team LIKE 'y'", []],
    ["tags.note LIKE '%\\%'", ['gamma']],
    ["tags.note = 'a\\b'", ['gamma']],
    ["tags.note LIKE 'a\\_'", ['gamma']],
    ["tags.team IN ('x', 'Y')", ['beta', 'alpha']],
    ["tags.team NOT IN ('x')", ['beta']],
    ["tags.team = 'x' and metrics.f1 > 0.8 AND name like 'a%'", ['alpha']],
    ["tags.team = 'x' AND metrics.f1 > 0.95", []],
  ])('filter %s', async (filter, expected) => {
    expect(await find({ filter })).toEqual(expected);
  });

  it('filters by the ids it has', async () => {
    expect(await find({ filter: `model_id = '${idOf('gamma')}'` })).toEqual(['gamma']);
    expect(await find({ filter: `experiment_id = '${experimentId}'` })).toHaveLength(4);
    expect(await find({ filter: `experiment_id != '${experimentId}'` })).toEqual([]);
    expect(await find({ filter: `source_run_id = '${runId}'` })).toHaveLength(4);
  });

  describe('datasets', () => {
    const iris = { datasetName: 'iris' };
    const wine = { datasetName: 'wine' };
    it.each<[string, SearchLoggedModels['datasets'], string | undefined, string[]]>([
      ['one', [iris], undefined, ['alpha']],
      ['two', [iris, wine], undefined, ['gamma', 'beta', 'alpha']],
      ['one with a digest', [{ ...wine, datasetDigest: 'd1' }], undefined, ['beta']],
      ['of an unknown digest', [{ ...iris, datasetDigest: 'x' }], undefined, []],
      ['and a metric', [wine], 'metrics.f1 > 0.5', ['beta']],
      ['and a metric, either', [iris, wine], 'metrics.f1 > 0.5', ['beta', 'alpha']],
      ['a metric on a digest', [{ ...iris, datasetDigest: 'd1' }], 'metrics.f1 > 0.5', []],
      ['and something else', [wine], "name = 'gamma'", ['gamma']],
    ])('%s', async (_, datasets, filter, expected) => {
      expect(await find({ datasets, filter })).toEqual(expected);
    });

    it('must have names', async () => {
      await expect(find({ datasets: [{ datasetName: '' }] })).rejects.toMatchObject({
        errorCode: 'INVALID_PARAMETER_VALUE',
        message: '`dataset_name` in the `datasets` clause must be specified.',
      });
    });
  });

  describe('order', () => {
    it.each<[string, SearchLoggedModels['orderBy'], string[]]>([
      ['name', [{ fieldName: 'name' }], ['Delta', 'alpha', 'beta', 'gamma']],
      ['name down', [{ fieldName: 'name', ascending: false }], ['gamma', 'beta', 'alpha', 'Delta']],
      ['creation', [{ fieldName: 'creation_time' }], ['alpha', 'beta', 'gamma', 'Delta']],
      [
        'type, then newest',
        [{ fieldName: 'model_type' }],
        ['Delta', 'beta', 'alpha', 'gamma'],
      ],
      ['what is missing everywhere', [{ fieldName: 'status_message' }], ['Delta', 'gamma', 'beta', 'alpha']],
      ['status', [{ fieldName: 'status', ascending: false }], ['gamma', 'beta', 'Delta', 'alpha']],
      // The newest points: alpha 0.9, beta 0.7, gamma 0.1, Delta none.
      ['metric', [{ fieldName: 'metrics.f1' }], ['gamma', 'beta', 'alpha', 'Delta']],
      ['metric down', [{ fieldName: 'metrics.f1', ascending: false }], ['alpha', 'beta', 'gamma', 'Delta']],
      [
        'metric on a dataset',
        [{ fieldName: 'metrics.f1', datasetName: 'wine' }],
        ['gamma', 'beta', 'Delta', 'alpha'],
      ],
      [
        'metric on a digest',
        [{ fieldName: 'metrics.f1', ascending: false, datasetName: 'iris', datasetDigest: 'd1' }],
        ['alpha', 'Delta', 'gamma', 'beta'],
      ],
      [
        'two metrics',
        [{ fieldName: 'metrics.loss/val' }, { fieldName: 'metrics.f1', ascending: false }],
        ['gamma', 'alpha', 'beta', 'Delta'],
      ],
    ])('by %s, in one page and in pages of one', async (_, orderBy, expected) => {
      expect(await find({ orderBy })).toEqual(expected);
      const paged: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await store().searchLoggedModels({
          experimentIds: [experimentId],
          orderBy,
          maxResults: 1,
          pageToken,
        });
        expect(page.items).toHaveLength(1);
        paged.push(...page.items.map(({ name }) => name));
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      expect(paged).toEqual(expected);
    });

    it('takes one value of several that runs logged at one time and step', async () => {
      const { experimentId: id, runId: first } = await createTestRun(store());
      const { info } = await store().createRun({ experimentId: id });
      const metric = { key: 'm', timestamp: 1, step: 0 };
      const made: string[] = [];
      for (const values of [[1, 4], [2, 3]]) {
        const { modelId } = await store().createLoggedModel({ experimentId: id });
        made.push(modelId);
        await store().logMetric(first, { ...metric, value: values[0] ?? 0, modelId });
        await store().logMetric(info.runId, { ...metric, value: values[1] ?? 0, modelId });
      }
      for (const ascending of [true, false]) {
        const { items } = await store().searchLoggedModels({
          experimentIds: [id],
          orderBy: [{ fieldName: 'metrics.m', ascending }],
        });
        expect(items.map(({ modelId }) => modelId)).toEqual(made);
      }
    });

    it('ties end with the id', async () => {
      const { experimentId: id } = await createTestRun(store());
      const made = await Promise.all(
        Array.from({ length: 7 }, () => store().createLoggedModel({ experimentId: id, name: 'same' })),
      );
      await store()
        .db.updateTable('logged_models')
        .set({ creation_timestamp_ms: 5 })
        .where('experiment_id', '=', BigInt(id))
        .execute();
      const found: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await store().searchLoggedModels({ experimentIds: [id], maxResults: 3, pageToken });
        found.push(...page.items.map(({ modelId }) => modelId));
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      expect(found).toEqual(made.map(({ modelId }) => modelId).toSorted());
    });
  });

  it('a page token goes on only with its own search', async () => {
    const first = await store().searchLoggedModels({ experimentIds: [experimentId], maxResults: 1 });
    const pageToken = first.nextPageToken;
    expect(await find({ pageToken })).toEqual(['gamma', 'beta', 'alpha']);
    for (const other of [
      { filter: "name = 'x'" },
      { experimentIds: [experimentId, '0'] },
      { orderBy: [{ fieldName: 'name' }] },
      { datasets: [{ datasetName: 'iris' }] },
    ]) {
      await expect(find({ pageToken, ...other })).rejects.toMatchObject({
        errorCode: 'INVALID_PARAMETER_VALUE',
        message: expect.stringContaining('another search') as string,
      });
    }
  });

  it.each([0, -1, 50_001, 1.5])('refuses pages of %d', async (maxResults) => {
    await expect(find({ maxResults })).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
    });
  });
});
