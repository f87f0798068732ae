import { beforeAll, describe, expect, it } from 'vitest';

import { describeStores, uniqueName } from '../helpers/stores.js';

describeStores('search-runs', (store) => {
  let experimentId = '';
  /** Run id by the short name that the tests use. */
  const runIds = new Map<string, string>();

  beforeAll(async () => {
    experimentId = await store().createExperiment({ name: uniqueName('search') });
    const runs = [
      { name: 'a', startTime: 1, f1: 0.9, lr: '0.1', tag: 'x', dataset: 'Train' },
      { name: 'b', startTime: 2, f1: 0.5, lr: '0.2', tag: 'X', dataset: 'test' },
      { name: 'c', startTime: 3, f1: Number.NaN, lr: '0.1' },
      { name: 'd', startTime: 4, tag: 'y' },
      { name: 'e', startTime: 4, f1: -1 },
    ];
    for (const { name, startTime, f1, lr, tag, dataset } of runs) {
      const { info } = await store().createRun({ experimentId, startTime, runName: name, userId: name });
      runIds.set(info.runId, name);
      await store().logBatch(info.runId, {
        metrics: f1 === undefined ? [] : [{ key: 'f/1', value: f1, timestamp: 1, step: 1 }],
        params: lr === undefined ? [] : [{ key: 'lr', value: lr }],
        tags: tag === undefined ? [] : [{ key: 'kind', value: tag }],
      });
      if (dataset !== undefined) {
        await store().logInputs(info.runId, {
          datasets: [
            {
              dataset: { name: dataset, digest: `123${name}`, sourceType: 'local', source: '{}' },
              tags: [{ key: 'mlflow.data.context', value: `for ${dataset}` }],
            },
          ],
        });
      }
    }
    const ended = [...runIds].find(([, name]) => name === 'a');
    await store().updateRunInfo(ended?.[0] ?? '', { status: 'FINISHED', endTime: 50 });
  });

  async function found(filter: string, orderBy: string[] = ['run_name']): Promise<string> {
    const { items } = await store().searchRuns({ experimentIds: [experimentId], filter, orderBy });
    return items.map(({ info }) => info.runName).join('');
  }

  it.each([
    ['metrics.`f/1` > 0.4', 'ab'],
    ['metrics."f/1" <= 0.5', 'be'],
    ["params.lr = '0.1'", 'ac'],
    ["params.lr != '0.1'", 'b'],
    ["params.lr LIKE '0._'", 'abc'],
    ['params.lr IS NULL', 'de'],
    ['params.lr IS NOT NULL', 'abc'],
    ["tags.kind = 'x'", 'a'],
    ["tags.kind ILIKE 'x'", 'ab'],
    ["tags.kind LIKE '%'", 'abd'],
    ["attributes.status = 'FINISHED'", 'a'],
    ["status != 'FINISHED'", 'bcde'],
    ['start_time >= 3', 'cde'],
    ['attributes.end_time = 50', 'a'],
    ["run_name IN ('a', 'c')", undefined],
    ["user_id = 'b'", 'b'],
    ["run_name = 'd'", 'd'],
    ["datasets.name = 'Train'", 'a'],
    ["datasets.name IN ('Train', 'test')", 'ab'],
    ["dataset.digest IN ('123b')", 'b'],
    ["datasets.context ILIKE '%TEST'", 'b'],
    ["metrics.`f/1` > 0 AND params.lr = '0.1' AND tags.kind = 'x'", 'a'],
    ["params.lr = '0.1' and params.lr != '0.1'", ''],
    ['', 'abcde'],
  ])('finds by %s', async (filter, expected) => {
    if (expected === undefined) {
      await expect(found(filter)).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
    } else {
      expect(await found(filter)).toBe(expected);
    }
  });

  it('takes a backslash in a pattern for itself', async () => {
    const other = await store().createExperiment({ name: uniqueName('backslash') });
    const { info } = await store().createRun({ experimentId: other });
    await store().setTag(info.runId, { key: 'path', value: 'C:\\data\\x' });
    const count = async (pattern: string) =>
      (
        await store().searchRuns({
          experimentIds: [other],
          filter: `tags.path LIKE '${pattern}'`,
        })
      ).items.length;
    expect(await count('C:\\data\\%')).toBe(1);
    expect(await count('%\\')).toBe(0);
    expect(await count('%\\x')).toBe(1);
  });

  it('finds by run id, also in lists', async () => {
    const [first, second] = [...runIds.keys()];
    expect(await found(`run_id = '${first ?? ''}'`)).toBe('a');
    expect(await found(`attributes.run_id IN ('${first ?? ''}', '${second ?? ''}')`)).toBe('ab');
    expect(await found(`run_id NOT IN ('${first ?? ''}', '${second ?? ''}')`)).toBe('cde');
  });

  it('compares a NaN as unequal to every number, where MLflow takes it for 0', async () => {
    expect(await found('metrics.`f/1` = 0')).toBe('');
    expect(await found('metrics.`f/1` != 0')).toBe('abce');
    expect(await found('metrics.`f/1` < 5')).toBe('abe');
  });

  it.each([
    [['metrics.`f/1` DESC'], 'abecd'],
    [['metrics.`f/1` ASC'], 'ebacd'],
    [['params.lr ASC', 'run_name'], 'acbde'],
    [['params.lr DESC', 'run_name'], 'bacde'],
    [['start_time ASC', 'run_name DESC'], 'abced'],
    [['end_time DESC', 'run_name'], 'abcde'],
    [['tags.kind', 'run_name'], 'badce'],
    [['status', 'run_name DESC'], 'aedcb'],
  ])('orders by %j', async (orderBy, expected) => {
    expect(await found('', orderBy)).toBe(expected);
  });

  it.each([
    [['metrics.`f/1` DESC']],
    [['metrics.`f/1` ASC', 'params.lr DESC']],
    [['end_time']],
    [['tags.kind DESC', 'start_time']],
    [[]],
  ])('gives the same order in pages of 2, by %j', async (orderBy) => {
    const search = { experimentIds: [experimentId], orderBy };
    const whole = (await store().searchRuns(search)).items.map(({ info }) => info.runId);
    const paged: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await store().searchRuns({ ...search, maxResults: 2, pageToken });
      paged.push(...page.items.map(({ info }) => info.runId));
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(5);
  });

  it('orders by start time descending, then run id, where nothing else is asked', async () => {
    const { items } = await store().searchRuns({ experimentIds: [experimentId] });
    const expected = items.toSorted(
      (a, b) =>
        Number(b.info.startTime) - Number(a.info.startTime) || (a.info.runId < b.info.runId ? -1 : 1),
    );
    expect(items).toEqual(expected);
  });

  it('looks at the lifecycle stages asked for, in the experiments asked for', async () => {
    const other = await store().createExperiment({ name: uniqueName('stages') });
    const { info } = await store().createRun({ experimentId: other });
    await store().deleteRun(info.runId);
    const count = async (runViewType: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL') =>
      (await store().searchRuns({ experimentIds: [other, '99999999'], runViewType })).items.length;
    expect(await count('ACTIVE_ONLY')).toBe(0);
    expect(await count('DELETED_ONLY')).toBe(1);
    expect(await count('ALL')).toBe(1);
    expect((await store().searchRuns({ experimentIds: [] })).items).toEqual([]);
  });

  describe('refuses', () => {
    it.each([
      ["metrics.m = 'x'"],
      ["params.p = 1"],
      ["nothing.x = '1'"],
      ["status = 'RUNNING' OR status = 'FAILED'"],
      ["status > 'RUNNING'"],
    ])('the filter %s', async (filter) => {
      await expect(found(filter)).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
    });

    it('more than 50,000 runs a page, and none', async () => {
      for (const maxResults of [0, 50_001]) {
        await expect(
          store().searchRuns({ experimentIds: [experimentId], maxResults }),
        ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
      }
    });
  });
});
