/**
 * The model registry's calls, cut off after each of their statements in turn: what a reader then
 * sees is what one sees that looks in between.
 */
import { expect, it } from 'vitest';

import type { ModelRegistryStore, Repositories } from '../../src/store/index.js';
import { describeCrashes } from '../helpers/crash-scene.js';
import { uniqueName } from '../helpers/stores.js';

const SOURCE = 'mlflow-artifacts:/1/models/m';
const MISSING = { errorCode: 'RESOURCE_DOES_NOT_EXIST' };

const WHOLE = {
  description: 'd',
  tags: [{ key: 'a', value: 'b' }],
  aliases: [{ alias: 'best', version: 2 }],
  latestVersions: [
    { version: 1, currentStage: 'Staging', tags: [{ key: 'k', value: '1' }] },
    { version: 2, currentStage: 'None', tags: [{ key: 'k', value: '2' }] },
  ],
};

async function createWholeModel(registry: ModelRegistryStore, name: string): Promise<void> {
  await registry.createRegisteredModel({ name, description: 'd', tags: WHOLE.tags });
  for (const value of ['1', '2']) {
    await registry.createModelVersion({ name, source: SOURCE, tags: [{ key: 'k', value }] });
  }
  await registry.setRegisteredModelAlias(name, 'best', 2);
  await registry.transitionModelVersionStage({ name, version: 1, stage: 'Staging' });
}

/** The names under which a reader finds the model, by each way that there is. */
async function namesSeen(
  registry: ModelRegistryStore,
  names: readonly string[],
): Promise<readonly string[]> {
  const seen: string[] = [];
  for (const name of names) {
    const filter = `name = '${name}'`;
    const [models, versions] = [
      await registry.searchRegisteredModels({ filter }),
      await registry.searchModelVersions({ filter }),
    ];
    try {
      const model = await registry.getRegisteredModel(name);
      // What is seen is seen whole.
      expect(model).toMatchObject({ ...WHOLE, name });
      expect(models.items).toHaveLength(1);
      expect(models.items[0]).toMatchObject({ name, tags: WHOLE.tags, aliases: WHOLE.aliases });
      expect(versions.items.map(({ version }) => version).sort()).toEqual([1, 2]);
      expect(await registry.getModelVersionByAlias(name, 'best')).toMatchObject({
        name,
        version: 2,
        tags: [{ key: 'k', value: '2' }],
      });
      expect(await registry.getModelVersionDownloadUri(name, 1)).toBe(SOURCE);
      seen.push(name);
    } catch (error) {
      expect(error).toMatchObject(MISSING);
      expect(models.items).toEqual([]);
      expect(versions.items).toEqual([]);
      await expect(registry.getModelVersion(name, 1)).rejects.toMatchObject(MISSING);
    }
  }
  return seen;
}

/** Who comes next and meets what was left. */
const FINISHERS = {
  'the sweep': async (next: Repositories) => {
    await next.finishAbandoned();
  },
  'a writer': async (next: Repositories, seen: string) => {
    await next.registry.setRegisteredModelTag(seen, { key: 'a', value: 'b' });
  },
  'another rename': async (next: Repositories, seen: string) => {
    const other = uniqueName('other');
    // In between, the name that is seen may become the other one.
    const name = await next.registry.renameRegisteredModel(seen, other).then(
      () => other,
      () => undefined,
    );
    if (name !== undefined) await next.registry.renameRegisteredModel(name, seen);
  },
};

type Finisher = keyof typeof FINISHERS;
const ALL_FINISHERS = Object.keys(FINISHERS) as Finisher[];

describeCrashes('a crash in the model registry', ({ backend, store, dies, afterEachStatement }) => {
  // A scene takes a second on CrateDB: there the finishers take turns.
  it.each(backend.name === 'embedded' ? ALL_FINISHERS : (['each in turn'] as const))(
    'rename: one name at any moment, finished by %s',
    async (who) => {
      const crashes = await afterEachStatement(async (statements) => {
        const names = [uniqueName('old'), uniqueName('new')] as const;
        const [old, renamed] = names;
        const { registry } = store();
        await createWholeModel(registry, old);
        const died = await dies(statements, (dying) => dying.renameRegisteredModel(old, renamed));
        const [seen = '', ...more] = await namesSeen(registry, names);
        expect(names).toContain(seen);
        expect(more).toEqual([]);
        try {
          const finisher =
            who === 'each in turn' ? ALL_FINISHERS[statements % ALL_FINISHERS.length] : who;
          await FINISHERS[finisher ?? 'the sweep'](store(), seen);
        } catch (error) {
          // The writer waited for the rename, and found the name gone.
          expect(error).toMatchObject(MISSING);
        }
        await store().finishAbandoned();
        const [after = '', ...others] = await namesSeen(registry, names);
        expect(names).toContain(after);
        expect(others).toEqual([]);
        // The other name is free, and begins anew.
        const other = after === old ? renamed : old;
        await registry.createRegisteredModel({ name: other });
        expect(await registry.getRegisteredModel(other)).toMatchObject({
          tags: [],
          latestVersions: [],
        });
        expect(await registry.createModelVersion({ name: after, source: SOURCE })).toMatchObject({
          version: 3,
        });
        return died;
      });
      expect(crashes).toBeGreaterThanOrEqual(20);
    },
    // Some 40 scenes, each of a second.
    240_000,
  );

  it('delete: all or nothing is seen, and the name begins anew', async () => {
    const crashes = await afterEachStatement(async (statements) => {
      const name = uniqueName('gone');
      const { registry } = store();
      await createWholeModel(registry, name);
      const died = await dies(statements, (dying) => dying.deleteRegisteredModel(name));
      const seen = await namesSeen(registry, [name]);
      if (seen.length === 0) {
        await expect(registry.deleteRegisteredModel(name)).rejects.toMatchObject(MISSING);
      } else {
        expect(died).toBe(true);
        // The intent may stand already: then the delete is that one.
        await registry.deleteRegisteredModel(name).catch((error: unknown) => {
          expect(error).toMatchObject(MISSING);
        });
      }
      await createWholeModel(registry, name);
      expect(await namesSeen(registry, [name])).toEqual([name]);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(10);
  });

  it('create: invisible until it is whole, then the name goes to the next', async () => {
    const crashes = await afterEachStatement(async (statements) => {
      const name = uniqueName('new');
      const model = { name, description: 'd', tags: [{ key: 'a', value: 'b' }] };
      const died = await dies(statements, (dying) => dying.createRegisteredModel(model));
      const { registry } = store();
      const { items } = await registry.searchRegisteredModels({ filter: `name = '${name}'` });
      if (items.length === 0) {
        await expect(registry.getRegisteredModel(name)).rejects.toMatchObject(MISSING);
        await registry.createRegisteredModel(model);
      }
      expect(await registry.getRegisteredModel(name)).toMatchObject(model);
      await expect(registry.createRegisteredModel(model)).rejects.toMatchObject({
        errorCode: 'RESOURCE_ALREADY_EXISTS',
      });
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(5);
  });

  it('create version: no version without its tags, no number twice', async () => {
    const tags = [{ key: 'a', value: 'b' }];
    const crashes = await afterEachStatement(async (statements) => {
      const name = uniqueName('versions');
      const { registry } = store();
      await registry.createRegisteredModel({ name });
      const died = await dies(statements, (dying) =>
        dying.createModelVersion({ name, source: SOURCE, tags }),
      );
      const next = await registry.createModelVersion({ name, source: SOURCE, tags });
      const { items } = await registry.searchModelVersions({ filter: `name = '${name}'` });
      for (const version of items) expect(version).toMatchObject({ source: SOURCE, tags });
      const numbers = items.map(({ version }) => version);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(Math.max(...numbers)).toBe(next.version);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(5);
  });

  it('transition with archive: finished by whoever comes next', async () => {
    const crashes = await afterEachStatement(async (statements) => {
      const name = uniqueName('staged');
      const { registry } = store();
      await registry.createRegisteredModel({ name });
      for (let version = 0; version < 3; version += 1) {
        await registry.createModelVersion({ name, source: SOURCE });
      }
      const move = (target: ModelRegistryStore, version: number, archiveExistingVersions = true) =>
        target.transitionModelVersionStage({
          name,
          version,
          stage: 'Production',
          archiveExistingVersions,
        });
      await move(registry, 1, false);
      await move(registry, 2, false);
      const died = await dies(statements, (dying) => move(dying, 3));
      await store().finishAbandoned();
      const { items } = await registry.searchModelVersions({
        filter: `name = '${name}'`,
        orderBy: ['version_number'],
      });
      const stages = items.map(({ currentStage }) => currentStage);
      const [before, after] = [
        ['Production', 'Production', 'None'],
        ['Archived', 'Archived', 'Production'],
      ];
      expect(stages).toEqual(stages[2] === 'None' ? before : after);
      if (!died) expect(stages).toEqual(after);
      await move(registry, 3);
      return died;
    });
    expect(crashes).toBeGreaterThanOrEqual(6);
  });
});
