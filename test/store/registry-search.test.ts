import { beforeAll, describe, expect, it } from 'vitest';

import type { Store } from '../../src/index.js';
import { describeStores, uniqueName } from '../helpers/stores.js';

const PROMPT = { key: 'mlflow.prompt.is_prompt', value: 'true' };

async function namesOf(store: Store, filter: string, orderBy?: readonly string[]) {
  const { items } = await store.searchRegisteredModels({ filter, orderBy });
  return items.map(({ name }) => name);
}

describeStores('search of registered models', (store) => {
  const prefix = uniqueName('find');
  const named = (name: string) => `${prefix}-${name}`;
  const mine = `name LIKE '${prefix}-%'`;

  beforeAll(async () => {
    const create = (name: string, tags: Record<string, string> = {}) =>
      store().createRegisteredModel({
        name: named(name),
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      });
    await create('b', { team: 'x', stage: 'new' });
    await create('a', { team: 'x' });
    await create('C', { team: 'Y' });
    await create('prompt', { [PROMPT.key]: 'true', team: 'x' });
    await create('no-prompt', { [PROMPT.key]: 'false' });
    await store().createModelVersion({ name: named('a'), source: 's' });
    await store().setRegisteredModelAlias(named('a'), 'best', 1);
  });

  it.each([
    ['', ['C', 'a', 'b', 'no-prompt']],
    ["AND tags.team = 'x'", ['a', 'b']],
    ["AND tag.team != 'x'", ['C']],
    ["AND tags.team ILIKE 'y'", ['C']],
    ["AND tags.team = 'x' AND tags.stage LIKE 'n%'", ['b']],
    ["AND tags.team = 'x' AND tags.team != 'x'", []],
    ["AND name ILIKE '%-c'", ['C']],
    ["AND name != 'x'", ['C', 'a', 'b', 'no-prompt']],
    ["AND tags.`mlflow.prompt.is_prompt` = 'true'", ['prompt']],
    ["AND tags.`mlflow.prompt.is_prompt` != 'false'", ['prompt']],
    ["AND tags.`mlflow.prompt.is_prompt` = 'false'", ['C', 'a', 'b', 'no-prompt']],
    ["AND tags.`mlflow.prompt.is_prompt` != 'true'", ['C', 'a', 'b', 'no-prompt']],
  ])('filter %s', async (filter, expected) => {
    expect(await namesOf(store(), `${mine} ${filter}`)).toEqual(expected.map(named));
  });

  it('all that hangs on a model comes with it', async () => {
    const { items } = await store().searchRegisteredModels({ filter: `name = '${named('a')}'` });
    expect(items).toEqual([await store().getRegisteredModel(named('a'))]);
    expect(items).toMatchObject([
      {
        tags: [{ key: 'team', value: 'x' }],
        aliases: [{ alias: 'best', version: 1 }],
        latestVersions: [{ version: 1, aliases: [] }],
      },
    ]);
  });

  it('order', async () => {
    const filter = `${mine} AND tags.team ILIKE '%'`;
    expect(await namesOf(store(), filter, ['name DESC'])).toEqual(['b', 'a', 'C'].map(named));
    await store().updateRegisteredModel(named('b'), 'last');
    const [first] = await namesOf(store(), filter, ['timestamp DESC']);
    expect(first).toBe(named('b'));
    const last = (await namesOf(store(), filter, ['last_updated_timestamp ASC'])).at(-1);
    expect(last).toBe(named('b'));
  });

  it('pages go on after the last row, whatever is written between', async () => {
    const filter = `${mine} AND tags.team ILIKE '%'`;
    const first = await store().searchRegisteredModels({ filter, maxResults: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['C', 'a'].map(named));
    const search = { filter, maxResults: 2, pageToken: first.nextPageToken };
    const second = await store().searchRegisteredModels(search);
    expect(second.items.map(({ name }) => name)).toEqual([named('b')]);
    expect(second.nextPageToken).toBeUndefined();
    await expect(
      store().searchRegisteredModels({ ...search, filter: mine }),
    ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
  });

  it.each([
    [{ maxResults: 0 }, 'Invalid value for max_results. It must be a positive integer, but got 0'],
    [
      { maxResults: 1001 },
      'Invalid value for request parameter max_results. It must be at most 1000, but got value 1001',
    ],
    [{ filter: "version = '1'" }, "Invalid attribute key 'version' specified. Valid keys are '{'name'}'"],
    [
      { filter: "params.x = '1'" },
      "Invalid entity type 'params'. Valid entity types are ('attribute', 'tag', 'tags')",
    ],
    [{ filter: "name > 'a'" }, 'Invalid comparator for attribute: >'],
    [{ filter: "tags.a > 'a'" }, 'Invalid comparator for tag: >'],
    [{ filter: 'tags.a IS NULL' }, 'Invalid comparator for tag: IS NULL'],
    [
      { filter: "name IN ('a')" },
      "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
    ],
    [
      { filter: 'name = 1' },
      'Expected a quoted string value or a list of quoted string values for attributes. Got value 1',
    ],
    [{ filter: "name = 'a' OR name = 'b'" }, 'Invalid clause(s) in filter string: OR'],
    [
      { orderBy: ['creation_timestamp'] },
      "Invalid order by key 'creation_timestamp' specified. Valid keys are '{'name', 'timestamp'}'",
    ],
  ])('refuses %j', async (search, message) => {
    await expect(store().searchRegisteredModels(search)).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message,
    });
  });
});

describeStores('search of model versions', (store) => {
  const [one, two, prompt] = [uniqueName('one'), uniqueName('two'), uniqueName('prompt')];
  const mine = `source_path LIKE '${one}%'`;

  beforeAll(async () => {
    for (const name of [one, two, prompt]) await store().createRegisteredModel({ name });
    const create = (name: string, source: string, more: object = {}) =>
      store().createModelVersion({ name, source: `${one}/${source}`, ...more });
    await create(one, 'a', { runId: 'run1', tags: [{ key: 'k', value: 'v' }] });
    await create(one, 'b', { runId: 'Run2' });
    await create(one, 'c', { tags: [{ key: 'k', value: 'w' }, { key: 'l', value: 'v' }] });
    await create(two, 'd', { tags: [{ key: 'k', value: 'v' }] });
    await create(two, 'e');
    await store().deleteModelVersion(two, 2);
    await create(prompt, 'f', { tags: [PROMPT] });
    await create(prompt, 'g');
    await store().updateModelVersion(one, 2, 'touched last');
  });

  async function found(filter: string, orderBy: readonly string[] = ['name', 'version_number']) {
    const { items } = await store().searchModelVersions({ filter, orderBy });
    return items.map(({ source }) => source?.slice(one.length + 1)).join('');
  }

  it.each([
    ['', 'abcd'],
    ["AND tags.k = 'v'", 'ad'],
    ["AND tags.k != 'v'", 'c'],
    ["AND tags.k LIKE '%' AND tags.l = 'v'", 'c'],
    ["AND run_id = 'run1'", 'a'],
    ["AND run_id IN ('run1', 'Run2', 'x')", 'ab'],
    ['AND version_number > 1', 'bc'],
    ['AND version_number != 1', 'bc'],
    ["AND version_number = '3'", 'c'],
    ['AND version_number <= 1.5', 'ad'],
    ["AND source_path ILIKE '%/B'", 'b'],
    ["AND tags.`mlflow.prompt.is_prompt` = 'true'", 'f'],
    ["AND tags.`mlflow.prompt.is_prompt` = 'false'", 'abcd'],
  ])('filter %s', async (filter, expected) => {
    expect(await found(`${mine} ${filter}`)).toBe(expected);
  });

  it('by name, with tags and without aliases', async () => {
    await store().setRegisteredModelAlias(one, 'best', 1);
    const { items } = await store().searchModelVersions({ filter: `name = '${one}'` });
    expect(items.map(({ version }) => version)).toEqual([2, 3, 1]);
    expect(items[2]).toEqual({ ...(await store().getModelVersion(one, 1)), aliases: [] });
  });

  it('order', async () => {
    expect(await found(mine, ['version_number DESC', 'name'])).toBe(one < two ? 'cbad' : 'cbda');
    expect(await found(mine, ['creation_timestamp ASC', 'version_number ASC'])).toMatch(/^a.*d$/);
    expect(await found(mine, ['last_updated_timestamp DESC'])).toMatch(/^b/);
  });

  it('pages', async () => {
    const search = { filter: mine, orderBy: ['version_number'], maxResults: 3 };
    const first = await store().searchModelVersions(search);
    const second = await store().searchModelVersions({
      ...search,
      pageToken: first.nextPageToken,
    });
    expect([first.items.length, second.items.length]).toEqual([3, 1]);
    expect(second.items[0]?.version).toBe(3);
  });

  it.each([
    [{ maxResults: 0 }, 'Invalid value for max_results. It must be a positive integer, but got 0'],
    [{ filter: "run_id NOT IN ('a')" }, 'Invalid comparator for attribute: NOT IN'],
    [{ filter: "version_number LIKE '1'" }, 'Invalid comparator for attribute version_number: LIKE'],
    [
      { filter: "version_number = 'x'" },
      "Expected numeric value type for numeric attribute: version_number. Found 'x'",
    ],
    [{ filter: 'run_id IS NULL' }, 'Invalid comparator for attribute: IS NULL'],
    [
      { filter: "creation_timestamp > 1" },
      "Invalid attribute key 'creation_timestamp' specified. Valid keys are " +
        "'{'name', 'version_number', 'run_id', 'source_path'}'",
    ],
    [
      { orderBy: ['run_id'] },
      "Invalid attribute key 'run_id' specified. Valid keys are '{'name', 'version_number', " +
        "'creation_timestamp', 'last_updated_timestamp'}'",
    ],
  ])('refuses %j', async (search, message) => {
    await expect(store().searchModelVersions(search)).rejects.toMatchObject({
      errorCode: 'INVALID_PARAMETER_VALUE',
      message,
    });
  });
});

describe('a search while a model is renamed', () => {
  describeStores('sees one name', (store) => {
    it('never both, never neither', async () => {
      const [first, second] = [uniqueName('swing'), uniqueName('swing')];
      await store().createRegisteredModel({ name: first });
      await store().createModelVersion({ name: first, source: first });
      let isOver = false;
      let searches = 0;
      const watch = async () => {
        while (!isOver) {
          const [models, versions] = await Promise.all([
            namesOf(store(), "name LIKE 'swing%'"),
            store().searchModelVersions({ filter: `source_path = '${first}'` }),
          ]);
          expect(models).toHaveLength(1);
          expect(versions.items).toHaveLength(1);
          searches += 1;
        }
      };
      const watchers = [watch(), watch(), watch()];
      let [from, to] = [first, second];
      for (let turn = 0; turn < 6; turn += 1) {
        await store().renameRegisteredModel(from, to);
        [from, to] = [to, from];
      }
      isOver = true;
      await Promise.all(watchers);
      expect(searches).toBeGreaterThan(0);
    });
  });
});
