import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { TransactionsNotSupportedError } from '../../dialect/index.js';
import { lockFolder } from '../../src/db/folder-lock.js';
import { openStore } from '../../src/index.js';
import { RestClient } from '../helpers/rest-client.js';
import { startServer } from '../helpers/server.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlflow-embedded-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the embedded database', () => {
  it('keeps everything acknowledged when its process is killed at any moment', async () => {
    let acknowledged = 0;
    for (let round = 0; round < 3; round += 1) {
      const server = await startServer({ cwd: folder });
      const client = new RestClient(server.url);
      if (round === 0) await client.post('experiments/create', { name: 'killed' });
      const found = await client.get('experiments/get-by-name', { experiment_name: 'killed' });
      const { experiment_id, tags = [] } = found.body['experiment'] as {
        experiment_id: string;
        tags?: unknown[];
      };
      expect(tags.length).toBeGreaterThanOrEqual(acknowledged);
      // Writes go on without a pause; the kill comes in the middle of one of them.
      const writing = (async () => {
        for (;;) {
          const key = `k${String(acknowledged)}`;
          const { status } = await client.post('experiments/set-experiment-tag', {
            experiment_id,
            key,
            value: 'v'.repeat(5_000),
          });
          if (status !== 200) throw new Error(`status ${String(status)}`);
          acknowledged += 1;
        }
      })().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.kill9();
      await writing;
    }
    expect(acknowledged).toBeGreaterThan(10);
    const store = await openStore(`pglite:${join(folder, 'mlflow-data')}`);
    const experiment = await store.getExperimentByName('killed');
    const keys = new Set(experiment?.tags.map(({ key }) => key));
    const lost = Array.from({ length: acknowledged }, (_, i) => `k${String(i)}`).filter(
      (key) => !keys.has(key),
    );
    expect(lost).toEqual([]);
    await store.close();
  });

  it('opens a folder once, and again after it was closed', async () => {
    const uri = `pglite:${folder}`;
    const store = await openStore(uri);
    await expect(openStore(uri)).rejects.toThrow(/is already open in process \d+ on /);
    await store.close();
    const again = await openStore(uri);
    expect((await again.getExperiment('0')).name).toBe('Default');
    await again.close();
  });

  it('refuses transactions, as CrateDB does', async () => {
    const store = await openStore('pglite:memory');
    await expect(
      store.db.transaction().execute((db) => db.selectFrom('runs').select('run_uuid').execute()),
    ).rejects.toThrow(TransactionsNotSupportedError);
    await store.close();
  });
});

describe('the lock of a data folder', () => {
  it('is given back', async () => {
    const unlock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({ name: 'DataFolderInUseError' });
    await unlock();
    await (await lockFolder(folder))();
  });
});
