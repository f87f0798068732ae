/**
 * Webhooks over several processes: two servers on one CrateDB, servers that are killed while they
 * send, and processes that are killed between an event and its change.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openStore, type Store, webhookEventOf } from '../../src/index.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { RestClient } from '../helpers/rest-client.js';
import { startServer, type TestServer } from '../helpers/server.js';
import { crateBackend, uniqueName } from '../helpers/stores.js';
import {
  answer,
  distinct,
  isSigned,
  type Receiver,
  startReceiver,
  until,
} from '../webhooks/receiver.js';

const SECRET = 'shared';
const KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const env = {
  MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http',
  MLFLOW_CRATEDB_WEBHOOK_ALLOWED_TARGETS: '127.0.0.1',
  MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY: KEY,
  // A claim outlives the server that held it by this and a little more.
  MLFLOW_WEBHOOK_REQUEST_TIMEOUT: '1',
};
const crate = crateBackend();

let receiver: Receiver;
let folder = '';
beforeAll(async () => {
  receiver = await startReceiver();
  folder = await mkdtemp(join(tmpdir(), 'mlflow-webhooks-'));
});
afterAll(async () => {
  await receiver.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  receiver.calls.length = 0;
  receiver.respond = (_call, response) => response.end('ok');
});

async function createHook(client: RestClient, entity: string): Promise<string> {
  const { status, body } = await client.post('webhooks', {
    name: 'hook',
    url: receiver.url,
    secret: SECRET,
    events: [{ entity, action: 'CREATED' }],
  });
  expect(status).toBe(200);
  return (body['webhook'] as { webhook_id: string }).webhook_id;
}

async function createVersion(client: RestClient, name: string): Promise<void> {
  const { status } = await client.post('model-versions/create', { name, source: 's3://b/m' });
  expect(status).toBe(200);
}

/** The versions of a model that came, each delivery once, in the order in which they came. */
function versionsOf(name: string): readonly number[] {
  return distinct(receiver.calls)
    .filter(({ data }) => data['name'] === name)
    .map(({ data }) => Number(data['version']));
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Never answers the first call, as a receiver that hangs; answers who is told of it. */
function holdFirst(): { release: () => void } {
  let isHeld = true;
  receiver.respond = (_call, response) => {
    if (!isHeld) response.end('ok');
  };
  return {
    release: () => {
      isHeld = false;
    },
  };
}

describe.skipIf(crate.uri === undefined)('webhooks of two servers (CrateDB)', () => {
  const servers: TestServer[] = [];
  const client = (turn: number) => new RestClient(servers[turn % servers.length]?.url ?? '');

  beforeAll(async () => {
    const options = { cwd: folder, env, backendStoreUri: crate.uri };
    servers.push(...(await Promise.all([startServer(options), startServer(options)])));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await dropSchema(crate.uri);
  });
  afterEach(async () => {
    const { body } = await client(1).get('webhooks', {});
    for (const { webhook_id: id } of (body['webhooks'] ?? []) as { webhook_id: string }[]) {
      await fetch(`${servers[1]?.url ?? ''}/api/2.0/mlflow/webhooks/${id}`, {
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
    }
  });

  it('tell each model’s versions in order, each once, signed', async () => {
    await createHook(client(0), 'MODEL_VERSION');
    const names = Array.from({ length: 5 }, () => uniqueName('ordered'));
    // Refused at first, now and then: what is behind waits.
    receiver.respond = (call, response, earlier) => {
      const refuses = earlier === 0 && Number(call.data['version']) % 4 === 0;
      answer(response, refuses ? 500 : 200, { 'retry-after': '0' });
    };
    await Promise.all(
      names.map(async (name, model) => {
        await client(model).post('registered-models/create', { name });
        // One after the other, in turn through both servers.
        for (const version of upTo(8)) await createVersion(client(model + version), name);
      }),
    );
    await until('all came', () => distinct(receiver.calls).length === 40);
    for (const name of names) expect(versionsOf(name)).toEqual(upTo(8));
    expect(receiver.calls.every((call) => isSigned(call, SECRET))).toBe(true);
  });

  it('tell all of what many write to one model at once, each once', async () => {
    await createHook(client(0), 'MODEL_VERSION');
    const name = uniqueName('contended');
    await client(0).post('registered-models/create', { name });
    await Promise.all(upTo(24).map((turn) => createVersion(client(turn), name)));
    await until('all came', () => receiver.calls.length === 24);
    expect([...versionsOf(name)].sort((a, b) => a - b)).toEqual(upTo(24));
  });

  it('take over from one that is killed while it sends: same id, still in order', async () => {
    await createHook(client(1), 'MODEL_VERSION');
    const name = uniqueName('taken-over');
    const { release } = holdFirst();
    const [dying, other] = servers;
    // Halted, it can't be the one that calls.
    other?.process.kill('SIGSTOP');
    try {
      await client(0).post('registered-models/create', { name });
      for (let count = 0; count < 3; count += 1) await createVersion(client(0), name);
      await until('the first is being sent', () => receiver.calls.length === 1);
      await dying?.kill9();
      expect(receiver.calls).toHaveLength(1);
    } finally {
      other?.process.kill('SIGCONT');
    }
    // Whatever comes now is the other's, after the claim of the dead one has run out.
    release();
    await until('all came', () => distinct(receiver.calls).length === 3);
    expect(versionsOf(name)).toEqual([1, 2, 3]);
    const [first, again] = receiver.calls;
    expect(again).toMatchObject({ deliveryId: first?.deliveryId, body: first?.body });
    expect(receiver.calls).toHaveLength(4);
    expect(receiver.calls.every((call) => isSigned(call, SECRET))).toBe(true);
  });
});

describe('webhooks of one server (embedded)', () => {
  it('are told after a restart what was not told before it was killed', async () => {
    const server = await startServer({ cwd: folder, env });
    let client = new RestClient(server.url);
    await createHook(client, 'MODEL_VERSION');
    const name = uniqueName('restarted');
    const { release } = holdFirst();
    await client.post('registered-models/create', { name });
    for (let count = 0; count < 3; count += 1) await createVersion(client, name);
    await until('the first is being sent', () => receiver.calls.length === 1);
    await server.kill9();
    release();
    const restarted = await startServer({ cwd: folder, env });
    try {
      client = new RestClient(restarted.url);
      await createVersion(client, name);
      await until('all came', () => distinct(receiver.calls).length === 4);
      expect(versionsOf(name)).toEqual([1, 2, 3, 4]);
      expect(receiver.calls[1]?.deliveryId).toBe(receiver.calls[0]?.deliveryId);
    } finally {
      await restarted.stop();
    }
  });
});

/** Opens a store, makes one change, and is killed before its `occurrence`-th such statement. */
const DYING_PROCESS = `
  const [uri, statement, occurrence, name, index] = process.argv.slice(1);
  const { openStore } = await import(index);
  let left = Number(occurrence);
  let armed = false;
  const store = await openStore(uri, {
    webhooks: { deliver: false, changeTimeoutMs: 100 },
    onStatement: ({ sql }) => {
      const [verb, table] = statement.split('|');
      // The table that it writes to, not those that it reads.
      const [written = ''] = sql.replace(verb, '').trim().split(' ');
      if (!armed || !sql.startsWith(verb) || !written.endsWith('"' + table + '"')) return;
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
    },
  });
  armed = true;
  await store.createModelVersion({ name, source: 's3://b/m', tags: [{ key: 'k', value: 'v' }] });
  await store.close();
`;

describe.skipIf(crate.uri === undefined)('a process killed between (CrateDB)', () => {
  const place = crateBackend();
  let store: Store;
  beforeAll(async () => {
    store = await openStore(place.uri, {
      webhooks: {
        allowedSchemes: ['http'],
        allowedTargets: ['127.0.0.1'],
        secretEncryptionKey: KEY,
        pollIntervalMs: 50,
      },
    });
    await store.createWebhook({
      name: 'hook',
      url: receiver.url,
      secret: SECRET,
      events: [webhookEventOf('model_version.created')],
    });
  });
  afterAll(async () => {
    await store.close();
    await dropSchema(place.uri);
  });

  async function dies(name: string, statement: string, occurrence: number): Promise<void> {
    const index = new URL('../../dist/src/index.js', import.meta.url).href;
    const child = spawn(
      process.execPath,
      [
        ...['--input-type=module', '-e', DYING_PROCESS],
        ...[place.uri ?? '', statement, String(occurrence), name, index],
      ],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
  }

  it.each([
    ['the event and its change', 'insert into|model_versions', 1, false],
    ['its change and the end of the event', 'insert into|webhook_deliveries', 2, true],
    ['its change and the model’s time', 'update|registered_models', 1, true],
  ])('%s: told if it was made, and only then', async (_, statement, occurrence, isMade) => {
    const name = uniqueName('killed');
    await store.createRegisteredModel({ name });
    await dies(name, statement, occurrence);
    const { items } = await store.searchModelVersions({ filter: `name = '${name}'` });
    expect(items).toHaveLength(isMade ? 1 : 0);
    // What comes after waits for the verdict, and then goes out.
    const { version } = await store.createModelVersion({ name, source: 's3://b/m' });
    await until('the next came', () => versionsOf(name).includes(version));
    expect(versionsOf(name)).toEqual(isMade ? [1, 2] : [2]);
    const expected = ['delivered', isMade ? 'delivered' : 'withdrawn'];
    await until(`the states are ${expected.join()}`, async () => {
      const { items: noted } = await store.listWebhookDeliveries({ maxResults: 1_000 });
      const ofModel = noted.filter(({ modelName }) => modelName === name);
      return ofModel.map(({ state }) => state).join() === expected.join();
    });
  });
});
