/**
 * Changes that webhooks are told of, cut off after each of their statements in turn, and what
 * another server then makes of it.
 */
import { expect, it } from 'vitest';

import { type WebhookEventName, webhookEventOf } from '../../src/index.js';
import type { Repositories } from '../../src/store/index.js';
import { describeCrashes } from '../helpers/crash-scene.js';
import { uniqueName } from '../helpers/stores.js';

const EVENTS: readonly WebhookEventName[] = [
  'registered_model.created',
  'model_version.created',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_version_alias.created',
  'model_version_alias.deleted',
  'prompt_tag.set',
];
const NEW_HOOK = {
  name: 'hook',
  url: 'https://hooks.example/',
  events: EVENTS.map(webhookEventOf),
};
const SOURCE = 'mlflow-artifacts:/1/models/m';

/** Delivers all that is due to the webhook, as a server does; answers the bodies in order. */
async function deliverAll({ webhooks }: Repositories, webhookId: string): Promise<string[]> {
  const { queue } = webhooks;
  const bodies: string[] = [];
  for (;;) {
    const due = await queue.due(100, { webhookId });
    if (due.length === 0) return bodies;
    for (const key of due) {
      for (const id of await queue.waiting(key, 10)) {
        const claim = await queue.claim(id, 60_000);
        if (claim === 'waits') break;
        if (claim === 'gone') continue;
        bodies.push(claim.body);
        await queue.settle(claim, { state: 'delivered', responseStatus: 200 });
      }
    }
  }
}

describeCrashes('a crash while webhooks are told', ({ store, dies, afterEachStatement }) => {
  async function hook(): Promise<string> {
    return (await store().webhooks.repository.createWebhook(NEW_HOOK)).webhookId;
  }

  it('of a new model: told if it is there, and only then', async () => {
    const webhookId = await hook();
    const outcomes = new Set<string>();
    const crashes = await afterEachStatement(async (statements) => {
      const name = uniqueName('model');
      const died = await dies(statements, (dying) => dying.createRegisteredModel({ name }));
      const isThere = await store()
        .registry.getRegisteredModel(name)
        .then(() => true, () => false);
      const told = await deliverAll(store(), webhookId);
      outcomes.add(`there ${String(isThere)}, told ${String(told.length)}`);
      expect(told.length).toBe(isThere ? 1 : 0);
      if (isThere) expect(told[0]).toContain(`"name": "${name}"`);
      if (statements === 4) {
        // Whoever makes it after all, having waited for the one that died, is heard.
        expect(isThere).toBe(false);
        await store().registry.createRegisteredModel({ name });
        expect(await deliverAll(store(), webhookId)).toHaveLength(1);
      }
      return died;
    });
    expect(crashes).toBeGreaterThan(6);
    expect(outcomes).toEqual(new Set(['there false, told 0', 'there true, told 1']));
    await store().webhooks.repository.deleteWebhook(webhookId);
  });

  it('of a new version: told if it is there, and only then', async () => {
    const webhookId = await hook();
    const name = uniqueName('model');
    await store().registry.createRegisteredModel({ name });
    await deliverAll(store(), webhookId);
    const seen = new Set<number>();
    const outcomes = new Set<boolean>();
    await afterEachStatement(async (statements) => {
      const died = await dies(statements, (dying) =>
        dying.createModelVersion({ name, source: SOURCE, tags: [{ key: 'k', value: 'v' }] }),
      );
      const { items } = await store().registry.searchModelVersions({ filter: `name = '${name}'` });
      const fresh = items.map(({ version }) => version).filter((version) => !seen.has(version));
      for (const version of fresh) seen.add(version);
      const told = await deliverAll(store(), webhookId);
      outcomes.add(told.length > 0);
      expect(told.map((body) => /"version": "(\d+)"/.exec(body)?.[1])).toEqual(fresh.map(String));
      return died;
    });
    expect(outcomes).toEqual(new Set([false, true]));
    await store().webhooks.repository.deleteWebhook(webhookId);
  });

  it('of a tag, an alias, a prompt’s tag: told if it is made', async () => {
    const webhookId = await hook();
    const name = uniqueName('model');
    const prompt = uniqueName('prompt');
    const tag = { key: 'mlflow.prompt.is_prompt', value: 'true' };
    await store().registry.createRegisteredModel({ name });
    await store().registry.createModelVersion({ name, source: SOURCE });
    await store().registry.createRegisteredModel({ name: prompt, tags: [tag] });
    await deliverAll(store(), webhookId);
    let value = 0;
    await afterEachStatement(async (statements) => {
      value += 1;
      const wanted = { key: 'k', value: String(value) };
      const alias = `a${String(value)}`;
      const deaths = [
        await dies(statements, (dying) => dying.setModelVersionTag(name, 1, wanted)),
        await dies(statements, (dying) => dying.setRegisteredModelAlias(name, alias, 1)),
        await dies(statements, (dying) => dying.setRegisteredModelTag(prompt, wanted)),
      ];
      const { tags, aliases } = await store().registry.getModelVersion(name, 1);
      const model = await store().registry.getRegisteredModel(prompt);
      const told = (await deliverAll(store(), webhookId)).join('\n');
      const isTold = (entity: string, text: string) =>
        new RegExp(`"entity": "${entity}".*"${text}"`).test(told);
      if (tags.some((each) => each.value === wanted.value)) {
        expect(isTold('model_version_tag', wanted.value)).toBe(true);
      }
      if (aliases.includes(alias)) expect(isTold('model_version_alias', alias)).toBe(true);
      if (model.tags.some((each) => each.value === wanted.value)) {
        expect(isTold('prompt_tag', wanted.value)).toBe(true);
      }
      return deaths.includes(true);
    });
    await store().webhooks.repository.deleteWebhook(webhookId);
  });

  it('of a webhook’s making: it is whole, or not to be seen', async () => {
    const crashes = await afterEachStatement(async (statements) => {
      const name = uniqueName('hook');
      const died = await dies(statements, (dying) => dying.createWebhook({ ...NEW_HOOK, name }));
      const { items } = await store().webhooks.repository.listWebhooks({ maxResults: 1_000 });
      const found = items.filter((item) => item.name === name);
      expect(found.length).toBeLessThanOrEqual(1);
      for (const { events, webhookId } of found) {
        expect(events).toHaveLength(EVENTS.length);
        await store().webhooks.repository.deleteWebhook(webhookId);
      }
      return died;
    });
    expect(crashes).toBeGreaterThan(EVENTS.length);
  });

  it('of a webhook’s change: all of it is seen, or nothing', async () => {
    const webhookId = await hook();
    await afterEachStatement(async (statements) => {
      const name = uniqueName('changed');
      const events = [webhookEventOf(statements % 2 === 0 ? 'prompt.created' : 'prompt_tag.set')];
      const before = await store().webhooks.repository.getWebhook(webhookId);
      const died = await dies(statements, (dying) =>
        dying.updateWebhook(webhookId, { name, events }),
      );
      const after = await store().webhooks.repository.getWebhook(webhookId);
      expect([before, { ...before, ...after, name, events }]).toContainEqual(after);
      return died;
    });
  });

  it('of one after the other: all that was made is told, in order, each once', async () => {
    const webhookId = await hook();
    const name = uniqueName('model');
    await store().registry.createRegisteredModel({ name });
    // Dies with the change made and its event pending: all but the last statement.
    let mostStatements = 0;
    await afterEachStatement(async (statements) => {
      const died = await dies(statements, (dying) =>
        dying.createModelVersion({ name, source: SOURCE }),
      );
      if (died) mostStatements = statements;
      return died;
    });
    expect(mostStatements).toBeGreaterThan(0);
    const told = await deliverAll(store(), webhookId);
    const versions = told.flatMap((body) => /"version": "(\d+)"/.exec(body)?.[1] ?? []);
    const { items } = await store().registry.searchModelVersions({ filter: `name = '${name}'` });
    expect(items.length).toBeGreaterThan(1);
    // In order, each once.
    const made = items.map(({ version }) => version).sort((a, b) => a - b);
    expect(versions).toEqual(made.map(String));
    await store().webhooks.repository.deleteWebhook(webhookId);
  });

  it('of a new model that is made again before anybody looks: told once', async () => {
    const webhookId = await hook();
    const noted = async () =>
      (await store().webhooks.repository.listWebhookDeliveries({ webhookId })).items;
    let name = '';
    await afterEachStatement(async (statements) => {
      name = uniqueName('again');
      await dies(statements, (dying) => dying.createRegisteredModel({ name }));
      return (await noted()).length === 0;
    });
    // It died as soon as its event was written; its name is claimed and not shown.
    await store().registry.createRegisteredModel({ name });
    expect((await noted()).map(({ state }) => state)).toEqual(['ready', 'pending']);
    const told = await deliverAll(store(), webhookId);
    expect(told).toHaveLength(1);
    expect((await noted()).map(({ state }) => state)).toEqual(['delivered', 'withdrawn']);
    await store().webhooks.repository.deleteWebhook(webhookId);
  });

  it('of whoever sends the head: what is behind it waits', async () => {
    const webhookId = await hook();
    const name = uniqueName('blocked');
    await store().registry.createRegisteredModel({ name });
    await store().registry.createModelVersion({ name, source: SOURCE });
    const { queue } = store().webhooks;
    const [key] = await queue.due(100, { webhookId });
    const [head = '', behind = '', ...more] = await queue.waiting(key!, 10);
    expect(more).toEqual([]);
    const claim = await queue.claim(head, 60_000);
    if (typeof claim === 'string') throw new Error(`The head ${claim}.`);
    // Though it is due itself, it isn't found, nor passed by.
    expect(await queue.due(100, { webhookId })).toEqual([]);
    expect(await queue.waiting(key!, 10)).toEqual([head, behind]);
    expect(await queue.claim(head, 60_000)).toBe('waits');
    expect(await deliverAll(store(), webhookId)).toEqual([]);
    await queue.settle(claim, { state: 'ready', afterMs: 0, uncounted: true });
    const told = await deliverAll(store(), webhookId);
    expect(told.map((body) => /"entity": "(\w+)"/.exec(body)?.[1])).toEqual([
      'registered_model',
      'model_version',
    ]);
    expect(await queue.claim(behind, 60_000)).toBe('gone');
    await store().webhooks.repository.deleteWebhook(webhookId);
  });
});
