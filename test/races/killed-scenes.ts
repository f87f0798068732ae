/**
 * What is done by a process that is killed, how a reader sees it at any moment, and what is left of
 * it in the end, row by row.
 */
import { expect } from 'vitest';

import type { ModelVersion, RegisteredModel } from '../../src/index.js';
import type { Repositories } from '../../src/store/index.js';
import { uniqueName } from '../helpers/stores.js';
import type { Call } from './killed-calls.js';
import type { ModelRows } from './killed-rows.js';

export interface Scene {
  readonly call: Call;
  /** Of the thing that the call changes. */
  readonly intentId: string;
  /** After so many statements the process is killed. None: at any moment. */
  readonly statements: number | undefined;
  /** Asserts of what a reader sees by keys; what it has seen once must not go back. */
  readonly observe: (store: Repositories) => Promise<void>;
  /** The same of a search for all models. */
  readonly observeModels?: (models: ReadonlyMap<string, RegisteredModel>) => void;
  /** The same of a search for all versions, by the model's name. */
  readonly observeVersions?: (versions: ReadonlyMap<string, readonly ModelVersion[]>) => void;
  /** Another client comes, and meets what was left. */
  readonly meet: (store: Repositories) => Promise<unknown>;
  /** Asserts of the rows, when all is finished. */
  readonly expectEnd: (end: End) => Promise<void>;
}

export interface End {
  readonly store: Repositories;
  readonly rows: ModelRows;
  /** What must have become of the call. None: either, but nothing between. */
  readonly outcome: 'nothing' | 'done' | undefined;
}

function expectOutcome(isDone: boolean, { outcome }: End): void {
  if (outcome !== undefined) expect(isDone).toBe(outcome === 'done');
}

export type Kind = Call['kind'];

/** Makes what the call is to change. */
export const SCENES: Readonly<
  Record<Kind, (store: Repositories, statements?: number) => Promise<Scene>>
> = {
  'rename model': renameModel,
  'delete model': deleteModel,
  'transition that archives': transition,
  'delete experiment': (store, statements) => lifecycle(store, 'deleted', statements),
  'restore experiment': (store, statements) => lifecycle(store, 'active', statements),
};

const SOURCE = 'mlflow-artifacts:/1/models/m';
const TAGS = [{ key: 'a', value: 'b' }];
const ALIASES = [{ alias: 'best', version: 2 }];
const VERSIONS = [
  { version: 1, currentStage: 'Staging', tags: [{ key: 'k', value: '1' }], description: 'd' },
  { version: 2, currentStage: 'None', tags: [{ key: 'k', value: '2' }], description: 'd' },
];
const SHOWN = { description: 'd', tags: TAGS, aliases: ALIASES, latestVersions: VERSIONS };

async function createWholeModel({ registry }: Repositories): Promise<string> {
  const name = uniqueName('model');
  await registry.createRegisteredModel({ name, description: 'd', tags: TAGS });
  for (const value of ['1', '2']) {
    const tags = [{ key: 'k', value }];
    await registry.createModelVersion({ name, source: SOURCE, tags, description: 'd' });
  }
  await Promise.all([
    registry.setRegisteredModelAlias(name, 'best', 2),
    registry.transitionModelVersionStage({ name, version: 1, stage: 'Staging' }),
  ]);
  return name;
}

/** The model under a name by itself, and by its alias; each whole, or not there at all. */
const READS: readonly ((store: Repositories, name: string) => Promise<boolean>)[] = [
  async ({ registry }, name) => {
    const model = await orMissing(registry.getRegisteredModel(name));
    if (model !== undefined) expect(model).toMatchObject({ ...SHOWN, name });
    return model !== undefined;
  },
  async ({ registry }, name) => {
    const version = await orMissing(registry.getModelVersionByAlias(name, 'best'));
    if (version !== undefined) expect(version).toMatchObject({ ...VERSIONS[1], name });
    return version !== undefined;
  },
];

function isWholeModel(model: RegisteredModel | undefined, name: string): boolean {
  // A search orders the versions by stage.
  const latestVersions = VERSIONS.toReversed();
  if (model !== undefined) expect(model).toMatchObject({ ...SHOWN, name, latestVersions });
  return model !== undefined;
}

function areAllVersions(versions: readonly ModelVersion[] | undefined, name: string): boolean {
  if (versions === undefined) return false;
  const sorted = versions.toSorted((a, b) => a.version - b.version);
  expect(sorted).toMatchObject(VERSIONS.map((version) => ({ ...version, name })));
  return true;
}

async function renameModel(store: Repositories, statements?: number): Promise<Scene> {
  const name = await createWholeModel(store);
  const newName = uniqueName('renamed');
  let isRenamed = false;
  /** Of both names that were looked at by one answer. */
  const seen = (isOld: boolean, isNew: boolean) => {
    expect([isOld, isNew].filter(Boolean), 'one name of the two').toHaveLength(1);
    if (isRenamed) expect(isNew).toBe(true);
    isRenamed = isNew;
  };
  return {
    call: { kind: 'rename model', name, newName },
    intentId: modelIntent(name),
    statements,
    async observe(reader) {
      for (const read of READS) {
        const before = await read(reader, name);
        const other = await read(reader, newName);
        const after = await read(reader, name);
        // A name goes once: if both looks agree, it was so at the look between them as well.
        if (before === after) seen(before, other);
        else expect([before, isRenamed]).toEqual([true, false]);
      }
    },
    observeModels: (models) => {
      seen(isWholeModel(models.get(name), name), isWholeModel(models.get(newName), newName));
    },
    observeVersions: (found) => {
      seen(areAllVersions(found.get(name), name), areAllVersions(found.get(newName), newName));
    },
    meet: ({ registry }) => {
      const tag = registry.setRegisteredModelTag(name, { key: 'a', value: 'b' });
      return orMissing(tag);
    },
    async expectEnd(end) {
      expectOutcome(isRenamed, end);
      const { rows } = end;
      rows.expectWhole(isRenamed ? newName : name, WHOLE_ROWS);
      rows.expectFree(isRenamed ? name : newName);
    },
  };
}

async function deleteModel(store: Repositories, statements?: number): Promise<Scene> {
  const name = await createWholeModel(store);
  let isGone = false;
  const seen = (isThere: boolean) => {
    if (isGone) expect(isThere).toBe(false);
    isGone ||= !isThere;
  };
  return {
    call: { kind: 'delete model', name },
    intentId: modelIntent(name),
    statements,
    async observe(reader) {
      for (const read of READS) seen(await read(reader, name));
    },
    observeModels: (models) => {
      seen(isWholeModel(models.get(name), name));
    },
    observeVersions: (found) => {
      seen(areAllVersions(found.get(name), name));
    },
    // The same call again.
    meet: ({ registry }) => orMissing(registry.deleteRegisteredModel(name)),
    async expectEnd(end) {
      expectOutcome(isGone, end);
      if (isGone) end.rows.expectFree(name);
      else end.rows.expectWhole(name, WHOLE_ROWS);
    },
  };
}

async function transition(store: Repositories, statements?: number): Promise<Scene> {
  const name = uniqueName('staged');
  const { registry } = store;
  await registry.createRegisteredModel({ name });
  for (let version = 1; version <= 3; version += 1) {
    await registry.createModelVersion({ name, source: SOURCE });
  }
  for (const version of [1, 2]) {
    await registry.transitionModelVersionStage({ name, version, stage: 'Production' });
  }
  const before = ['Production', 'Production', 'None'];
  const after = ['Archived', 'Archived', 'Production'];
  let isMoved = false;
  let areArchived = false;
  const stagesOf = (versions: readonly ModelVersion[]) =>
    versions.toSorted((a, b) => a.version - b.version).map(({ currentStage }) => currentStage);
  return {
    call: { kind: 'transition that archives', name, version: 3 },
    intentId: modelIntent(name),
    statements,
    async observe(reader) {
      const { items } = await reader.registry.searchModelVersions({ filter: `name = '${name}'` });
      const stages = stagesOf(items);
      // The version moves first: one is in production at any moment.
      const [first, second, third] = stages;
      expect(['None', 'Production']).toContain(third);
      if (isMoved) expect(third).toBe('Production');
      isMoved ||= third === 'Production';
      if (!isMoved) expect(stages).toEqual(before);
      for (const other of [first, second]) expect(['Production', 'Archived']).toContain(other);
      if (areArchived) expect(stages).toEqual(after);
      areArchived ||= stages.join() === after.join();
    },
    meet: ({ registry: next }) => next.deleteModelVersionTag(name, 3, 'none'),
    async expectEnd(end) {
      expect(areArchived).toBe(isMoved);
      expectOutcome(isMoved, end);
      end.rows.expectWhole(name, { registered_models: 1, model_versions: 3 });
    },
  };
}

const RUNS = 3;

async function lifecycle(
  store: Repositories,
  to: 'active' | 'deleted',
  statements?: number,
): Promise<Scene> {
  const from = to === 'active' ? 'deleted' : 'active';
  const { tracking } = store;
  const experimentId = await tracking.createExperiment({ name: uniqueName('experiment') });
  for (let run = 0; run < RUNS; run += 1) await tracking.createRun({ experimentId });
  if (from === 'deleted') await tracking.deleteExperiment(experimentId);
  const ranks = [from, to];
  let last = [0, 0];
  const observe = async (reader: Repositories) => {
    const { items } = await reader.tracking.searchRuns({
      experimentIds: [experimentId],
      runViewType: 'ALL',
    });
    const { lifecycleStage } = await reader.tracking.getExperiment(experimentId);
    expect(items).toHaveLength(RUNS);
    const moved = items.filter(({ info }) => info.lifecycleStage === to).length;
    // The experiment goes first, and the runs follow.
    if (moved > 0) expect(lifecycleStage).toBe(to);
    const now = [ranks.indexOf(lifecycleStage), moved];
    expect(now[0] ?? -1).toBeGreaterThanOrEqual(last[0] ?? 0);
    expect(moved).toBeGreaterThanOrEqual(last[1] ?? 0);
    last = now;
  };
  return {
    call: { kind: to === 'active' ? 'restore experiment' : 'delete experiment', experimentId },
    intentId: `experiment-lifecycle:${experimentId}`,
    statements,
    observe,
    // The same call again.
    meet: (next) =>
      orMissing(
        to === 'active'
          ? next.tracking.restoreExperiment(experimentId)
          : next.tracking.deleteExperiment(experimentId),
      ),
    async expectEnd(end) {
      await observe(end.store);
      const isDone = last[0] === 1;
      expect(last).toEqual(isDone ? [1, RUNS] : [0, 0]);
      expectOutcome(isDone, end);
    },
  };
}

/** How many rows a whole model has, in each table that has any. */
const WHOLE_ROWS = {
  registered_models: 1,
  registered_model_tags: 1,
  registered_model_aliases: 1,
  model_versions: 2,
  model_version_tags: 2,
};

function modelIntent(name: string): string {
  return `registered-model:default:${name}`;
}

async function orMissing<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    expect(error).toMatchObject({ errorCode: 'RESOURCE_DOES_NOT_EXIST' });
    return undefined;
  }
}
