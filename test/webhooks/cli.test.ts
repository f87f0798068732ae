import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { openStore, type Store, webhookEventOf } from '../../src/index.js';
import { uniqueName, withSchema } from '../helpers/stores.js';
import { answer, type Receiver, startReceiver, until } from './receiver.js';

const crateUrl = inject('crateUrl');
const MAIN = join(import.meta.dirname, '../../dist/src/cli/main.js');

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('mlflow-cratedb webhooks', () => {
  let receiver: Receiver;
  let folder = '';
  const options = {
    webhooks: { allowedSchemes: ['http'], allowedTargets: ['127.0.0.1'], pollIntervalMs: 50 },
  };
  const open = (): Promise<Store> => openStore(`pglite:${join(folder, 'mlflow-data')}`, options);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlflow-webhooks-cli-'));
    receiver = await startReceiver();
  });
  afterAll(async () => {
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  function webhooks(...args: readonly string[]): Promise<Ended> {
    return new Promise((resolve) => {
      const program = [MAIN, 'webhooks', ...args];
      execFile(process.execPath, program, { cwd: folder }, (error, stdout, stderr) =>
        resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }

  it('makes no database where there is none', async () => {
    expect(await webhooks('deliveries')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        'mlflow-cratedb: No deliveries in embedded PGlite in mlflow-data/db, not there yet:' +
        ' no tables; `ddl apply` makes them.\n',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('shows dead letters, and sends them again', async () => {
    let store = await open();
    const { webhookId } = await store.createWebhook({
      name: 'h',
      url: receiver.url,
      secret: 's',
      events: [webhookEventOf('registered_model.created')],
    });
    receiver.respond = ({ data }, response) =>
      answer(response, String(data['name']).startsWith('bad') ? 404 : 200);
    const [good, bad] = [uniqueName('good'), uniqueName('bad')];
    await store.createRegisteredModel({ name: good });
    await store.createRegisteredModel({ name: bad });
    await until('both were answered', async () => {
      const { items } = await store.listWebhookDeliveries({});
      return items.every(({ state }) => state === 'delivered' || state === 'failed');
    });
    await store.close();

    const all = await webhooks('deliveries');
    expect(all.exitCode).toBe(0);
    const lines = all.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      new RegExp(
        `^[\\da-f-]{36} {2}failed {5}\\S+Z {2}registered_model\\.created {2}${bad} {2}1 try {2}` +
          'The answer was 404\\.$',
      ),
    );
    expect(lines[1]).toMatch(new RegExp(`  delivered  .*  ${good}  1 try$`));
    expect((await webhooks('deliveries', '--limit', '1')).stdout.trimEnd()).toBe(lines[0]);
    expect((await webhooks('deliveries', '--webhook', 'none')).stdout).toBe('no deliveries\n');

    const failed = await webhooks('deliveries', '--failed', '--json');
    const letters = JSON.parse(failed.stdout) as { deliveryId: string }[];
    expect(letters).toEqual([
      expect.objectContaining({ webhookId, modelName: bad, state: 'failed', responseStatus: 404 }),
    ]);

    expect((await webhooks('redeliver', '--all')).stdout).toBe('1 delivery is due again\n');
    expect((await webhooks('deliveries', '--failed')).stdout).toBe('no deliveries\n');
    receiver.respond = (_call, response) => answer(response, 200);
    receiver.calls.length = 0;
    store = await open();
    await until('it came', () => receiver.calls.length === 1);
    await store.close();
    expect(receiver.calls[0]?.deliveryId).toBe(letters[0]?.deliveryId);
    const again = await webhooks('redeliver', letters[0]?.deliveryId ?? '', '--json');
    expect(JSON.parse(again.stdout)).toEqual({ redelivered: [letters[0]?.deliveryId] });
  });

  it.each([
    [['redeliver'], 1, 'webhooks redeliver takes ids of deliveries, or --all.'],
    [['redeliver', 'x', '--all'], 1, 'webhooks redeliver takes ids of deliveries, or --all.'],
    [['deliveries', '--limit', '0'], 1, "--limit must be a whole number from 1 on. Got '0'."],
    [['deliveries', '--bogus'], 1, "unknown option '--bogus'"],
    [['redeliver', 'none'], 1, 'Webhook delivery with ID none not found.'],
    [
      ['deliveries', '--backend-store-uri', 'sqlite:///x'],
      1,
      "The backend store URI 'sqlite:…' is not supported.",
    ],
  ])('says in one line what is wrong with %j', async (args, exitCode, message) => {
    const ended = await webhooks(...args);
    expect(ended).toMatchObject({ exitCode, stdout: '' });
    expect(ended.stderr).toContain(`mlflow-cratedb: ${message}`);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.skipIf(crateUrl === undefined)('makes and migrates no tables (CrateDB)', async () => {
    const uri = withSchema(crateUrl ?? '', uniqueName('webhooks_cli').replaceAll('-', '_'));
    const { searchParams, hostname, port } = new URL(uri);
    const schema = searchParams.get('schema') ?? '';
    const admin = new pg.Client({ host: hostname, port: Number(port || 5432), user: 'crate' });
    await admin.connect();
    const tables = async () => {
      const { rows } = await admin.query(
        'SELECT table_name FROM information_schema.tables WHERE table_schema = $1',
        [schema],
      );
      return rows as { table_name: string }[];
    };
    try {
      for (const args of [['deliveries', '--json'], ['redeliver', '--all'], ['redeliver', 'x']]) {
        const { exitCode, stdout, stderr } = await webhooks(...args, '--backend-store-uri', uri);
        expect(stderr).toMatch(
          new RegExp(
            `^mlflow-cratedb: No deliveries in CrateDB at .*, schema ${schema}: no tables; ` +
              '`ddl apply` makes them\\.\n$',
          ),
        );
        expect([exitCode, stdout]).toEqual([1, '']);
      }
      expect(await tables()).toEqual([]);

      await admin.query(
        `CREATE TABLE "${schema}".schema_version
         (component TEXT PRIMARY KEY, version INTEGER, applied_at BIGINT)
         CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`,
      );
      await admin.query(`INSERT INTO "${schema}".schema_version VALUES ('tables', 1, 1)`);
      const behind = await webhooks('deliveries', '--backend-store-uri', uri);
      expect(behind.stderr).toContain(': 2 migrations pending; `ddl migrate` runs them.');
      expect(behind.exitCode).toBe(1);
      expect(await tables()).toEqual([{ table_name: 'schema_version' }]);
    } finally {
      await admin.query(`DROP TABLE IF EXISTS "${schema}".schema_version`);
      await admin.end();
    }
  });
});
