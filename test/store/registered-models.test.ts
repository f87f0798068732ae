import { describe, expect, it } from 'vitest';

import type { Store } from '../../src/index.js';
import { describeStores, uniqueName } from '../helpers/stores.js';

const SOURCE = 'mlflow-artifacts:/1/models/m';

async function createModel(store: Store, prefix = 'model'): Promise<string> {
  const name = uniqueName(prefix);
  await store.createRegisteredModel({ name });
  return name;
}

async function createVersions(store: Store, name: string, count: number): Promise<void> {
  for (let version = 0; version < count; version += 1) {
    await store.createModelVersion({ name, source: SOURCE });
  }
}

/** A model with something of everything. */
async function createWholeModel(store: Store, name = uniqueName('whole')): Promise<string> {
  await store.createRegisteredModel({
    name,
    description: 'd',
    tags: [{ key: 'a', value: '1' }],
  });
  await createVersions(store, name, 3);
  await store.setModelVersionTag(name, 2, { key: 'k', value: 'v' });
  await store.setRegisteredModelAlias(name, 'best', 2);
  await store.transitionModelVersionStage({ name, version: 1, stage: 'production' });
  await store.deleteModelVersion(name, 3);
  return name;
}

const WHOLE = {
  description: 'd',
  tags: [{ key: 'a', value: '1' }],
  aliases: [{ alias: 'best', version: 2 }],
  latestVersions: [
    { version: 1, currentStage: 'Production', tags: [] },
    { version: 2, currentStage: 'None', tags: [{ key: 'k', value: 'v' }] },
  ],
};

describeStores('registered models', (store) => {
  it('create and get', async () => {
    const name = uniqueName('model');
    const created = await store().createRegisteredModel({
      name,
      description: 'what it is for',
      tags: [
        { key: 'b', value: 'first' },
        { key: 'a', value: '' },
        { key: 'b', value: 'last' },
      ],
    });
    expect(created).toMatchObject({
      name,
      description: 'what it is for',
      latestVersions: [],
      aliases: [],
    });
    expect(created.creationTimestamp).toBe(created.lastUpdatedTimestamp);
    const model = await store().getRegisteredModel(name);
    expect(model).toEqual({
      ...created,
      tags: [
        { key: 'a', value: '' },
        { key: 'b', value: 'last' },
      ],
    });
  });

  it('a tag may have 100,000 characters', async () => {
    const value = '長'.repeat(100_000);
    const name = uniqueName('model');
    await store().createRegisteredModel({ name, tags: [{ key: 'k', value }] });
    expect((await store().getRegisteredModel(name)).tags).toEqual([{ key: 'k', value }]);
    await expect(
      store().setRegisteredModelTag(name, { key: 'k', value: `${value}.` }),
    ).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: "'value' exceeds the maximum length of 100000 characters",
    });
  });

  it.each([
    ['', "Missing value for required parameter 'name'."],
    ['  ', "Missing value for required parameter 'name'."],
    ['a/b', "Invalid model name 'a/b'. Names cannot contain '/' or ':'."],
    ['a:b', "Invalid model name 'a:b'. Names cannot contain '/' or ':'."],
    [
      '..',
      'Invalid value ".." for parameter \'name\' supplied: Names may be treated as files in certain ' +
        'cases, and must not resolve to other names when treated as such. This name would resolve ' +
        "to '..'",
    ],
    ['x'.repeat(257), "'name' exceeds the maximum length of 256 characters"],
  ])('refuses the name %j', async (name, message) => {
    const refused = { errorCode: 'INVALID_PARAMETER_VALUE', message };
    await expect(store().createRegisteredModel({ name })).rejects.toMatchObject(refused);
    await expect(store().getRegisteredModel(name)).rejects.toMatchObject(refused);
  });

  it('a name is taken once, and not by a model and a prompt', async () => {
    const [model, prompt] = [uniqueName('model'), uniqueName('prompt')];
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await store().createRegisteredModel({ name: model });
    await store().createRegisteredModel({ name: prompt, tags });
    const message = async (call: Promise<unknown>) => {
      const error: unknown = await call.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ errorCode: 'RESOURCE_ALREADY_EXISTS' });
      return (error as Error).message;
    };
    expect(await message(store().createRegisteredModel({ name: model }))).toBe(
      `Registered Model (name=${model}) already exists.`,
    );
    expect(await message(store().createRegisteredModel({ name: prompt, tags }))).toBe(
      `Prompt (name=${prompt}) already exists.`,
    );
    expect(await message(store().createRegisteredModel({ name: model, tags }))).toBe(
      `Tried to create a prompt with name '${model}', but the name is already taken by a registered ` +
        'model. MLflow does not allow creating a model and a prompt with the same name.',
    );
    expect(await message(store().createRegisteredModel({ name: prompt }))).toBe(
      `Tried to create a registered model with name '${prompt}', but the name is already taken by a ` +
        'prompt. MLflow does not allow creating a model and a prompt with the same name.',
    );
  });

  it('update sets the description, or removes it', async () => {
    const name = await createModel(store());
    const before = await store().getRegisteredModel(name);
    const updated = await store().updateRegisteredModel(name, 'new');
    expect(updated.description).toBe('new');
    expect(updated.lastUpdatedTimestamp).toBeGreaterThanOrEqual(Number(before.lastUpdatedTimestamp));
    expect((await store().updateRegisteredModel(name)).description).toBeUndefined();
    const none = uniqueName('none');
    await expect(store().updateRegisteredModel(none, 'x')).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: `Registered Model with name=${none} not found`,
    });
  });

  it('tags: set, changed, deleted', async () => {
    const name = await createModel(store());
    const before = await store().getRegisteredModel(name);
    await store().setRegisteredModelTag(name, { key: 'a', value: '1' });
    await store().setRegisteredModelTag(name, { key: 'a', value: '2' });
    await store().setRegisteredModelTag(name, { key: 'b', value: '' });
    await store().deleteRegisteredModelTag(name, 'b');
    await store().deleteRegisteredModelTag(name, 'b');
    const after = await store().getRegisteredModel(name);
    expect(after).toEqual({ ...before, tags: [{ key: 'a', value: '2' }] });
    await expect(
      store().setRegisteredModelTag(name, { key: 'a*', value: '1' }),
    ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
    await expect(
      store().setRegisteredModelTag(uniqueName('none'), { key: 'a', value: '1' }),
    ).rejects.toMatchObject({ errorCode: 'RESOURCE_DOES_NOT_EXIST' });
  });

  it('aliases: set, moved, deleted', async () => {
    const name = await createModel(store());
    await createVersions(store(), name, 2);
    await store().setRegisteredModelAlias(name, 'champion', '1');
    await store().setRegisteredModelAlias(name, 'champion', 2);
    await store().setRegisteredModelAlias(name, 'other', 2);
    expect((await store().getRegisteredModel(name)).aliases).toEqual([
      { alias: 'champion', version: 2 },
      { alias: 'other', version: 2 },
    ]);
    expect(await store().getModelVersionByAlias(name, 'champion')).toMatchObject({
      version: 2,
      aliases: ['champion', 'other'],
    });
    await store().deleteRegisteredModelAlias(name, 'other');
    await store().deleteRegisteredModelAlias(name, 'other');
    await expect(store().getModelVersionByAlias(name, 'other')).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message: 'Registered model alias other not found.',
    });
    await expect(store().setRegisteredModelAlias(name, 'champion', 3)).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: `Model Version (name=${name}, version=3) not found`,
    });
    // As MLflow has it: the alias stays, and leads to nothing.
    await store().deleteModelVersion(name, 2);
    await expect(store().getModelVersionByAlias(name, 'champion')).rejects.toMatchObject({
      message: `Model Version (name=${name}, version=2) not found`,
    });
  });

  it.each([
    ['', 'Registered model alias name cannot be empty.'],
    [
      'a b',
      "Invalid alias name: 'a b'. Names may only contain alphanumerics, underscores (_), and dashes (-).",
    ],
    ['Latest', "'latest' alias name (case insensitive) is reserved."],
    ['v1', "Version alias name 'v1' is reserved."],
    ['V22', "Version alias name 'V22' is reserved."],
    ['x'.repeat(256), "'Registered model alias name' exceeds the maximum length of 255 characters"],
  ])('refuses the alias %j', async (alias, message) => {
    await expect(store().setRegisteredModelAlias('m', alias, 1)).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message,
    });
  });

  it('latest versions: the highest of each stage', async () => {
    const name = await createModel(store());
    await expect(store().getModelVersionByAlias(name, 'latest')).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
      message: `Latest version not found for model ${name}.`,
    });
    await createVersions(store(), name, 5);
    await store().transitionModelVersionStage({ name, version: 1, stage: 'PRODUCTION' });
    await store().transitionModelVersionStage({ name, version: 3, stage: 'Production' });
    await store().deleteModelVersion(name, 5);
    await store().setRegisteredModelAlias(name, 'a', 4);
    const latest = async (stages?: readonly string[]) =>
      (await store().getLatestVersions(name, stages)).map(({ version, aliases }) => [
        version,
        aliases,
      ]);
    expect(await latest()).toEqual([
      [3, []],
      [4, ['a']],
    ]);
    expect(await latest(['none'])).toEqual([[4, ['a']]]);
    expect(await latest(['Staging'])).toEqual([]);
    expect(await store().getModelVersionByAlias(name, 'LATEST')).toMatchObject({ version: 3 });
    await expect(store().getLatestVersions(name, ['x'])).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message:
        'Invalid Model Version stage: x. Value must be one of None, Staging, Production, Archived.',
    });
  });

  it('rename takes all along, and numbers go on', async () => {
    const name = await createWholeModel(store());
    const newName = uniqueName('renamed');
    const renamed = await store().renameRegisteredModel(name, newName);
    expect(renamed).toMatchObject({ ...WHOLE, name: newName });
    expect(await store().getRegisteredModel(newName)).toEqual(renamed);
    expect(renamed.latestVersions.map((version) => version.lastUpdatedTimestamp)).toEqual([
      renamed.lastUpdatedTimestamp,
      renamed.lastUpdatedTimestamp,
    ]);
    await expect(store().getRegisteredModel(name)).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
    expect(await store().getModelVersionByAlias(newName, 'best')).toMatchObject({
      name: newName,
      version: 2,
      tags: [{ key: 'k', value: 'v' }],
    });
    expect(await store().createModelVersion({ name: newName, source: SOURCE })).toMatchObject({
      version: 4,
    });
    // The old name begins anew.
    await store().createRegisteredModel({ name });
    expect(await store().getRegisteredModel(name)).toMatchObject({ tags: [], latestVersions: [] });
    expect(await store().createModelVersion({ name, source: SOURCE })).toMatchObject({ version: 1 });
  });

  it('rename there and back, and to what it is called', async () => {
    const name = await createWholeModel(store());
    const other = uniqueName('there');
    await store().renameRegisteredModel(name, other);
    expect(await store().renameRegisteredModel(other, name)).toMatchObject({ ...WHOLE, name });
    expect(await store().renameRegisteredModel(name, name)).toMatchObject({ ...WHOLE, name });
    const { items } = await store().searchModelVersions({ filter: `name = '${name}'` });
    expect(items.map(({ version }) => version).sort()).toEqual([1, 2]);
  });

  it('rename refuses a taken name, and leaves all as it was', async () => {
    const [name, taken] = [await createWholeModel(store()), await createModel(store())];
    await expect(store().renameRegisteredModel(name, taken)).rejects.toMatchObject({
      errorCode: 'RESOURCE_ALREADY_EXISTS',
      message: `Registered Model (name=${taken}) already exists.`,
    });
    expect(await store().getRegisteredModel(name)).toMatchObject({ ...WHOLE, name });
    await expect(store().renameRegisteredModel(name, ' ')).rejects.toMatchObject({
      message: "Missing value for required parameter 'new_name'.",
    });
    await expect(store().renameRegisteredModel(uniqueName('none'), 'x')).rejects.toMatchObject({
      errorCode: 'RESOURCE_DOES_NOT_EXIST',
    });
  });

  it('delete removes all, and the name begins anew', async () => {
    const name = await createWholeModel(store());
    await store().deleteRegisteredModel(name);
    const gone = { errorCode: 'RESOURCE_DOES_NOT_EXIST' };
    await expect(store().getRegisteredModel(name)).rejects.toMatchObject(gone);
    await expect(store().deleteRegisteredModel(name)).rejects.toMatchObject(gone);
    await expect(store().getModelVersion(name, 1)).rejects.toMatchObject({
      ...gone,
      message: `Model Version (name=${name}, version=1) not found`,
    });
    for (const table of ['registered_models', 'registered_model_tags', 'model_versions'] as const) {
      const rows = await store().db.selectFrom(table).select('name').where('name', '=', name).execute();
      expect(rows).toEqual([]);
    }
    await createWholeModel(store(), name);
    expect(await store().getRegisteredModel(name)).toMatchObject({ ...WHOLE, name });
  });

  it('rows that a late writer left under a name are not seen by its next model', async () => {
    const name = await createModel(store());
    const late = { workspace: 'default', name, generation: 1 };
    await store().db.insertInto('registered_model_tags').values({ ...late, key: 'k', value: 'late' }).execute();
    await store().db.insertInto('registered_model_aliases').values({ ...late, alias: 'a', version: '1' }).execute();
    await store().db
      .insertInto('model_versions')
      .values({ ...late, version: 1, current_stage: 'None', source: 'late' })
      .execute();
    expect(await store().getRegisteredModel(name)).toMatchObject({
      tags: [],
      aliases: [],
      latestVersions: [],
    });
    expect(await store().createModelVersion({ name, source: SOURCE })).toMatchObject({ version: 1 });
    expect(await store().getModelVersion(name, 1)).toMatchObject({ source: SOURCE });
    const { items } = await store().searchModelVersions({ filter: `name = '${name}'` });
    expect(items).toMatchObject([{ version: 1, source: SOURCE }]);
  });
});

describe('models that another program wrote', () => {
  describeStores('taken in', (store) => {
    it('at the next start, with their versions, and numbers go on', async () => {
      const name = uniqueName('foreign');
      const row = { workspace: 'default', name };
      const { db } = store();
      await db.insertInto('registered_models').values({ ...row, creation_time: 1, last_updated_time: 2 }).execute();
      await db.insertInto('registered_model_tags').values({ ...row, key: 'k', value: 'v' }).execute();
      await db
        .insertInto('model_versions')
        .values({ ...row, version: 7, current_stage: 'None', source: 's', status: 'READY' })
        .execute();
      const filter = `name = '${name}'`;
      expect((await store().searchRegisteredModels({ filter })).items).toEqual([]);
      const { createRepositories } = await import('../../src/store/index.js');
      await createRepositories({
        db,
        workspace: 'default',
        artifactRoot: 'mlflow-artifacts:/',
        truncateLongValues: true,
        now: () => Date.now(),
      }).prepare();
      expect((await store().searchRegisteredModels({ filter })).items).toMatchObject([{ name }]);
      expect(await store().getRegisteredModel(name)).toMatchObject({
        creationTimestamp: 1,
        tags: [{ key: 'k', value: 'v' }],
        latestVersions: [{ version: 7 }],
      });
      expect(await store().createModelVersion({ name, source: SOURCE })).toMatchObject({
        version: 8,
      });
    });
  });
});
