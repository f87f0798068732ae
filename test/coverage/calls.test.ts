import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { startServer } from '../helpers/server.js';
import { callsFile, readCalls } from './calls.js';

describe('the calls of a client', () => {
  it('are noted where it is the stock one, and the answer a success', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mlflow-calls-'));
    const noted = await mkdtemp(join(tmpdir(), 'mlflow-calls-noted-'));
    const server = await startServer({
      cwd: folder,
      env: { CLIENT_CALLS_FILE: callsFile(noted, 'embedded') },
    });
    const get = (path: string, agent: string) =>
      fetch(`${server.url}/api/2.0/mlflow/${path}`, { headers: { 'User-Agent': agent } });
    const stock = 'mlflow-python-client/3.12.0';
    try {
      for (let time = 0; time < 2; time += 1) await get('experiments/get?experiment_id=0', stock);
      await get('experiments/get-by-name?experiment_name=Default', 'curl/8');
      await get('runs/get?run_id=none', stock);
      await get('nothing', stock);
    } finally {
      await server.stop();
    }
    expect(readCalls(noted)).toEqual({
      CrateDB: new Set(),
      embedded: new Set(['GET /api/2.0/mlflow/experiments/get']),
    });
    for (const each of [folder, noted]) await rm(each, { recursive: true, force: true });
  });
});
