import { describe, expect, it } from 'vitest';

import { CrateConnectionError } from '../../dialect/index.js';
import { MlflowError } from '../../src/domain/errors.js';
import type { Int64 } from '../../src/domain/int64.js';
import { modelCreated, versionCreated } from '../../src/domain/webhooks/index.js';
import { openStore, type Store, type WebhookEvent, webhookEventOf } from '../../src/index.js';
import {
  type Claim,
  createRepositories,
  type StoreContext,
  type WebhookOptions,
} from '../../src/store/index.js';
import {
  changeName,
  claimName,
  newModelId,
  nextGeneration,
} from '../../src/store/registry/names.js';
import { noWebhooks } from '../../src/store/webhooks/none.js';
import type { Note } from '../../src/store/webhooks/outbox.js';
import { judge, modelProof } from '../../src/store/webhooks/settle-pending.js';
import { describeStores, uniqueName } from '../helpers/stores.js';
import { FailingInserts } from '../webhooks/failing-inserts.js';

const KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const webhooks = { deliver: false, allowPrivateIps: true, secretEncryptionKey: KEY };
const URL = 'https://hooks.example/x';
const CREATED = webhookEventOf('model_version.created');
const PROMPT = webhookEventOf('prompt.created');
const ALIAS = webhookEventOf('model_version_alias.created');
const IS_PROMPT = { key: 'mlflow.prompt.is_prompt', value: 'true' };
const INVALID = { errorCode: 'INVALID_PARAMETER_VALUE' };
const missing = (id: string) => ({
  errorCode: 'RESOURCE_DOES_NOT_EXIST',
  message: `Webhook with ID ${id} not found.`,
});

/** What a server works with, over the store's database. */
function repositoriesOf(store: Store, others: Partial<WebhookOptions> = {}) {
  return createRepositories(contextOf(store), { ...noWebhooks, ...others });
}

function contextOf({ db }: Store): StoreContext {
  return {
    db,
    workspace: 'default',
    artifactRoot: '',
    truncateLongValues: true,
    now: () => Date.now(),
  };
}

function queuesOf(store: Store) {
  return repositoriesOf(store).webhooks;
}

/** A delivery as it lies in the table. */
function deliveryRow(webhookId: string, others: object = {}) {
  return {
    delivery_id: uniqueName('delivery'),
    webhook_id: webhookId,
    model_id: 'm',
    position: 1,
    event: 'model_version.created',
    model_name: 'm',
    body: '{}',
    state: 'ready',
    attempts: 0,
    owner: '',
    due_at: 1,
    created_at: 1,
    ...others,
  };
}

describeStores(
  'webhooks',
  (store, backend) => {
    function create(events: readonly WebhookEvent[] = [CREATED], others = {}) {
      return store().createWebhook({ name: 'hook', url: URL, events, ...others });
    }

    async function listening(event: WebhookEvent) {
      const { items } = await store().listWebhooksByEvent(event);
      return items.map(({ webhookId }) => webhookId);
    }

    async function eventRows(webhookId: string) {
      const rows = await store()
        .db.selectFrom('webhook_events')
        .select(['entity', 'action'])
        .where('webhook_id', '=', webhookId)
        .orderBy('entity')
        .execute();
      return rows.map(({ entity, action }) => `${entity}.${action}`);
    }

    /** What is written down for a webhook, the oldest first. */
    async function noted(webhookId: string) {
      const { items } = await store().listWebhookDeliveries({ webhookId, maxResults: 1_000 });
      return [...items].reverse().map(({ event, state }) => `${event} ${state}`);
    }

    it('are created, with the least and with all', async () => {
      const least = await create();
      expect(least).toEqual({
        webhookId: expect.stringMatching(/^[\da-f]{8}-[\da-f-]{27}$/) as string,
        name: 'hook',
        url: URL,
        events: [CREATED],
        description: undefined,
        status: 'ACTIVE',
        creationTimestamp: least.lastUpdatedTimestamp,
        lastUpdatedTimestamp: expect.any(Number) as number,
      });
      expect(await store().getWebhook(least.webhookId)).toEqual(least);
      const all = await create([PROMPT, CREATED, PROMPT], {
        description: 'd',
        secret: 's',
        status: 'DISABLED',
      });
      expect(all).toMatchObject({ description: 'd', status: 'DISABLED' });
      expect(all.events).toEqual([CREATED, PROMPT]);
      expect(await store().getWebhook(all.webhookId)).toEqual(all);
      expect(await eventRows(all.webhookId)).toEqual(['model_version.created', 'prompt.created']);
    });

    it('show their secret to nobody, nor does the table', async () => {
      const secret = 'a secret that is looked for';
      const hook = await create([CREATED], { secret });
      const other = await create([CREATED], { secret });
      const changed = await store().updateWebhook(other.webhookId, { secret: `${secret} too` });
      const { items } = await store().listWebhooks({});
      expect(JSON.stringify([hook, changed, items])).not.toContain('secret');
      const rows = await store().db.selectFrom('webhooks').selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain('looked for');
      const tokens = rows
        .filter(({ webhook_id: id }) => [hook.webhookId, other.webhookId].includes(id))
        .map((row) => row.secret);
      expect(tokens[0]).toMatch(/^gAAAA/);
      expect(tokens[1]).toMatch(/^gAAAA/);
    });

    it.each([
      [{ name: '-' }, "Webhook name '-' is invalid."],
      [{ name: 'a'.repeat(64) }, 'is invalid.'],
      [{ url: ' ' }, "Webhook URL cannot be empty or just whitespace: ' '"],
      [{ url: 'ftp://a/' }, "Invalid webhook URL scheme: 'ftp'."],
      [{ url: `${URL}/${'x'.repeat(500)}` }, "'url' exceeds the maximum length of 500"],
      [{ events: [] }, 'Webhook events must be a non-empty list of WebhookEvent objects: [].'],
      [
        { events: [{ entity: 'prompt', action: 'set' } as const] },
        "Invalid action 'set' for entity 'prompt'. Valid actions are: ['created']",
      ],
      [{ description: 'x'.repeat(1_001) }, "'description' exceeds the maximum length of 1000"],
      [{ secret: 'ü'.repeat(344) }, "'secret' exceeds the maximum length of 687 bytes"],
    ])('are refused, new and changed: %j', async (fields, text) => {
      const refusal = { ...INVALID, message: expect.stringContaining(text) as string };
      await expect(create([CREATED], fields)).rejects.toMatchObject(refusal);
      const hook = await create();
      await expect(store().updateWebhook(hook.webhookId, fields)).rejects.toMatchObject(refusal);
      expect(await store().getWebhook(hook.webhookId)).toEqual(hook);
    });

    it('take the longest of each', async () => {
      const hook = await create([CREATED], {
        name: 'a'.repeat(63),
        url: `https://h.example/${'x'.repeat(482)}`,
        description: '😀'.repeat(1_000),
        secret: 'x'.repeat(687),
      });
      expect(await store().getWebhook(hook.webhookId)).toEqual(hook);
    });

    it('are changed field by field, the events too', async () => {
      const hook = await create([CREATED, PROMPT], { description: 'd', secret: 's' });
      const renamed = await store().updateWebhook(hook.webhookId, { name: 'other' });
      expect(renamed).toEqual({
        ...hook,
        name: 'other',
        lastUpdatedTimestamp: renamed.lastUpdatedTimestamp,
      });
      const changed = await store().updateWebhook(hook.webhookId, {
        events: [ALIAS, CREATED],
        status: 'DISABLED',
      });
      expect(changed).toMatchObject({ name: 'other', status: 'DISABLED', description: 'd' });
      expect(changed.events).toEqual([CREATED, ALIAS]);
      expect(await store().getWebhook(hook.webhookId)).toEqual(changed);
      expect(await eventRows(hook.webhookId)).toEqual([
        'model_version.created',
        'model_version_alias.created',
      ]);
    });

    it('changed by many at once end whole, with the table of events in step', async () => {
      const hook = await create();
      const lists = [[CREATED], [PROMPT], [ALIAS, PROMPT], [CREATED, ALIAS]];
      await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          store().updateWebhook(hook.webhookId, {
            name: `n${String(index % 4)}`,
            events: lists[index % 4],
          }),
        ),
      );
      const { name, events } = await store().getWebhook(hook.webhookId);
      expect(events).toEqual(lists[Number(name.slice(1))]);
      expect(await eventRows(hook.webhookId)).toEqual(
        events.map(({ entity, action }) => `${entity}.${action}`),
      );
    });

    it('are not there once they are deleted', async () => {
      const { webhookId } = await create();
      await store().deleteWebhook(webhookId);
      for (const id of [webhookId, 'none']) {
        const refusal = missing(id);
        await expect(store().getWebhook(id)).rejects.toMatchObject(refusal);
        await expect(store().updateWebhook(id, { name: '-' })).rejects.toMatchObject(refusal);
        await expect(store().deleteWebhook(id)).rejects.toMatchObject(refusal);
        await expect(store().testWebhook(id)).rejects.toMatchObject(refusal);
      }
      const { items } = await store().listWebhooks({ maxResults: 1_000 });
      expect(items.map((hook) => hook.webhookId)).not.toContain(webhookId);
    });

    it('are listed page by page, the newest first', async () => {
      const made: string[] = [];
      for (let count = 0; count < 5; count += 1) made.unshift((await create()).webhookId);
      const seen: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await store().listWebhooks({ maxResults: 2, pageToken });
        expect(page.items.length).toBeLessThanOrEqual(2);
        seen.push(...page.items.map(({ webhookId }) => webhookId));
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      expect(seen.filter((id) => made.includes(id)).sort()).toEqual([...made].sort());
      expect(new Set(seen).size).toBe(seen.length);
      const times = await Promise.all(seen.map((id) => store().getWebhook(id)));
      const sorted = times.map(({ creationTimestamp }) => Number(creationTimestamp));
      expect(sorted).toEqual([...sorted].sort((a, b) => b - a));
      for (const maxResults of [-1, 1_001]) {
        await expect(store().listWebhooks({ maxResults })).rejects.toMatchObject({
          message: 'max_results must be between 1 and 1000.',
        });
      }
      await expect(store().listWebhooks({ pageToken: 'x' })).rejects.toMatchObject(INVALID);
    });

    it('are told of what they listen to, and of nothing that was refused', async () => {
      const hook = await create([CREATED, ALIAS, webhookEventOf('registered_model.created')]);
      const deaf = await create([PROMPT]);
      const off = await create([CREATED], { status: 'DISABLED' });
      const name = uniqueName('told');
      await store().createRegisteredModel({ name });
      await expect(store().createRegisteredModel({ name })).rejects.toThrow('already exists');
      await store().createModelVersion({ name, source: 's' });
      const lost = store().createModelVersion({ name: 'no', source: 's' });
      await expect(lost).rejects.toThrow('not found');
      await store().setRegisteredModelAlias(name, 'a', 1);
      await expect(store().setRegisteredModelAlias(name, 'a', 2)).rejects.toThrow('not found');
      await store().setModelVersionTag(name, 1, { key: 'k', value: 'v' });
      await store().renameRegisteredModel(name, `${name}-2`);
      await store().setRegisteredModelAlias(`${name}-2`, 'b', 1);
      expect(await noted(hook.webhookId)).toEqual([
        'registered_model.created ready',
        'model_version.created ready',
        'model_version_alias.created ready',
        'model_version_alias.created ready',
      ]);
      expect(await noted(deaf.webhookId)).toEqual([]);
      expect(await noted(off.webhookId)).toEqual([]);
      const rows = await store()
        .db.selectFrom('webhook_deliveries')
        .select(['model_id', 'model_name'])
        .where('webhook_id', '=', hook.webhookId)
        .orderBy('position')
        .execute();
      // One queue, whatever the model is called.
      expect(new Set(rows.map((row) => row.model_id)).size).toBe(1);
      expect(rows.map((row) => row.model_name)).toEqual([name, name, name, `${name}-2`]);
      for (const { webhookId } of [hook, deaf, off]) await store().deleteWebhook(webhookId);
      expect(new Set(await noted(hook.webhookId))).toEqual(
        new Set([
          'registered_model.created cancelled',
          'model_version.created cancelled',
          'model_version_alias.created cancelled',
        ]),
      );
    });

    it('with many queues that are due hide no others', async () => {
      const { db } = store();
      // What other tests left waiting.
      await db.deleteFrom('webhook_deliveries').execute();
      const name = uniqueName('queue');
      const row = (webhook: string, model: number, position: number) => ({
        delivery_id: `${webhook}-${String(model)}-${String(position)}-${name}`.slice(-36),
        webhook_id: `${webhook}-${name}`,
        model_id: `m${String(model)}`,
        position,
        event: 'model_version.created',
        model_name: 'm',
        body: '{}',
        state: 'ready',
        attempts: 0,
        owner: '',
        due_at: webhook === 'many' ? model : 1_000,
        created_at: 1,
      });
      const rows = [
        ...Array.from({ length: 30 }, (_, index) => row('many', index % 10, index)),
        row('one', 1, 100),
      ];
      for (const each of rows) await db.insertInto('webhook_deliveries').values(each).execute();
      const { queue } = queuesOf(store());
      const due = (await queue.due(4)).map(({ webhookId, modelId, head }) => [
        webhookId.split('-')[0],
        modelId,
        head.split('-')[2],
      ]);
      expect(due).toEqual([
        ['many', 'm0', '0'],
        ['one', 'm1', '100'],
        ['many', 'm1', '1'],
        ['many', 'm2', '2'],
      ]);
      const one = await queue.due(9, { webhookId: `one-${name}` });
      expect(one).toMatchObject([{ webhookId: `one-${name}`, modelId: 'm1' }]);
      expect(await queue.due(9, { except: [`many-${name}`] })).toEqual(one);
      expect(await queue.due(9, { except: [`many-${name}`, `one-${name}`] })).toEqual([]);
      const key = { webhookId: `many-${name}`, modelId: 'm4' };
      const waiting = await queue.waiting(key, 10);
      expect(waiting).toEqual([4, 14, 24].map((at) => row('many', 4, at).delivery_id));
      // Behind the head, nothing is due; of two who claim it, one has it.
      const head = waiting[0] ?? '';
      const claims = await Promise.all([queue.claim(head, 60_000), queue.claim(head, 60_000)]);
      const [claim, ...more] = claims.filter((each): each is Claim => typeof each === 'object');
      expect(more).toEqual([]);
      expect(claims).toContain('waits');
      expect(claim).toMatchObject({ attempts: 1, deliveryId: waiting[0] });
      expect((await queue.due(100)).some(({ modelId }) => modelId === 'm4')).toBe(false);
      // A claim of before, which another has taken over since, settles nothing.
      const delivered = { state: 'delivered', responseStatus: 200 } as const;
      const lost = { ...claim!, owner: 'another' };
      expect(await queue.settle(lost, delivered)).toBe(false);
      expect(await queue.settle(claim!, delivered)).toBe(true);
      expect(await queue.waiting(key, 10)).toEqual(waiting.slice(1));
      expect(await queue.claim(head, 60_000)).toBe('gone');
      // Nor where the other has settled it as well, in the meantime; again by itself is fine.
      expect(await queue.settle(lost, { state: 'failed', error: 'e' })).toBe(false);
      expect(await queue.settle(claim!, delivered)).toBe(true);
      await db.deleteFrom('webhook_deliveries').where('webhook_id', 'like', `%${name}`).execute();
    });

    it('that this process can’t send are left to others, and then say why', async () => {
      const { db } = store();
      const webhookId = uniqueName('refused');
      const { queue } = queuesOf(store());
      const now = Date.now();
      const rows = {
        fresh: deliveryRow(webhookId, { due_at: now + 50_000, created_at: now }),
        left: deliveryRow(webhookId, { due_at: now - 50_000, created_at: now - 50_000 }),
        // It was sent again by hand a moment ago.
        again: deliveryRow(webhookId, { due_at: now, created_at: 1 }),
        old: deliveryRow(webhookId, { due_at: now - 50_000, created_at: 1 }),
        sent: deliveryRow(webhookId, { state: 'delivered', due_at: 1 }),
        pending: deliveryRow(webhookId, { state: 'pending' }),
      };
      for (const row of Object.values(rows)) {
        await db.insertInto('webhook_deliveries').values(row).execute();
      }
      const refused = { error: 'not here', patienceMs: 10_000, giveUpAfterMs: 100_000 };
      const said: Record<string, string> = {};
      for (const [name, row] of Object.entries(rows)) {
        said[name] = (await queue.refuse(row.delivery_id, refused)).kind;
      }
      expect(said).toEqual({
        fresh: 'early',
        left: 'said',
        again: 'early',
        old: 'dead',
        sent: 'early',
        pending: 'early',
      });
      const { items } = await store().listWebhookDeliveries({ webhookId });
      const found = Object.entries(rows).map(([name, row]) => {
        const item = items.find(({ deliveryId }) => deliveryId === row.delivery_id);
        return [name, item?.state, item?.error, item?.attempts, item?.finishedAt !== undefined];
      });
      expect(found).toEqual([
        ['fresh', 'ready', undefined, 0, false],
        ['left', 'ready', 'not here', 0, false],
        ['again', 'ready', undefined, 0, false],
        ['old', 'failed', 'not here', 0, true],
        ['sent', 'delivered', undefined, 0, false],
        // Judged all the same: it must not be pending for good.
        ['pending', 'ready', undefined, 0, false],
      ]);
      // Nothing was taken from whoever can send it.
      expect(await queue.claim(rows.left.delivery_id, 60_000)).toMatchObject({ attempts: 1 });
      expect(await queue.refuse(rows.left.delivery_id, refused)).toEqual({ kind: 'early' });
      await db.deleteFrom('webhook_deliveries').where('webhook_id', '=', webhookId).execute();
    });

    it('are due at once where the webhook’s change may help, and only then', async () => {
      const { db } = store();
      const { webhookId } = await create();
      const later = Date.now() + 3_600_000;
      const { queue } = queuesOf(store());
      // Settled before, and never claimed; the latter by a redelivery, say.
      const claimed = deliveryRow(webhookId);
      const rows = [claimed, deliveryRow(webhookId, { due_at: later })];
      for (const row of rows) await db.insertInto('webhook_deliveries').values(row).execute();
      const claim = (await queue.claim(claimed.delivery_id, 60_000)) as Claim;
      await queue.settle(claim, { state: 'ready', afterMs: 3_600_000, error: 'e' });
      const postpone = () =>
        db
          .updateTable('webhook_deliveries')
          .set({ due_at: later })
          .where('webhook_id', '=', webhookId)
          .execute();
      const dueNow = async () => {
        const { items } = await store().listWebhookDeliveries({ webhookId });
        return items.filter(({ dueAt }) => dueAt < later - 60_000).length;
      };
      const changes = [
        [{ name: 'renamed' }, 0],
        [{ description: 'd', status: 'ACTIVE', url: URL }, 0],
        [{ url: `${URL}/new` }, 2],
        [{ secret: 'new' }, 2],
        [{ status: 'DISABLED' }, 0],
        [{ url: URL }, 0],
        [{ status: 'ACTIVE' }, 2],
      ] as const;
      for (const [change, expected] of changes) {
        await postpone();
        await store().updateWebhook(webhookId, change);
        expect([change, await dueNow()]).toEqual([change, expected]);
      }
      await store().deleteWebhook(webhookId);
    });

    it('of what the database refuses are not told', async () => {
      const SET = webhookEventOf('model_version_tag.set');
      const { webhookId } = await create([SET, CREATED]);
      const name = uniqueName('refused');
      await store().createRegisteredModel({ name });
      await store().createModelVersion({ name, source: 's' });
      const zero = store().setModelVersionTag(name, 1, { key: 'k', value: 'a\0b' });
      if (backend.name === 'embedded') await expect(zero).rejects.toMatchObject(INVALID);
      else await zero;
      expect(await noted(webhookId)).toEqual(
        backend.name === 'embedded'
          ? ['model_version.created ready']
          : ['model_version.created ready', 'model_version_tag.set ready'],
      );
      await store().deleteWebhook(webhookId);
    });

    describe('noted', () => {
      const described = (version: number) => ({
        modelId: 'm',
        events: ['model_version.created'] as const,
        proof: { kind: 'version', modelId: 'm', version } as const,
        describe: () => versionCreated({ name: 'm', version, source: 's' }),
      });
      const rowsOf = (webhookId: string) =>
        store()
          .db.selectFrom('webhook_deliveries')
          .select(['delivery_id', 'position', 'state', 'body', 'proof'])
          .where('webhook_id', '=', webhookId)
          .orderBy('position')
          .execute();

      it('again keep their id and place, and say what was noted last', async () => {
        const { webhookId } = await create();
        const { outbox } = queuesOf(store());
        let first: Awaited<ReturnType<typeof rowsOf>> = [];
        await outbox.record(async (note) => {
          await note(described(1));
          first = await rowsOf(webhookId);
          await note(described(2));
          const [row, ...more] = await rowsOf(webhookId);
          expect(more).toEqual([]);
          expect(row).toMatchObject({ state: 'pending', proof: expect.stringContaining('2') });
        });
        const [row, ...more] = await rowsOf(webhookId);
        expect(more).toEqual([]);
        expect(row).toMatchObject({
          delivery_id: first[0]?.delivery_id,
          position: first[0]?.position,
          state: 'ready',
          body: expect.stringContaining('"version": "2"'),
        });
        expect(first[0]?.body).toContain('"version": "1"');
        await store().deleteWebhook(webhookId);
      });

      it('again after the first was told are told for themselves', async () => {
        const { webhookId } = await create();
        const { outbox } = queuesOf(store());
        const tell = (state: string) =>
          store()
            .db.updateTable('webhook_deliveries')
            .set({ state })
            .where('webhook_id', '=', webhookId)
            .execute();
        await outbox.record(async (note) => {
          await note(described(1));
          await tell('delivered');
          await note(described(2));
        });
        const rows = await rowsOf(webhookId);
        expect(rows).toMatchObject([
          { state: 'ready', body: expect.stringContaining('"version": "2"') },
        ]);
        // One that was judged not to be made is written again, in its place.
        await outbox.record(async (note) => {
          await note(described(3));
          await tell('withdrawn');
          await note(described(4));
        });
        const [, row, ...more] = await rowsOf(webhookId);
        expect(more).toEqual([]);
        expect(row?.body).toContain('"version": "4"');
        await store().deleteWebhook(webhookId);
      });

      it('that fail beside what failed first are removed', async () => {
        const { webhookId } = await create();
        const { outbox } = queuesOf(store());
        let noting: Promise<void> | undefined;
        const change = outbox.record((note: Note) => {
          noting = note(described(1));
          return Promise.reject(new MlflowError('INVALID_PARAMETER_VALUE', 'refused'));
        });
        await expect(change).rejects.toThrow('refused');
        await noting;
        expect(await rowsOf(webhookId)).toEqual([]);
        // What may have been made stays, to be judged.
        const lost = new CrateConnectionError('away', { outcomeUnknown: true });
        await expect(
          outbox.record(async (note) => {
            await note(described(1));
            throw lost;
          }),
        ).rejects.toBe(lost);
        expect(await rowsOf(webhookId)).toMatchObject([{ state: 'pending' }]);
        await store().deleteWebhook(webhookId);
      });

      it('are ready though it took more than one attempt to say so', async () => {
        const { webhookId } = await create();
        const failing = new FailingInserts();
        const db = store().db.withPlugin(failing);
        const { outbox } = repositoriesOf({ ...store(), db }).webhooks;
        await outbox.record(async (note) => {
          await note(described(1));
          failing.left = 2;
        });
        expect(failing.left).toBe(0);
        expect(await rowsOf(webhookId)).toMatchObject([{ state: 'ready' }]);
        await store().deleteWebhook(webhookId);
      });
    });

    it('of a creation that was given up on are judged not to be made, however often', async () => {
      const context = contextOf(store());
      const name = uniqueName('given-up');
      const claim = async (instead?: Int64) => {
        const generation = await nextGeneration(context);
        const claimed = {
          ...{ name, generation, state: 'creating' as const, model_id: newModelId() },
          ...{ peer: null, peer_generation: null },
        };
        expect((await claimName(context, claimed, instead)).generation).toBe(generation);
        return generation;
      };
      const verdicts = (...generations: readonly Int64[]) =>
        Promise.all(
          generations.map((generation) =>
            judge(context, JSON.stringify(modelProof(name, generation))),
          ),
        );
      const first = await claim();
      expect(await verdicts(first)).toEqual(['not made']);
      const second = await claim(first);
      const third = await claim(second);
      expect(await verdicts(first, second, third)).toEqual(['not made', 'not made', 'not made']);
      await changeName(context, name, { generation: third, from: 'creating', to: 'live' });
      expect(await verdicts(first, second, third)).toEqual(['not made', 'not made', 'made']);
      // Once the name has had another model, nothing tells whether the last one was there.
      await changeName(context, name, { generation: third, from: 'live', to: 'free' });
      const next = await claim();
      expect(await verdicts(first, third, next)).toEqual(['unknown', 'unknown', 'not made']);
    });

    it('that another program wrote are heard of at the next start, or a minute later', async () => {
      const { db } = store();
      let elapsedMs = 0;
      const hear = async (repositories: ReturnType<typeof repositoriesOf>) => {
        await repositories.webhooks.outbox.record((note) =>
          note({
            modelId: 'm',
            events: ['prompt.created'],
            describe: () => modelCreated({ name: 'm', tags: [IS_PROMPT] }),
          }),
        );
      };
      const foreign = async () => {
        const webhookId = uniqueName('foreign');
        await db
          .insertInto('webhooks')
          .values({ webhook_id: webhookId, name: 'f', url: URL })
          .execute();
        const event = { webhook_id: webhookId, entity: 'prompt', action: 'created' };
        await db.insertInto('webhook_events').values(event).execute();
        return webhookId;
      };
      // As where there was never a webhook of ours.
      await db.deleteFrom('sequences').where('name', '=', 'webhooks:default').execute();
      const server = repositoriesOf(store(), { elapsedMs: () => elapsedMs });
      const first = await foreign();
      await hear(server);
      expect(await noted(first)).toEqual([]);
      expect(await server.webhooks.queue.version()).toBeUndefined();
      // At its start, another server takes it in, and then all hear of it.
      await repositoriesOf(store()).prepare();
      expect(await server.webhooks.queue.version()).toBe(1);
      await hear(server);
      expect(await noted(first)).toHaveLength(1);
      // From then on, a list is believed for a minute.
      const second = await foreign();
      await server.finishAbandoned();
      expect(await server.webhooks.queue.version()).toBe(1);
      elapsedMs += 59_999;
      await hear(server);
      expect(await noted(second)).toEqual([]);
      elapsedMs += 1;
      await hear(server);
      expect(await noted(second)).toHaveLength(1);
      // And the sweep of a server that runs does as a start.
      await db.deleteFrom('sequences').where('name', '=', 'webhooks:default').execute();
      await server.finishAbandoned();
      expect(await server.webhooks.queue.version()).toBe(1);
      for (const webhookId of [first, second]) await store().deleteWebhook(webhookId);
    });

    it('are removed from the table after their time', async () => {
      const { db } = store();
      const webhookId = uniqueName('swept');
      const old = ['delivered', 'cancelled', 'withdrawn', 'failed', 'ready', 'pending'];
      for (const [index, state] of [...old, 'delivered', 'failed'].entries()) {
        await db
          .insertInto('webhook_deliveries')
          .values({
            delivery_id: `${webhookId}-${String(index)}`,
            webhook_id: webhookId,
            model_id: 'm',
            position: index,
            event: 'prompt.created',
            model_name: 'm',
            body: '{}',
            state,
            attempts: 1,
            owner: '',
            due_at: 9_000_000_000_000,
            created_at: 1,
            finished_at: ['ready', 'pending'].includes(state)
              ? null
              : index < old.length
                ? 1_000
                : 9_000_000_000_000,
          })
          .execute();
      }
      await queuesOf(store()).queue.sweep({ deliveredMs: 1_000, failedMs: 1_000 });
      expect((await noted(webhookId)).map((line) => line.split(' ')[1])).toEqual([
        'ready',
        'pending',
        'delivered',
        'failed',
      ]);
      await db.deleteFrom('webhook_deliveries').where('webhook_id', '=', webhookId).execute();
    });

    it('are listed by an event, page by page, disabled ones too', async () => {
      const event = webhookEventOf('prompt_version_tag.deleted');
      const events = [CREATED, event];
      const first = await create(events);
      const second = await create([webhookEventOf('prompt_version_tag.set')]);
      const third = await create([event], { status: 'DISABLED' });
      const gone = await create(events);
      await store().deleteWebhook(gone.webhookId);
      const page = await store().listWebhooksByEvent(event, { maxResults: 1 });
      const rest = await store().listWebhooksByEvent(event, { pageToken: page.nextPageToken });
      const found = [...page.items, ...rest.items];
      expect(found.map(({ webhookId }) => webhookId).sort()).toEqual(
        [first.webhookId, third.webhookId].sort(),
      );
      expect(found.find(({ webhookId }) => webhookId === first.webhookId)?.events).toEqual(events);
      expect(rest.nextPageToken).toBeUndefined();
      await expect(
        store().listWebhooks({ pageToken: page.nextPageToken }),
      ).rejects.toMatchObject(INVALID);
      for (const { webhookId } of [first, second, third]) await store().deleteWebhook(webhookId);
    });

    it('that another program wrote are read by its table of events', async () => {
      const webhookId = uniqueName('foreign');
      const row = { webhook_id: webhookId, name: 'foreign', url: URL, creation_timestamp: 1 };
      await store().db.insertInto('webhooks').values(row).execute();
      for (const { entity, action } of [CREATED, PROMPT]) {
        const event = { webhook_id: webhookId, entity, action };
        await store().db.insertInto('webhook_events').values(event).execute();
      }
      expect((await store().getWebhook(webhookId)).events).toEqual([CREATED, PROMPT]);
      expect(await listening(PROMPT)).toContain(webhookId);
      expect(await listening(ALIAS)).not.toContain(webhookId);
      const changed = await store().updateWebhook(webhookId, { name: 'named' });
      expect(changed.events).toEqual([CREATED, PROMPT]);
      const name = uniqueName('heard');
      await store().createRegisteredModel({ name });
      await store().createModelVersion({ name, source: 's' });
      expect(await noted(webhookId)).toEqual(['model_version.created ready']);
      await store().updateWebhook(webhookId, { events: [ALIAS] });
      expect((await store().getWebhook(webhookId)).events).toEqual([ALIAS]);
      expect(await eventRows(webhookId)).toEqual(['model_version_alias.created']);
      await store().deleteWebhook(webhookId);
    });

    // The embedded database has one process.
    if (backend.name === 'embedded') return;
    describe('of another server', () => {
      it('are heard of at once, made, changed and deleted', async () => {
        const other: Store = await openStore(backend.uri, { webhooks });
        try {
          const name = uniqueName('model');
          await store().createRegisteredModel({ name });
          await store().createModelVersion({ name, source: 's' });
          const { webhookId } = await other.createWebhook({ name: 'h', url: URL, events: [ALIAS] });
          await store().setRegisteredModelAlias(name, 'a', 1);
          expect(await noted(webhookId)).toEqual(['model_version_alias.created ready']);
          await other.updateWebhook(webhookId, { events: [CREATED] });
          await store().setRegisteredModelAlias(name, 'a', 1);
          await store().createModelVersion({ name, source: 's' });
          expect(await noted(webhookId)).toEqual([
            'model_version_alias.created ready',
            'model_version.created ready',
          ]);
          await other.updateWebhook(webhookId, { status: 'DISABLED' });
          await store().createModelVersion({ name, source: 's' });
          expect(await noted(webhookId)).toHaveLength(2);
          await other.updateWebhook(webhookId, { status: 'ACTIVE' });
          await store().createModelVersion({ name, source: 's' });
          expect(await noted(webhookId)).toHaveLength(3);
          await other.deleteWebhook(webhookId);
          await store().createModelVersion({ name, source: 's' });
          expect(await noted(webhookId)).toHaveLength(3);
        } finally {
          await other.close();
        }
      });

      it('take no secret without a key that all servers have', async () => {
        const other = await openStore(backend.uri, {
          webhooks: { ...webhooks, secretEncryptionKey: undefined },
        });
        try {
          const hook = { name: 'h', url: URL, events: [CREATED] };
          await expect(other.createWebhook({ ...hook, secret: 's' })).rejects.toMatchObject({
            ...INVALID,
            message: expect.stringContaining('MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY') as string,
          });
          const { webhookId } = await other.createWebhook(hook);
          await other.deleteWebhook(webhookId);
        } finally {
          await other.close();
        }
      });
    });
  },
  { webhooks },
);
