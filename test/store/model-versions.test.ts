import { describe, expect, it } from 'vitest';

import type { Store } from '../../src/index.js';
import { createTestRun, describeStores, uniqueName } from '../helpers/stores.js';

const SOURCE = 'mlflow-artifacts:/1/models/m';

async function createModel(store: Store): Promise<string> {
  const name = uniqueName('model');
  await store.createRegisteredModel({ name });
  return name;
}

const notFound = (name: string, version: number | string) => ({
  errorCode: 'RESOURCE_DOES_NOT_EXIST',
  message: `Model Version (name=${name}, version=${String(version)}) not found`,
});

describeStores('model versions', (store) => {
  it('create and get', async () => {
    const name = await createModel(store());
    const { runId } = await createTestRun(store());
    const created = await store().createModelVersion({
      name,
      source: SOURCE,
      runId,
      runLink: 'http://run',
      description: 'first',
      tags: [
        { key: 'b', value: '1' },
        { key: 'a', value: '' },
        { key: 'b', value: '2' },
      ],
    });
    expect(created).toMatchObject({
      name,
      version: 1,
      source: SOURCE,
      runId,
      runLink: 'http://run',
      description: 'first',
      currentStage: 'None',
      status: 'READY',
      aliases: [],
    });
    expect(await store().getModelVersion(name, '1')).toEqual({
      ...created,
      tags: [
        { key: 'a', value: '' },
        { key: 'b', value: '2' },
      ],
    });
    expect(await store().getModelVersionDownloadUri(name, 1)).toBe(SOURCE);
    // The model counts as updated.
    const model = await store().getRegisteredModel(name);
    expect(model.lastUpdatedTimestamp).toBeGreaterThanOrEqual(Number(created.creationTimestamp));
  });

  it('numbers go on after a delete, and at 1 in another model', async () => {
    const [name, other] = [await createModel(store()), await createModel(store())];
    const create = async (of: string) =>
      (await store().createModelVersion({ name: of, source: SOURCE })).version;
    expect([await create(name), await create(name), await create(other)]).toEqual([1, 2, 1]);
    await store().deleteModelVersion(name, 2);
    expect(await create(name)).toBe(3);
  });

  it('50 at once get 1 to 50', async () => {
    const name = await createModel(store());
    const versions = await Promise.all(
      Array.from({ length: 50 }, () => store().createModelVersion({ name, source: SOURCE })),
    );
    expect(versions.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  });

  it('from a logged model', async () => {
    const name = await createModel(store());
    const { experimentId, runId } = await createTestRun(store());
    const model = await store().createLoggedModel({ experimentId, sourceRunId: runId });
    const { modelId } = model;
    const bySource = await store().createModelVersion({ name, source: `models:/${modelId}` });
    expect(bySource).toMatchObject({ source: `models:/${modelId}`, runId });
    expect(await store().getModelVersionDownloadUri(name, 1)).toBe(model.artifactLocation);
    expect(await store().createModelVersion({ name, source: SOURCE, modelId })).toMatchObject({
      runId,
      source: SOURCE,
    });
    const none = 'm-00000000000000000000000000000000';
    await expect(
      store().createModelVersion({ name, source: SOURCE, modelId: none }),
    ).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: `Logged model with ID '${none}' not found.`,
    });
    await expect(
      store().createModelVersion({ name, source: `models:/${none}` }),
    ).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message:
        `Unable to fetch model from model URI source artifact location 'models:/${none}'.` +
        `Error: Logged model with ID '${none}' not found.`,
    });
    // What was refused took no number.
    expect(await store().createModelVersion({ name, source: SOURCE })).toMatchObject({ version: 3 });
  });

  it('from another version', async () => {
    const [name, copy] = [await createModel(store()), await createModel(store())];
    await store().createModelVersion({ name, source: SOURCE });
    const source = `models:/${name}/1`;
    expect(await store().createModelVersion({ name: copy, source })).toMatchObject({ source });
    expect(await store().getModelVersionDownloadUri(copy, 1)).toBe(SOURCE);
    await expect(
      store().createModelVersion({ name: copy, source: `models:/${name}/9` }),
    ).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message:
        `Unable to fetch model from model URI source artifact location 'models:/${name}/9'.` +
        `Error: Model Version (name=${name}, version=9) not found`,
    });
    for (const uri of [`models:/${name}/latest`, `models:/${name}@best`, 'models:/', 'models:x']) {
      await expect(
        store().createModelVersion({ name: copy, source: uri }),
      ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
    }
  });

  it('update sets the description, or removes it', async () => {
    const name = await createModel(store());
    await store().createModelVersion({ name, source: SOURCE, description: 'd' });
    expect((await store().updateModelVersion(name, 1, 'e')).description).toBe('e');
    expect((await store().updateModelVersion(name, 1)).description).toBeUndefined();
    expect((await store().getModelVersion(name, 1)).description).toBeUndefined();
    await expect(store().updateModelVersion(name, 2, 'x')).rejects.toMatchObject(notFound(name, 2));
  });

  it('tags: set, changed, deleted', async () => {
    const name = await createModel(store());
    const created = await store().createModelVersion({ name, source: SOURCE });
    await store().setModelVersionTag(name, 1, { key: 'a', value: '1' });
    await store().setModelVersionTag(name, '1', { key: 'a', value: '2' });
    await store().setModelVersionTag(name, 1, { key: 'b', value: '' });
    await store().deleteModelVersionTag(name, 1, 'b');
    await store().deleteModelVersionTag(name, 1, 'b');
    expect(await store().getModelVersion(name, 1)).toEqual({
      ...created,
      tags: [{ key: 'a', value: '2' }],
    });
    await expect(
      store().setModelVersionTag(name, 2, { key: 'a', value: '1' }),
    ).rejects.toMatchObject(notFound(name, 2));
    await expect(store().deleteModelVersionTag(name, 2, 'a')).rejects.toMatchObject(
      notFound(name, 2),
    );
    await expect(
      store().setModelVersionTag(name, 1, {
        key: 'mlflow.prompt.text',
        value: 'x'.repeat(100_001),
      }),
    ).rejects.toMatchObject({
      message: 'Prompt text exceeds max length of 100000 characters.',
    });
  });

  it('stages: one version, and the others archived', async () => {
    const name = await createModel(store());
    for (let version = 0; version < 3; version += 1) {
      await store().createModelVersion({ name, source: SOURCE });
    }
    const move = (version: number, stage: string, archiveExistingVersions = false) =>
      store().transitionModelVersionStage({ name, version, stage, archiveExistingVersions });
    expect(await move(1, 'production')).toMatchObject({ version: 1, currentStage: 'Production' });
    await move(2, 'Production');
    expect(await move(3, 'Production', true)).toMatchObject({ currentStage: 'Production' });
    const { items } = await store().searchModelVersions({
      filter: `name = '${name}'`,
      orderBy: ['version_number'],
    });
    expect(items.map(({ currentStage }) => currentStage)).toEqual([
      'Archived',
      'Archived',
      'Production',
    ]);
    await expect(move(1, 'None', true)).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message:
        "Model version transition cannot archive existing model versions because 'None' is not an " +
        "Active stage. Valid stages are ['Staging', 'Production']",
    });
    await expect(move(1, 'Live')).rejects.toMatchObject({
      message:
        'Invalid Model Version stage: Live. Value must be one of None, Staging, Production, Archived.',
    });
    await expect(move(9, 'Staging')).rejects.toMatchObject(notFound(name, 9));
    await expect(move(9, 'Staging', true)).rejects.toMatchObject(notFound(name, 9));
  });

  it('of many transitions that archive at once, one is left in the stage', async () => {
    const name = await createModel(store());
    for (let version = 0; version < 5; version += 1) {
      await store().createModelVersion({ name, source: SOURCE });
    }
    await Promise.all(
      [1, 2, 3, 4, 5].map((version) =>
        store().transitionModelVersionStage({
          name,
          version,
          stage: 'Staging',
          archiveExistingVersions: true,
        }),
      ),
    );
    const { items } = await store().searchModelVersions({ filter: `name = '${name}'` });
    const staged = items.filter(({ currentStage }) => currentStage === 'Staging');
    expect(staged).toHaveLength(1);
    expect(items).toHaveLength(5);
  });

  it('a deleted version is gone, but its number is not used again', async () => {
    const name = await createModel(store());
    await store().createModelVersion({ name, source: SOURCE, description: 'secret' });
    await store().deleteModelVersion(name, 1);
    await expect(store().getModelVersion(name, 1)).rejects.toMatchObject(notFound(name, 1));
    await expect(store().deleteModelVersion(name, 1)).rejects.toMatchObject(notFound(name, 1));
    await expect(store().getModelVersionDownloadUri(name, 1)).rejects.toMatchObject(
      notFound(name, 1),
    );
    expect((await store().getRegisteredModel(name)).latestVersions).toEqual([]);
    const row = await store()
      .db.selectFrom('model_versions')
      .select(['current_stage', 'source', 'description'])
      .where('workspace', '=', 'default')
      .where('name', '=', name)
      .where('version', '=', 1)
      .executeTakeFirst();
    expect(row).toEqual({
      current_stage: 'Deleted_Internal',
      source: 'REDACTED-SOURCE-PATH',
      description: null,
    });
  });

  it('of a model that is not there', async () => {
    const none = uniqueName('none');
    await expect(store().createModelVersion({ name: none, source: SOURCE })).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: `Registered Model with name=${none} not found`,
    });
    await expect(store().getModelVersion(none, 1)).rejects.toMatchObject(notFound(none, 1));
    await expect(store().updateModelVersion(none, 1)).rejects.toMatchObject(notFound(none, 1));
    await expect(store().deleteModelVersion(none, 1)).rejects.toMatchObject(notFound(none, 1));
    await expect(store().setRegisteredModelAlias(none, 'a', 1)).rejects.toMatchObject(
      notFound(none, 1),
    );
  });

  it.each(['', 'abc', '1.5', '1x'])('refuses the version %j', async (version) => {
    const refused = {
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: `Parameter 'version' must be an integer, got '${version}'.`,
    };
    await expect(store().getModelVersion('m', version)).rejects.toMatchObject(refused);
    await expect(store().deleteModelVersion('m', version)).rejects.toMatchObject(refused);
    await expect(store().getModelVersionDownloadUri('m', version)).rejects.toMatchObject(refused);
  });

  it.each(['0', '-1', '99999999999999999999'])('knows no version %j', async (version) => {
    const name = await createModel(store());
    await expect(store().getModelVersion(name, version)).rejects.toMatchObject(
      notFound(name, version),
    );
  });
});

describe('writers while the model is renamed', () => {
  describeStores('lose nothing that was acknowledged', (store) => {
    it('versions, tags and aliases', async () => {
      const [first, second] = [uniqueName('swing'), uniqueName('swing')];
      await store().createRegisteredModel({ name: first });
      await store().createModelVersion({ name: first, source: SOURCE });
      const acknowledged = { versions: new Set([1]), tags: new Set<string>(), alias: 0 };
      let isOver = false;
      const writers = Array.from({ length: 6 }, async (_, writer) => {
        for (let turn = 0; !isOver; turn += 1) {
          const name = turn % 2 === 0 ? first : second;
          try {
            if (writer % 3 === 0) {
              const { version } = await store().createModelVersion({ name, source: SOURCE });
              expect(acknowledged.versions.has(version)).toBe(false);
              acknowledged.versions.add(version);
            } else if (writer % 3 === 1) {
              const key = `t${String(writer)}-${String(turn)}`;
              await store().setRegisteredModelTag(name, { key, value: 'v' });
              acknowledged.tags.add(key);
            } else {
              await store().setRegisteredModelAlias(name, `a${String(writer)}`, 1);
              acknowledged.alias += 1;
            }
          } catch (error) {
            expect(error).toMatchObject({ errorCode: 'RESOURCE_DOES_NOT_EXIST' });
          }
        }
      });
      let [from, to] = [first, second];
      for (let turn = 0; turn < 8; turn += 1) {
        await store().renameRegisteredModel(from, to);
        [from, to] = [to, from];
      }
      isOver = true;
      await Promise.all(writers);
      const { items } = await store().searchModelVersions({ filter: `name = '${from}'` });
      const versions = new Set(items.map(({ version }) => version));
      for (const version of acknowledged.versions) expect(versions).toContain(version);
      const model = await store().getRegisteredModel(from);
      const tags = new Set(model.tags.map(({ key }) => key));
      for (const key of acknowledged.tags) expect(tags).toContain(key);
      expect(acknowledged.alias > 0).toBe(model.aliases.length > 0);
      await expect(store().getRegisteredModel(to)).rejects.toMatchObject({
        errorCode: 'RESOURCE_DOES_NOT_EXIST',
      });
    });
  });
});
