/** From a change to a receiver, in one process, on both databases. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  openStore,
  type Store,
  type WebhookDeliveryOptions,
  type WebhookEventName,
  webhookEventOf,
} from '../../src/index.js';
import { fernetEncrypt, newFernetKey } from '../../src/webhooks/fernet.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { crateBackend, embedded, uniqueName } from '../helpers/stores.js';
import { answer, distinct, isSigned, type Receiver, startReceiver, until } from './receiver.js';

const SECRET = 'geheim ü';
const webhooks: WebhookDeliveryOptions = {
  allowedSchemes: ['http'],
  allowedTargets: ['127.0.0.1'],
  secretEncryptionKey: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  pollIntervalMs: 50,
  requestTimeoutMs: 5_000,
  maxRetries: 2,
  maxWorkers: 8,
};
const ALL: readonly WebhookEventName[] = [
  'registered_model.created',
  'model_version.created',
  'model_version_alias.created',
];

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

for (const backend of [embedded, crateBackend()]) {
  describe.skipIf(backend.uri === undefined)(`webhook delivery (${backend.name})`, () => {
    let store: Store;
    const deadLetters: string[] = [];
    beforeAll(async () => {
      store = await openStore(backend.uri, {
        webhooks: { ...webhooks, onDeadLetter: (line) => deadLetters.push(line) },
      });
    });
    afterAll(async () => {
      await store.close();
      if (backend.name === 'CrateDB') await dropSchema(backend.uri);
    });
    beforeEach(async () => {
      const { items } = await store.listWebhooks({ maxResults: 1_000 });
      for (const { webhookId } of items) await store.deleteWebhook(webhookId);
      receiver.calls.length = 0;
      receiver.respond = (_call, response) => response.end('ok');
    });

    async function hook(
      events: readonly WebhookEventName[] = ALL,
      others: { url?: string; secret?: string } = {},
    ): Promise<string> {
      const { webhookId } = await store.createWebhook({
        name: 'hook',
        url: receiver.url,
        secret: SECRET,
        events: events.map(webhookEventOf),
        ...others,
      });
      return webhookId;
    }

    async function states(webhookId: string): Promise<readonly string[]> {
      const { items } = await store.listWebhookDeliveries({ webhookId, maxResults: 1_000 });
      return [...items].reverse().map(({ state }) => state);
    }

    async function settled(webhookId: string, ...expected: readonly string[]): Promise<void> {
      await until(`the states are ${expected.join(', ')}`, async () =>
        (await states(webhookId)).join() === expected.join());
    }

    /** What waits for its next try is due at once. */
    async function makeDue(webhookId: string, others: { created_at?: number } = {}) {
      await store.db
        .updateTable('webhook_deliveries')
        .set({ due_at: 1, ...others })
        .where('webhook_id', '=', webhookId)
        .where('state', '=', 'ready')
        .execute();
    }

    /** A webhook as another program writes it, heard of at once. */
    async function foreignHook(row: { url: string; secret?: string }): Promise<string> {
      const webhookId = uniqueName('foreign');
      await store.db
        .insertInto('webhooks')
        .values({ webhook_id: webhookId, name: 'f', ...row })
        .execute();
      const event = { webhook_id: webhookId, entity: 'registered_model', action: 'created' };
      await store.db.insertInto('webhook_events').values(event).execute();
      await hook(['prompt.created']);
      return webhookId;
    }

    async function modelWithVersion(): Promise<string> {
      const name = uniqueName('model');
      await store.createRegisteredModel({ name });
      await store.createModelVersion({ name, source: 's' });
      return name;
    }

    it('is signed, in order, and once where all goes well', async () => {
      const webhookId = await hook();
      const name = await modelWithVersion();
      await store.setRegisteredModelAlias(name, 'best', 1);
      await settled(webhookId, 'delivered', 'delivered', 'delivered');
      expect(receiver.calls.map(({ event }) => event)).toEqual(ALL);
      expect(receiver.calls.every((call) => isSigned(call, SECRET))).toBe(true);
      expect(receiver.calls.every((call) => isSigned(call, `${SECRET}.`))).toBe(false);
      expect(new Set(receiver.calls.map(({ deliveryId }) => deliveryId)).size).toBe(3);
      const { items } = await store.listWebhookDeliveries({ webhookId });
      expect(items[0]).toMatchObject({
        deliveryId: receiver.calls[2]?.deliveryId,
        event: 'model_version_alias.created',
        modelName: name,
        attempts: 1,
        responseStatus: 200,
        error: undefined,
      });
    });

    it('without a secret is not signed', async () => {
      const { webhookId } = await store.createWebhook({
        name: 'plain',
        url: receiver.url,
        events: [webhookEventOf('registered_model.created')],
      });
      await store.createRegisteredModel({ name: uniqueName('model') });
      await settled(webhookId, 'delivered');
      expect(receiver.calls[0]?.signature).toBeUndefined();
    });

    it('goes to all that listen, each on its own', async () => {
      const [one, other] = [
        await hook(ALL, { url: `${receiver.url}/one`, secret: 'one' }),
        await hook(ALL, { url: `${receiver.url}/other`, secret: 'other' }),
      ];
      // The one that fails holds up nobody else.
      receiver.respond = ({ path }, response) => answer(response, path === '/one' ? 404 : 200);
      await modelWithVersion();
      await settled(one, 'failed', 'failed');
      await settled(other, 'delivered', 'delivered');
      for (const call of receiver.calls) expect(isSigned(call, call.path.slice(1))).toBe(true);
    });

    it('is tried again under its id, signed anew, while those behind it wait', async () => {
      const webhookId = await hook();
      const answers = [500, 429, 200];
      receiver.respond = (call, response, earlier) =>
        answer(response, call.event === ALL[0] ? (answers[earlier] ?? 200) : 200, {
          'retry-after': '0',
        });
      const name = await modelWithVersion();
      await settled(webhookId, 'delivered', 'delivered');
      expect(receiver.calls.map(({ event }) => event)).toEqual([ALL[0], ALL[0], ALL[0], ALL[1]]);
      const [first] = receiver.calls;
      for (const call of receiver.calls.slice(0, 3)) {
        expect(call).toMatchObject({ deliveryId: first?.deliveryId, body: first?.body });
        expect(isSigned(call, SECRET)).toBe(true);
      }
      expect(distinct(receiver.calls)).toHaveLength(2);
      const { items } = await store.listWebhookDeliveries({ webhookId });
      expect(items.map(({ attempts, modelName }) => [attempts, modelName])).toEqual([
        [1, name],
        [3, name],
      ]);
    });

    it('that fails for good is a dead letter, which can be sent again; the queue goes on', async () => {
      const webhookId = await hook();
      let isUp = false;
      receiver.respond = (call, response) =>
        answer(response, isUp || call.event !== ALL[0] ? 200 : 503, { 'retry-after': '0' });
      await modelWithVersion();
      await settled(webhookId, 'failed', 'delivered');
      const failed = await store.listWebhookDeliveries({ states: ['failed'], webhookId });
      const [letter] = failed.items;
      expect(failed.items).toHaveLength(1);
      expect(letter).toMatchObject({
        event: ALL[0],
        // The first, and two more.
        attempts: 3,
        responseStatus: 503,
        error: 'The answer was 503.',
        finishedAt: expect.any(Number) as number,
      });
      isUp = true;
      await store.redeliverWebhookDelivery(letter?.deliveryId ?? '');
      await settled(webhookId, 'delivered', 'delivered');
      expect(receiver.calls.at(-1)?.deliveryId).toBe(letter?.deliveryId);
      await expect(store.redeliverWebhookDelivery('none')).rejects.toMatchObject({
        errorCode: 'RESOURCE_DOES_NOT_EXIST',
        message: 'Webhook delivery with ID none not found.',
      });
    });

    it('is tried once where it is old: a receiver that is gone holds up nobody', async () => {
      const webhookId = await hook(['model_version.created'], { url: 'http://127.0.0.1:1/' });
      const name = uniqueName('model');
      await store.createRegisteredModel({ name });
      await store.createModelVersion({ name, source: 's' });
      await store.createModelVersion({ name, source: 's' });
      await until('the first was tried', async () => {
        const { items } = await store.listWebhookDeliveries({ webhookId });
        return items.some(({ error }) => error !== undefined);
      });
      await store.db
        .updateTable('webhook_deliveries')
        .set({ created_at: 1 })
        .where('webhook_id', '=', webhookId)
        .execute();
      await settled(webhookId, 'failed', 'failed');
      const { items } = await store.listWebhookDeliveries({ webhookId });
      expect(items[0]?.attempts).toBe(1);
      expect(deadLetters.filter((line) => line.includes(webhookId))).toEqual(
        [...items]
          .reverse()
          .map(
            ({ deliveryId }) =>
              `webhook ${webhookId}: delivery ${deliveryId} of model_version.created ` +
              'is a dead letter. The request failed: ECONNREFUSED',
          ),
      );
    });

    it.each([
      [302, 'The answer was 302.'],
      [400, 'The answer was 400.'],
      [410, 'The answer was 410.'],
    ])('answered %i is not tried again', async (status, error) => {
      const webhookId = await hook(['registered_model.created']);
      receiver.respond = (_call, response) => answer(response, status, { location: receiver.url });
      await store.createRegisteredModel({ name: uniqueName('model') });
      await settled(webhookId, 'failed');
      expect(receiver.calls).toHaveLength(1);
      const { items } = await store.listWebhookDeliveries({ webhookId });
      expect(items[0]).toMatchObject({ attempts: 1, responseStatus: status, error });
    });

    it('waits for nobody who is not there', async () => {
      const webhookId = await hook(['registered_model.created'], { url: 'http://127.0.0.1:1/' });
      await store.createRegisteredModel({ name: uniqueName('model') });
      await until('it was tried', async () => {
        const { items } = await store.listWebhookDeliveries({ webhookId });
        return items[0]?.error === 'The request failed: ECONNREFUSED';
      });
      expect(await states(webhookId)).toEqual(['ready']);
      // Nothing is lost: it goes to where the webhook leads then.
      await store.updateWebhook(webhookId, { url: receiver.url });
      await settled(webhookId, 'delivered');
    });

    it('to one that was disabled waits until it is not', async () => {
      const webhookId = await hook(['registered_model.created']);
      let release = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      receiver.respond = (_call, response) =>
        void held.then(() => answer(response, 503, { 'retry-after': '0' }));
      const name = uniqueName('model');
      await store.createRegisteredModel({ name });
      await until('it is called', () => receiver.calls.length === 1);
      await store.updateWebhook(webhookId, { status: 'DISABLED' });
      receiver.respond = (_call, response) => response.end();
      release();
      await until('the try is counted', async () => {
        const { items } = await store.listWebhookDeliveries({ webhookId });
        return items[0]?.error === 'The answer was 503.';
      });
      // Nothing new is noted either.
      await store.createRegisteredModel({ name: uniqueName('model') });
      // What comes later is delivered: it isn't for a lack of looking.
      const other = await hook(['registered_model.created'], { url: `${receiver.url}/other` });
      await makeDue(webhookId);
      await store.createRegisteredModel({ name: uniqueName('model') });
      await settled(other, 'delivered');
      expect(await states(webhookId)).toEqual(['ready']);
      const callsOf = (path: string) => receiver.calls.filter((call) => call.path === path);
      expect(callsOf('/')).toHaveLength(1);
      await store.updateWebhook(webhookId, { status: 'ACTIVE' });
      await settled(webhookId, 'delivered');
      expect(callsOf('/')).toHaveLength(2);
      const { items } = await store.listWebhookDeliveries({ webhookId });
      expect(items[0]?.attempts).toBe(2);
    });

    it('to one that was deleted is cancelled', async () => {
      const webhookId = await hook();
      receiver.respond = (_call, response) => answer(response, 503, { 'retry-after': '3600' });
      await modelWithVersion();
      await until('it is called', () => receiver.calls.length === 1);
      await store.deleteWebhook(webhookId);
      await settled(webhookId, 'cancelled', 'cancelled');
      const { items } = await store.listWebhookDeliveries({ webhookId });
      await expect(
        store.redeliverWebhookDelivery(items[0]?.deliveryId ?? ''),
      ).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
    });

    it('keeps the order within each of many models, with many writers', async () => {
      const webhookId = await hook(['model_version.created']);
      const names = Array.from({ length: 6 }, () => uniqueName('model'));
      // One in five is refused at first.
      receiver.respond = (call, response, earlier) => {
        const refuses = earlier === 0 && Number(call.data['version']) % 5 === 0;
        answer(response, refuses ? 503 : 200, { 'retry-after': '0' });
      };
      await Promise.all(
        names.map(async (name) => {
          await store.createRegisteredModel({ name });
          for (let count = 0; count < 6; count += 1) {
            await store.createModelVersion({ name, source: 's' });
          }
        }),
      );
      await settled(webhookId, ...Array.from({ length: 36 }, () => 'delivered'));
      for (const name of names) {
        const versions = distinct(receiver.calls)
          .filter(({ data }) => data['name'] === name)
          .map(({ data }) => data['version']);
        expect(versions).toEqual(['1', '2', '3', '4', '5', '6']);
      }
    });

    it('is tested with an example of each event, once, whatever the answer', async () => {
      const webhookId = await hook(['model_version_alias.created', 'prompt.created']);
      expect(await store.testWebhook(webhookId)).toEqual({
        success: true,
        responseStatus: 200,
        responseBody: 'ok',
      });
      receiver.respond = (_call, response) => response.writeHead(500).end('broken');
      expect(await store.testWebhook(webhookId, webhookEventOf('budget_policy.exceeded'))).toEqual({
        success: false,
        responseStatus: 500,
        responseBody: 'broken',
      });
      expect(receiver.calls.map(({ event }) => event)).toEqual([
        'model_version_alias.created',
        'budget_policy.exceeded',
      ]);
      expect(receiver.calls.every((call) => isSigned(call, SECRET))).toBe(true);
      expect(await states(webhookId)).toEqual([]);
    });

    it.each([
      [
        'where it may not',
        { url: 'http://10.0.0.1/' },
        'Webhook URL must not resolve to a non-public IP address. ' +
          "'10.0.0.1' resolves to 10.0.0.1.",
      ],
      [
        'unsigned',
        // Of another key.
        { url: 'http://127.0.0.1:1/', secret: fernetEncrypt(newFernetKey(), 's') },
        "The webhook's secret can't be decrypted with the key of this server.",
      ],
    ])('never goes %s: it waits, uncounted, and says why', async (_, row, error) => {
      const webhookId = await foreignHook(row);
      await store.createRegisteredModel({ name: uniqueName('model') });
      await store.createRegisteredModel({ name: uniqueName('model') });
      await until('it says why', async () => {
        const { items } = await store.listWebhookDeliveries({ webhookId });
        return items.length === 2 && items.every((item) => item.error === error);
      });
      const { items } = await store.listWebhookDeliveries({ webhookId });
      for (const item of items) {
        expect(item).toMatchObject({ state: 'ready', attempts: 0, responseStatus: undefined });
      }
      expect(deadLetters.some((line) => line.includes(webhookId))).toBe(false);
      expect(await store.testWebhook(webhookId)).toMatchObject({ success: false });
      // Nobody could for a day: it is a dead letter. Any change of a webhook has all be looked at.
      await makeDue(webhookId, { created_at: 1 });
      await hook(['prompt.created']);
      await settled(webhookId, 'failed', 'failed');
      const failed = (await store.listWebhookDeliveries({ webhookId })).items;
      expect(failed.map((item) => [item.error, item.attempts])).toEqual([
        [error, 0],
        [error, 0],
      ]);
      expect(deadLetters.filter((line) => line.includes(webhookId))).toHaveLength(2);
    });

    it('goes out as soon as a change of the webhook lets it', async () => {
      const webhookId = await foreignHook({ url: 'http://10.0.0.1/' });
      await store.createRegisteredModel({ name: uniqueName('model') });
      await until('it says why', async () => {
        const { items } = await store.listWebhookDeliveries({ webhookId });
        return items[0]?.error !== undefined;
      });
      await store.updateWebhook(webhookId, { url: receiver.url });
      await settled(webhookId, 'delivered');
      const { items } = await store.listWebhookDeliveries({ webhookId });
      expect(items[0]).toMatchObject({ attempts: 1, error: undefined });
    });
  });
}

const shared = crateBackend();
describe.skipIf(shared.uri === undefined)('a process that may not call (CrateDB)', () => {
  it('leaves all to the one that may, and spoils nothing', async () => {
    receiver.calls.length = 0;
    receiver.respond = (_call, response) => response.end('ok');
    // With the defaults, as a program that embeds the store has them; and with another key.
    const programs = [
      await openStore(shared.uri, { webhooks: { pollIntervalMs: 10 } }),
      await openStore(shared.uri, {
        webhooks: { ...webhooks, pollIntervalMs: 10, secretEncryptionKey: `${'B'.repeat(42)}A=` },
      }),
    ];
    try {
      const server = await openStore(shared.uri, { webhooks: { ...webhooks, deliver: false } });
      programs.push(server);
      const { webhookId } = await server.createWebhook({
        name: 'h',
        url: receiver.url,
        secret: SECRET,
        events: [webhookEventOf('model_version.created')],
      });
      const name = uniqueName('model');
      await programs[0]?.createRegisteredModel({ name });
      for (const program of programs) await program.createModelVersion({ name, source: 's' });
      const deliveries = async () => (await server.listWebhookDeliveries({ webhookId })).items;
      await until('the head says why nobody sends it', async () =>
        (await deliveries()).some(({ error }) => error !== undefined));
      expect(new Set((await deliveries()).map(({ state }) => state))).toEqual(new Set(['ready']));
      expect(receiver.calls).toEqual([]);
      programs.push(await openStore(shared.uri, { webhooks }));
      await until('all came', () => distinct(receiver.calls).length === 3);
      await until('all are settled', async () =>
        (await deliveries()).every(({ state }) => state === 'delivered'));
      expect((await deliveries()).map(({ attempts, error }) => [attempts, error])).toEqual([
        [1, undefined],
        [1, undefined],
        [1, undefined],
      ]);
      expect(receiver.calls.map(({ data }) => data['version'])).toEqual(['1', '2', '3']);
    } finally {
      await Promise.all(programs.map((program) => program.close()));
      await dropSchema(shared.uri);
    }
  });
});

const closing = crateBackend();
describe.skipIf(closing.uri === undefined)('a store that is closed (CrateDB)', () => {
  it('waits for what is being sent, and leaves the rest for the next', async () => {
    receiver.calls.length = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    receiver.respond = (_call, response) => void held.then(() => response.end('ok'));
    const store = await openStore(closing.uri, { webhooks });
    try {
      await store.createWebhook({
        name: 'h',
        url: receiver.url,
        events: [webhookEventOf('model_version.created')],
      });
      const name = uniqueName('model');
      await store.createRegisteredModel({ name });
      await store.createModelVersion({ name, source: 's' });
      await store.createModelVersion({ name, source: 's' });
      await until('it is called', () => receiver.calls.length === 1);
      const closed = store.close();
      release();
      await closed;
      const next = await openStore(closing.uri, { webhooks: { ...webhooks, deliver: false } });
      const { items } = await next.listWebhookDeliveries({});
      expect([...items].reverse().map(({ state }) => state)).toEqual(['delivered', 'ready']);
      await next.close();
      // What was left goes out with the next that delivers.
      const last = await openStore(closing.uri, { webhooks });
      await until('the second came', () => receiver.calls.length === 2);
      await last.close();
      // One that doesn't answer in time is cut off: it was no try, and is due at once.
      receiver.respond = () => undefined;
      const impatient = await openStore(closing.uri, {
        webhooks: { ...webhooks, closeTimeoutMs: 50 },
      });
      await impatient.createModelVersion({ name, source: 's' });
      await until('the third is called', () => receiver.calls.length === 3);
      await impatient.close();
      const reader = await openStore(closing.uri, { webhooks: { ...webhooks, deliver: false } });
      const [third] = (await reader.listWebhookDeliveries({ maxResults: 1 })).items;
      expect(third).toMatchObject({ state: 'ready', attempts: 0, error: undefined });
      await reader.close();
    } finally {
      await dropSchema(closing.uri);
    }
  });
});
