/**
 * Another program, which knows nothing of generations, writes MLflow's tables beside a server:
 * nothing of what it wrote is replaced or removed, between the sweeps as well.
 */
import type { KyselyPlugin } from 'kysely';
import { expect, it } from 'vitest';

import { MlflowError, type Store } from '../../src/index.js';
import { createRepositories, type Repositories } from '../../src/store/index.js';
import { CrashPlugin } from '../helpers/crash-plugin.js';
import { InterleavingPlugin } from '../helpers/interleaving-plugin.js';
import { describeStores, uniqueName } from '../helpers/stores.js';

const OURS = 's3://ours';
const THEIRS = 's3://theirs';
const TAKEN = { errorCode: 'RESOURCE_ALREADY_EXISTS' };
const MISSING = { errorCode: 'RESOURCE_DOES_NOT_EXIST' };
const WORKSPACE = 'default';
type Registry = Repositories['registry'];
/** More than any call takes. */
const MOST_STATEMENTS = 60;

/** A process of its own on the same database. */
function repositories({ db }: Store, plugin?: KyselyPlugin, lateMs = 0): Repositories {
  return createRepositories({
    db: plugin === undefined ? db : db.withPlugin(plugin),
    workspace: WORKSPACE,
    artifactRoot: 'mlflow-artifacts:/',
    truncateLongValues: true,
    now: () => Date.now() + lateMs,
  });
}

/** As the other program inserts: false where a row with the key stands. */
async function inserts(insert: { execute(): Promise<unknown> }): Promise<boolean> {
  return insert.execute().then(
    () => true,
    () => false,
  );
}

async function writeVersion(
  { db }: Store,
  name: string,
  version: number,
  tags: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const row = { workspace: WORKSPACE, name, version };
  const isWritten = await inserts(
    db.insertInto('model_versions').values({
      ...row,
      creation_time: 3,
      last_updated_time: 4,
      current_stage: 'None',
      source: THEIRS,
      status: 'READY',
    }),
  );
  if (!isWritten) return false;
  for (const [key, value] of Object.entries(tags)) {
    await inserts(db.insertInto('model_version_tags').values({ ...row, key, value }));
  }
  return true;
}

/** A model with a description, a tag, an alias, and a version that has a tag. */
async function writeModel(store: Store, name: string): Promise<boolean> {
  const row = { workspace: WORKSPACE, name };
  const { db } = store;
  const isWritten = await inserts(
    db
      .insertInto('registered_models')
      .values({ ...row, creation_time: 1, last_updated_time: 2, description: 'theirs' }),
  );
  if (!isWritten) return false;
  const tag = { ...row, key: 'a', value: 'theirs' };
  await inserts(db.insertInto('registered_model_tags').values(tag));
  await writeVersion(store, name, 1, { a: 'theirs' });
  await inserts(
    db.insertInto('registered_model_aliases').values({ ...row, alias: 'best', version: '1' }),
  );
  return true;
}

const THEIR_VERSION = {
  version: 1,
  source: THEIRS,
  creationTimestamp: 3,
  tags: [{ key: 'a', value: 'theirs' }],
};
const THEIR_MODEL = {
  description: 'theirs',
  creationTimestamp: 1,
  tags: [{ key: 'a', value: 'theirs' }],
  aliases: [{ alias: 'best', version: 1 }],
  latestVersions: [THEIR_VERSION],
};

/** Lets the other program come after each statement of the call in turn. */
async function atEachStatement(
  store: Store,
  scene: (interleaved: (other: () => Promise<unknown>) => Repositories) => Promise<void>,
): Promise<number> {
  for (let statements = 1; statements < MOST_STATEMENTS; statements += 1) {
    let plugin: InterleavingPlugin | undefined;
    await scene((other) => {
      plugin = new InterleavingPlugin(statements, other);
      return repositories(store, plugin);
    });
    if (plugin?.hasCome !== true) return statements - 1;
  }
  throw new Error('The call takes too many statements.');
}

/**
 * Runs the call in a process that dies after 0, 1, 2 … statements, and the scene then in one whose
 * predecessor's leases have run out. Answers how often it died.
 */
async function afterEachCrash(
  store: Store,
  scene: (
    dies: (call: (registry: Registry) => Promise<unknown>) => Promise<boolean>,
    later: Repositories,
    statements: number,
  ) => Promise<boolean>,
): Promise<number> {
  for (let statements = 0; statements < MOST_STATEMENTS; statements += 1) {
    const dying = repositories(store, new CrashPlugin(statements));
    const dies = (call: (registry: Registry) => Promise<unknown>): Promise<boolean> =>
      call(dying.registry).then(
        () => false,
        (error: unknown) => {
          if (error instanceof MlflowError) return false;
          expect(error).toMatchObject({ message: CrashPlugin.message });
          return true;
        },
      );
    if (!(await scene(dies, repositories(store, undefined, 60_000), statements))) return statements;
  }
  throw new Error('The call takes too many statements.');
}

const TAGS = [
  { key: 'a', value: 'ours' },
  { key: 'b', value: 'ours' },
];

describeStores('models that another program writes', (store) => {
  it('creating one that is there is refused, and leaves it as it is', async () => {
    const name = uniqueName('there');
    await writeModel(store(), name);
    await expect(
      store().createRegisteredModel({ name, description: 'ours', tags: TAGS }),
    ).rejects.toMatchObject(TAKEN);
    // What `mlflow.register_model` does next.
    expect(await store().createModelVersion({ name, source: OURS, tags: TAGS })).toMatchObject({
      version: 2,
    });
    expect(await store().getModelVersion(name, 1)).toMatchObject(THEIR_VERSION);
    expect(await store().getModelVersion(name, 2)).toMatchObject({ source: OURS, tags: TAGS });
    expect(await store().getRegisteredModel(name)).toMatchObject({
      description: 'theirs',
      tags: THEIR_MODEL.tags,
    });
  });

  it('the name goes to who was first, whenever the other comes', async () => {
    const outcomes = new Set<string>();
    const moments = await atEachStatement(store(), async (interleaved) => {
      const name = uniqueName('raced');
      let isTheirs = false;
      const { registry } = interleaved(async () => {
        isTheirs = await writeModel(store(), name);
      });
      const create = registry.createRegisteredModel({ name, description: 'ours', tags: TAGS });
      const isOurs = await create.then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject(TAKEN);
          return false;
        },
      );
      expect(isOurs).toBe(!isTheirs);
      outcomes.add(isOurs ? 'ours' : 'theirs');
      expect(await store().getRegisteredModel(name)).toMatchObject(
        isOurs ? { description: 'ours', tags: TAGS, latestVersions: [] } : THEIR_MODEL,
      );
    });
    expect(moments).toBeGreaterThanOrEqual(5);
    expect(outcomes).toEqual(new Set(['ours', 'theirs']));
  });

  it('the number of a version goes to who was first, and each has its own tags', async () => {
    const numbers = new Set<number>();
    const moments = await atEachStatement(store(), async (interleaved) => {
      const name = uniqueName('numbers');
      await store().createRegisteredModel({ name });
      const theirs = { isWritten: false };
      const { registry } = interleaved(async () => {
        theirs.isWritten = await writeVersion(store(), name, 1, { c: 'theirs' });
      });
      const { version } = await registry.createModelVersion({ name, source: OURS, tags: TAGS });
      expect(version).toBe(theirs.isWritten ? 2 : 1);
      numbers.add(version);
      expect(await store().getModelVersion(name, version)).toMatchObject({
        source: OURS,
        tags: TAGS,
      });
      await repositories(store()).finishAbandoned();
      if (!theirs.isWritten) return;
      expect(await store().getModelVersion(name, 1)).toMatchObject({
        source: THEIRS,
        tags: [{ key: 'c', value: 'theirs' }],
      });
    });
    expect(moments).toBeGreaterThanOrEqual(5);
    expect(numbers).toEqual(new Set([1, 2]));
  });

  it('a version that was taken in by a sweep keeps its number and its tags', async () => {
    const name = uniqueName('swept');
    await store().createRegisteredModel({ name });
    await store().createModelVersion({ name, source: OURS });
    await writeVersion(store(), name, 2, { a: 'theirs' });
    await writeVersion(store(), name, 4, { a: 'theirs' });
    await repositories(store()).finishAbandoned();
    expect(await store().createModelVersion({ name, source: OURS, tags: TAGS })).toMatchObject({
      version: 5,
    });
    for (const version of [2, 4]) {
      expect(await store().getModelVersion(name, version)).toMatchObject({
        ...THEIR_VERSION,
        version,
      });
    }
  });

  it('a version that a dying sweep took in keeps its number and its tags', async () => {
    const name = uniqueName('stamped');
    await store().createRegisteredModel({ name });
    await writeVersion(store(), name, 1, { c: 'theirs' });
    const { generation } = await store()
      .db.selectFrom('registered_model_names')
      .select('generation')
      .where('workspace', '=', WORKSPACE)
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    // It gave the rows their generation, and died before it counted the numbers on.
    for (const table of ['model_versions', 'model_version_tags'] as const) {
      await store()
        .db.updateTable(table)
        .set({ generation })
        .where('workspace', '=', WORKSPACE)
        .where('name', '=', name)
        .execute();
    }
    expect(await store().createModelVersion({ name, source: OURS, tags: TAGS })).toMatchObject({
      version: 2,
    });
    expect(await store().getModelVersion(name, 1)).toMatchObject({
      source: THEIRS,
      tags: [{ key: 'c', value: 'theirs' }],
    });
  });

  it('is found by whoever asks for it, between the sweeps', async () => {
    const calls: readonly ((name: string) => Promise<unknown>)[] = [
      (name) => store().getRegisteredModel(name),
      (name) => store().getModelVersion(name, 1),
      (name) => store().getModelVersionByAlias(name, 'best'),
      (name) => store().getLatestVersions(name),
      (name) => store().getModelVersionDownloadUri(name, 1),
      (name) => store().setRegisteredModelTag(name, { key: 'k', value: 'v' }),
      (name) => store().setModelVersionTag(name, 1, { key: 'k', value: 'v' }),
      (name) => store().setRegisteredModelAlias(name, 'other', 1),
      (name) => store().createModelVersion({ name, source: OURS }),
      (name) => store().createModelVersion({ name, source: `models:/${name}/1` }),
      (name) => store().updateRegisteredModel(name, 'new'),
      (name) => store().transitionModelVersionStage({ name, version: 1, stage: 'Staging' }),
    ];
    for (const call of calls) {
      const name = uniqueName('asked');
      await writeModel(store(), name);
      await call(name);
      expect(await store().getRegisteredModel(name)).toMatchObject({ creationTimestamp: 1 });
      expect(await store().getModelVersion(name, 1)).toMatchObject({ source: THEIRS });
    }
    const name = uniqueName('none');
    await writeVersion(store(), name, 1);
    // A version of no model is nobody's.
    await expect(store().getModelVersion(name, 1)).rejects.toMatchObject(MISSING);
  });

  it('a version or an alias of a model of ours is found too', async () => {
    const name = uniqueName('ours');
    await store().createRegisteredModel({ name });
    await writeVersion(store(), name, 1, { a: 'theirs' });
    expect(await store().getModelVersion(name, 1)).toMatchObject(THEIR_VERSION);
    await store()
      .db.insertInto('registered_model_aliases')
      .values({ workspace: WORKSPACE, name, alias: 'best', version: '1' })
      .execute();
    expect(await store().getModelVersionByAlias(name, 'best')).toMatchObject(THEIR_VERSION);
    await writeVersion(store(), name, 2);
    expect(
      await store().transitionModelVersionStage({
        name,
        version: 2,
        stage: 'Production',
        archiveExistingVersions: true,
      }),
    ).toMatchObject({ version: 2, currentStage: 'Production' });
  });

  it('is renamed and deleted as any other', async () => {
    const [name, renamed] = [uniqueName('old'), uniqueName('new')];
    await writeModel(store(), name);
    await store().renameRegisteredModel(name, renamed);
    // This one was not taken in when the rename begins.
    await writeVersion(store(), renamed, 2, { a: 'theirs' });
    await store().renameRegisteredModel(renamed, name);
    expect(await store().getRegisteredModel(name)).toMatchObject({
      ...THEIR_MODEL,
      latestVersions: [{ ...THEIR_VERSION, version: 2 }],
    });
    await expect(store().getRegisteredModel(renamed)).rejects.toMatchObject(MISSING);
    await store().deleteRegisteredModel(name);
    await expect(store().getRegisteredModel(name)).rejects.toMatchObject(MISSING);
    const gone = uniqueName('gone');
    await writeModel(store(), gone);
    await store().deleteRegisteredModel(gone);
    await expect(store().getRegisteredModel(gone)).rejects.toMatchObject(MISSING);
  });

  it('a rename to its name is refused, whenever it comes', async () => {
    let isAlwaysTheirs = true;
    let moments = 0;
    await atEachStatement(store(), async (interleaved) => {
      const [old, wanted] = [uniqueName('old'), uniqueName('wanted')];
      let isTheirs: boolean | undefined;
      const { registry } = interleaved(async () => {
        isTheirs = await writeModel(store(), wanted);
      });
      // From then on, the name is ours to another program too.
      if (!isAlwaysTheirs) return;
      await store().createRegisteredModel({ name: old, description: 'ours', tags: TAGS });
      await store().createModelVersion({ name: old, source: OURS, tags: TAGS });
      const isRenamed = await registry.renameRegisteredModel(old, wanted).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject(TAKEN);
          return false;
        },
      );
      expect(isRenamed).toBe(isTheirs === false);
      const ours = {
        description: 'ours',
        tags: TAGS,
        latestVersions: [{ version: 1, source: OURS, tags: TAGS }],
      };
      expect(await store().getRegisteredModel(isRenamed ? wanted : old)).toMatchObject(ours);
      if (!isRenamed) {
        expect(await store().getRegisteredModel(wanted)).toMatchObject(THEIR_MODEL);
      }
      moments += 1;
      isAlwaysTheirs = isTheirs === true;
    });
    expect(moments).toBeGreaterThanOrEqual(8);
    expect(isAlwaysTheirs).toBe(false);
  });

  it('a rename to where it has a version of the same number changes nothing', async () => {
    const [old, wanted] = [uniqueName('old'), uniqueName('wanted')];
    await store().createRegisteredModel({ name: old });
    await store().createModelVersion({ name: old, source: OURS, tags: TAGS });
    await writeVersion(store(), wanted, 1);
    await expect(store().renameRegisteredModel(old, wanted)).rejects.toMatchObject(TAKEN);
    expect(await store().getModelVersion(old, 1)).toMatchObject({ source: OURS, tags: TAGS });
    const [row, ...others] = await store()
      .db.selectFrom('model_versions')
      .select(['source', 'generation'])
      .where('workspace', '=', WORKSPACE)
      .where('name', '=', wanted)
      .execute();
    expect(row).toEqual({ source: THEIRS, generation: null });
    expect(others).toEqual([]);
    // Nothing holds the name: it can be made, and then the version is its.
    await store().createRegisteredModel({ name: wanted });
    expect(await store().createModelVersion({ name: wanted, source: OURS })).toMatchObject({
      version: 2,
    });
    expect(await store().getModelVersion(wanted, 1)).toMatchObject({ source: THEIRS });
  });

  it('is whole when it is seen, whoever dies while taking it in', async () => {
    const crashes = await afterEachCrash(store(), async (dies, later, statements) => {
      const name = uniqueName('dying');
      await writeModel(store(), name);
      const died = await dies((registry) => registry.getRegisteredModel(name));
      const next: readonly (() => Promise<unknown>)[] = [
        () => later.registry.getRegisteredModel(name),
        () => later.finishAbandoned(),
        () => expect(later.registry.createRegisteredModel({ name })).rejects.toMatchObject(TAKEN),
      ];
      await next[statements % next.length]?.();
      expect(await later.registry.getRegisteredModel(name)).toMatchObject(THEIR_MODEL);
      expect(await later.registry.createModelVersion({ name, source: OURS })).toMatchObject({
        version: 2,
      });
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(15);
  });

  it('a rename to its name that dies leaves both as they were', async () => {
    const crashes = await afterEachCrash(store(), async (dies, later) => {
      const [old, wanted] = [uniqueName('old'), uniqueName('wanted')];
      await store().createRegisteredModel({ name: old, description: 'ours', tags: TAGS });
      await writeModel(store(), wanted);
      const died = await dies((registry) => registry.renameRegisteredModel(old, wanted));
      await later.finishAbandoned();
      expect(await store().getRegisteredModel(old)).toMatchObject({
        description: 'ours',
        tags: TAGS,
      });
      expect(await store().getRegisteredModel(wanted)).toMatchObject(THEIR_MODEL);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(10);
  });

  it('its version keeps its tags, whoever dies on the number', async () => {
    const crashes = await afterEachCrash(store(), async (dies, later) => {
      const name = uniqueName('number');
      await store().createRegisteredModel({ name });
      await writeVersion(store(), name, 1, { a: 'theirs' });
      const died = await dies((registry) =>
        registry.createModelVersion({ name, source: OURS, tags: TAGS }),
      );
      await later.finishAbandoned();
      expect(await store().getModelVersion(name, 1)).toMatchObject(THEIR_VERSION);
      const next = { name, source: OURS, tags: TAGS };
      const { version } = await later.registry.createModelVersion(next);
      expect(await store().getModelVersion(name, version)).toMatchObject({
        source: OURS,
        tags: TAGS,
      });
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(10);
  });

  it('is found, whenever somebody else takes it in', async () => {
    const calls: readonly ((registry: Registry, name: string) => Promise<unknown>)[] = [
      (registry, name) => registry.getRegisteredModel(name),
      (registry, name) => registry.getModelVersionByAlias(name, 'best'),
      (registry, name) => registry.setModelVersionTag(name, 1, { key: 'b', value: 'ours' }),
    ];
    for (const call of calls) {
      const moments = await atEachStatement(store(), async (interleaved) => {
        const name = uniqueName('overtaken');
        await writeModel(store(), name);
        // Whom no lease holds up that the call has by then.
        const later = repositories(store(), undefined, 60_000);
        const { registry } = interleaved(() => later.registry.getRegisteredModel(name));
        await call(registry, name);
        expect(await store().getRegisteredModel(name)).toMatchObject({ description: 'theirs' });
      });
      expect(moments).toBeGreaterThanOrEqual(3);
    }
  });

  it('is taken in once, by many at once', async () => {
    const name = uniqueName('many');
    await writeModel(store(), name);
    const [one, other] = [repositories(store()), repositories(store())];
    const outcomes = await Promise.all([
      ...[one, other, one, other].map(({ registry }) => registry.getRegisteredModel(name)),
      ...[one, other].map(({ registry }) =>
        registry.createModelVersion({ name, source: OURS }).then(() => THEIR_MODEL),
      ),
      ...[one, other].map((each) => each.finishAbandoned().then(() => THEIR_MODEL)),
    ]);
    for (const model of outcomes) expect(model).toMatchObject({ tags: THEIR_MODEL.tags });
    const { items } = await store().searchModelVersions({
      filter: `name = '${name}'`,
      orderBy: ['version_number'],
    });
    expect(items.map(({ version, source }) => [version, source])).toEqual([
      [1, THEIRS],
      [2, OURS],
      [3, OURS],
    ]);
  });
});
