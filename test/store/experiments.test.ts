import { describe, expect, it } from 'vitest';

import { readClaim } from '../../src/store/experiments/names.js';
import { describeStores, uniqueName } from '../helpers/stores.js';

describeStores('experiments', (store) => {
  it('creates and reads an experiment, by id and by name', async () => {
    const name = uniqueName('created');
    const experimentId = await store().createExperiment({
      name,
      tags: [
        { key: 'team', value: 'a' },
        { key: 'empty', value: '' },
      ],
    });
    const experiment = await store().getExperiment(experimentId);
    expect(experiment).toMatchObject({
      experimentId,
      name,
      artifactLocation: `mlflow-artifacts:/${experimentId}`,
      lifecycleStage: 'active',
      tags: [
        { key: 'empty', value: '' },
        { key: 'team', value: 'a' },
      ],
    });
    expect(Number(experiment.creationTime)).toBeGreaterThan(1_600_000_000_000);
    expect(experiment.lastUpdateTime).toBe(experiment.creationTime);
    expect(await store().getExperimentByName(name)).toEqual(experiment);
  });

  it('has the experiment Default from the start, and gives ascending ids', async () => {
    expect(await store().getExperiment('0')).toMatchObject({ name: 'Default' });
    const first = await store().createExperiment({ name: uniqueName('ascending') });
    const second = await store().createExperiment({ name: uniqueName('ascending') });
    expect(Number(second)).toBeGreaterThan(Number(first));
  });

  it('refuses a taken name, also of a deleted experiment, and names it', async () => {
    const name = uniqueName('taken');
    const experimentId = await store().createExperiment({ name });
    const refusal = {
      errorCode: 'RESOURCE_ALREADY_EXISTS',
      message: `Experiment(name=${name}) already exists.`,
    };
    await expect(store().createExperiment({ name })).rejects.toMatchObject(refusal);
    await store().deleteExperiment(experimentId);
    await expect(store().createExperiment({ name })).rejects.toMatchObject(refusal);
  });

  it('answers unknown ids and names as MLflow does', async () => {
    await expect(store().getExperiment('987654')).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: 'No Experiment with id=987654 exists',
    });
    await expect(store().getExperiment('abc')).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: "Invalid experiment ID 'abc'. Experiment ID must be a valid integer.",
    });
    expect(await store().getExperimentByName(uniqueName('nobody'))).toBeUndefined();
  });

  it('renames, frees the old name, and refuses a taken one', async () => {
    const [old, renamed, other] = [uniqueName('old'), uniqueName('new'), uniqueName('other')];
    const experimentId = await store().createExperiment({ name: old });
    await store().createExperiment({ name: other });
    await store().renameExperiment(experimentId, renamed);
    expect(await store().getExperimentByName(old)).toBeUndefined();
    expect((await store().getExperimentByName(renamed))?.experimentId).toBe(experimentId);

    await expect(store().renameExperiment(experimentId, other)).rejects.toMatchObject({
      errorCode: 'RESOURCE_ALREADY_EXISTS',
    });
    // The same name again is fine, and the old one can be had by another.
    await store().renameExperiment(experimentId, renamed);
    const second = await store().createExperiment({ name: old });
    expect((await store().getExperimentByName(old))?.experimentId).toBe(second);
    // And back, once that one has moved away.
    await store().renameExperiment(second, uniqueName('away'));
    await store().renameExperiment(experimentId, old);
    expect((await store().getExperimentByName(old))?.experimentId).toBe(experimentId);
  });

  it('deletes and restores with all runs', async () => {
    const experimentId = await store().createExperiment({ name: uniqueName('lifecycle') });
    const { info } = await store().createRun({ experimentId });
    await store().deleteExperiment(experimentId);
    expect((await store().getExperiment(experimentId)).lifecycleStage).toBe('deleted');
    expect((await store().getRun(info.runId)).info.lifecycleStage).toBe('deleted');
    await expect(store().deleteExperiment(experimentId)).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: `No Experiment with id=${experimentId} exists`,
    });
    await expect(store().createRun({ experimentId })).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: `The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`,
    });
    await expect(store().renameExperiment(experimentId, uniqueName('x'))).rejects.toMatchObject({
      errorCode: 'INVALID_STATE',
      message: 'Cannot rename a non-active experiment.',
    });

    await store().restoreExperiment(experimentId);
    expect((await store().getExperiment(experimentId)).lifecycleStage).toBe('active');
    expect((await store().getRun(info.runId)).info.lifecycleStage).toBe('active');
    await expect(store().restoreExperiment(experimentId)).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
  });

  it('sets, replaces and deletes tags', async () => {
    const experimentId = await store().createExperiment({ name: uniqueName('tags') });
    await store().setExperimentTag(experimentId, { key: 'k', value: '1' });
    await store().setExperimentTag(experimentId, { key: 'k', value: '2' });
    expect((await store().getExperiment(experimentId)).tags).toEqual([{ key: 'k', value: '2' }]);
    await store().deleteExperimentTag(experimentId, 'k');
    expect((await store().getExperiment(experimentId)).tags).toEqual([]);
    await expect(store().deleteExperimentTag(experimentId, 'k')).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: `No tag with name: k in experiment with id ${experimentId}`,
    });
  });

  describe('search', () => {
    it('filters by name, times and tags, and orders', async () => {
      const prefix = uniqueName('search');
      const ids = new Map<string, string>();
      for (const [suffix, team] of [['a', 'x'], ['B', 'y'], ['c', undefined]] as const) {
        ids.set(
          suffix,
          await store().createExperiment({
            name: `${prefix}-${suffix}`,
            tags: team === undefined ? [] : [{ key: 'team', value: team }],
          }),
        );
      }
      const found = async (filter: string, orderBy = ['name ASC']) => {
        const { items } = await store().searchExperiments({
          filter: `name LIKE '${prefix}%' AND ${filter}`,
          orderBy,
        });
        return items.map((item) => item.name.slice(prefix.length + 1));
      };
      expect(await found("name != 'nothing'")).toEqual(['B', 'a', 'c']);
      expect(await found("name != 'nothing'", ['experiment_id DESC'])).toEqual(['c', 'B', 'a']);
      expect(await found(`name ILIKE '${prefix}-b'`)).toEqual(['B']);
      expect(await found("tags.team = 'x'")).toEqual(['a']);
      expect(await found("tags.team != 'x'")).toEqual(['B']);
      expect(await found('tags.team IS NULL')).toEqual(['c']);
      expect(await found('tags.team IS NOT NULL')).toEqual(['B', 'a']);
      expect(await found('creation_time > 0 AND last_update_time < 1')).toEqual([]);
    });

    it('pages by key-set: none twice, none lost, while others are created', async () => {
      const prefix = uniqueName('pages');
      for (let i = 0; i < 5; i += 1) await store().createExperiment({ name: `${prefix}-${String(i)}` });
      const names: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await store().searchExperiments({
          filter: `name LIKE '${prefix}-%'`,
          orderBy: ['name DESC'],
          maxResults: 2,
          pageToken,
        });
        names.push(...page.items.map(({ name }) => name));
        pageToken = page.nextPageToken;
        // Sorts before everything seen: with offsets, it would repeat a row.
        if (pageToken !== undefined) {
          await store().createExperiment({ name: `${prefix}-9${String(names.length)}` });
        }
      } while (pageToken !== undefined);
      expect(names).toEqual([4, 3, 2, 1, 0].map((i) => `${prefix}-${String(i)}`));
    });

    it('looks at the stages asked for', async () => {
      const name = uniqueName('stages');
      const experimentId = await store().createExperiment({ name });
      await store().deleteExperiment(experimentId);
      const count = async (viewType: 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL') =>
        (await store().searchExperiments({ filter: `name = '${name}'`, viewType })).items.length;
      expect(await count('ACTIVE_ONLY')).toBe(0);
      expect(await count('DELETED_ONLY')).toBe(1);
      expect(await count('ALL')).toBe(1);
    });

    it('refuses a page token of another search', async () => {
      await store().createExperiment({ name: uniqueName('token') });
      const { nextPageToken } = await store().searchExperiments({ maxResults: 1 });
      expect(nextPageToken).toBeDefined();
      await expect(
        store().searchExperiments({ maxResults: 1, orderBy: ['name'], pageToken: nextPageToken }),
      ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
    });
  });

  it('keeps a claim on every name that is borne', async () => {
    const name = uniqueName('claim');
    const experimentId = await store().createExperiment({ name });
    const context = {
      db: store().db,
      workspace: 'default',
      artifactRoot: '',
      truncateLongValues: true,
      now: Date.now,
    };
    expect(String((await readClaim(context, name))?.experiment_id)).toBe(experimentId);
  });
});
