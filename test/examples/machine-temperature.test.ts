import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

import { afterAll, describe, expect, it } from 'vitest';

import { openStore, type Store } from '../../src/index.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { INSTALL_TIMEOUT_MS, pythonWithMlflow } from '../helpers/python.js';
import { startServer } from '../helpers/server.js';
import { crateBackend, embedded } from '../helpers/stores.js';
import { machineCsv, READINGS } from './machine-data.js';
import { examplePath, runExample, withFolder } from './run-example.js';

const MAIN = 'machine-temperature/main.ts';
const TESTED_WINDOWS = 3;

for (const backend of [embedded, crateBackend()]) {
  const onCrate = backend.name === 'CrateDB';
  describe.skipIf(backend.uri === undefined)(`machine-temperature (${backend.name})`, () => {
    afterAll(async () => {
      if (onCrate) await dropSchemaWithData(backend.uri);
    });

    it('loads, trains, and logs params, quality, plot and model', () =>
      withFolder(async (cwd) => {
        await writeFile(join(cwd, 'data.csv'), machineCsv());
        const args = ['--data', 'data.csv', ...(onCrate ? ['--store', backend.uri ?? ''] : [])];
        const printed = await runExample(MAIN, args, { cwd });
        expect(printed).toContain(`${READINGS} readings, ${READINGS} bins`);
        expect(printed).toMatch(/Artifacts: model\.json, plot\.svg in \//);

        const uri = onCrate ? backend.uri : `pglite:${join(cwd, 'mlflow-data')}`;
        const store = await openStore(uri, {
          artifactsDestination: join(cwd, onCrate ? 'mlartifacts' : 'mlflow-data/artifacts'),
        });
        try {
          await expectWholeRun(store);
        } finally {
          await store.close();
        }
      }));

    it('may run again on what it loaded', () =>
      withFolder(async (cwd) => {
        await writeFile(join(cwd, 'data.csv'), machineCsv());
        const args = ['--data', 'data.csv', ...(onCrate ? ['--store', backend.uri ?? ''] : [])];
        const first = await runExample(MAIN, args, { cwd });
        const second = await runExample(MAIN, args, { cwd });
        expect(second.split('\n').slice(0, 5)).toEqual(first.split('\n').slice(0, 5));
      }));
  });
}

async function expectWholeRun(store: Store): Promise<void> {
  const experiment = await store.getExperimentByName('machine-temperature');
  const { items } = await store.searchRuns({
    experimentIds: [experiment?.experimentId ?? ''],
    filter: "metrics.recall > 0 AND metrics.precision > 0.5 AND status = 'FINISHED'",
    orderBy: ['metrics.f1 DESC'],
  });
  const [run] = items;
  if (run === undefined) throw new Error('No run of that quality.');
  const params = Object.fromEntries(run.data.params.map(({ key, value }) => [key, value]));
  const metrics = Object.fromEntries(run.data.metrics.map(({ key, value }) => [key, value]));
  expect(params).toMatchObject({ detector: 'robust-z-score-of-rolling-mean', bin_minutes: '5' });
  expect(metrics).toMatchObject({ windows_detected: TESTED_WINDOWS });
  // Some alarms, and not all of them.
  expect(metrics['alarms']).toBeGreaterThan(0);
  expect(metrics['alarms']).toBeLessThan(Number(params['test_bins']) / 2);

  const history = async (metricKey: string) =>
    (await store.getMetricHistory({ runId: run.info.runId, metricKey })).items;
  expect((await history('time_to_detect_minutes')).map(({ step }) => step)).toEqual([1, 2, 3]);
  expect(await history('train_f1_by_threshold')).toHaveLength(76);

  const files = await store.artifacts.list(run.info.artifactUri);
  expect(files.map(({ path }) => path)).toEqual(['model.json', 'plot.svg']);
  const { stream } = await store.artifacts.read(run.info.artifactUri, 'plot.svg');
  const svg = await text(stream);
  expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
  // The labelled windows.
  expect(svg.match(/fill="#fdd9b5"/g)).toHaveLength(4);
  expect(svg).not.toContain('NaN');
}

/** The example's own table is beside MLflow's. */
async function dropSchemaWithData(uri: string | undefined): Promise<void> {
  const store = await openStore(uri);
  await store.db.schema.dropTable('machine_data').ifExists().execute();
  await store.close();
  await dropSchema(uri);
}

describe('machine-temperature, its options', () => {
  it('takes a URL', () =>
    withFolder(async (cwd) => {
      const server = createServer((_request, response) => response.end(machineCsv()));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      try {
        const args = ['--data', `http://127.0.0.1:${port}/data.csv`, '--store', 'pglite:memory'];
        expect(await runExample(MAIN, args, { cwd })).toContain(`${READINGS} readings`);
      } finally {
        server.close();
      }
    }));

  it('says what is missing', () =>
    withFolder(async (cwd) => {
      await expect(runExample(MAIN, [], { cwd })).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--data') as string,
      });
    }));
});

const python = await pythonWithMlflow();

describe.skipIf(python === undefined)('machine-temperature in Python, through the server', () => {
  it(
    'logs each epoch, params, quality, plot and model',
    () =>
      withFolder(async (cwd) => {
        await writeFile(join(cwd, 'data.csv'), machineCsv());
        const server = await startServer({ cwd });
        const epochs = 12;
        try {
          await promisify(execFile)(
            python ?? '',
            [
              examplePath('machine-temperature/python/main.py'),
              '--data',
              'data.csv',
              '--epochs',
              String(epochs),
            ],
            { cwd, env: { PATH: process.env['PATH'], MLFLOW_TRACKING_URI: server.url } },
          );
        } finally {
          await server.stop();
        }

        const store = await openStore(`pglite:${join(cwd, 'mlflow-data')}`);
        try {
          const experiment = await store.getExperimentByName('machine-temperature');
          const { items } = await store.searchRuns({
            experimentIds: [experiment?.experimentId ?? ''],
            filter: "metrics.recall > 0 AND status = 'FINISHED'",
          });
          const [run] = items;
          const loss = await store.getMetricHistory({
            runId: run?.info.runId ?? '',
            metricKey: 'loss',
          });
          expect(loss.items.map(({ step }) => step)).toEqual([...Array(epochs).keys()]);
          expect(loss.items.at(-1)?.value).toBeLessThan(loss.items[0]?.value ?? 0);
          const files = await store.artifacts.list(run?.info.artifactUri ?? '');
          expect(files.map(({ path }) => path)).toEqual(['model.json', 'plot.png']);
        } finally {
          await store.close();
        }
      }),
    INSTALL_TIMEOUT_MS,
  );
});
