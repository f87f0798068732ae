/** What the stock `mlflow` command does with a server of ours: run a project, and use its model. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { dropSchema } from '../helpers/crate-schema.js';
import { pythonWithMlflow } from '../helpers/python.js';
import { RestClient } from '../helpers/rest-client.js';
import { startModelServer, startServer, type TestServer } from '../helpers/server.js';
import { crateBackend, embedded } from '../helpers/stores.js';

const PROJECT = join(import.meta.dirname, 'project');
const COMMAND_TIMEOUT_MS = 120_000;
/** Longer than a command or the start of a server may take, so that these end first and are ended. */
const TIMEOUT_MS = 180_000;
const INPUT = { dataframe_split: { columns: ['x', 'y'], data: [[1, 2], [3, 4.5]] } };
const TRIPLED = { predictions: [{ x: 3, y: 6 }, { x: 9, y: 13.5 }] };

/** A run as the REST API has it, as far as it is looked at. */
interface FoundRun {
  readonly info: { readonly run_id: string };
  readonly data: { readonly tags: readonly { readonly key: string; readonly value: string }[] };
}

function tagsOf({ data }: FoundRun): Readonly<Record<string, string>> {
  return Object.fromEntries(data.tags.map(({ key, value }) => [key, value]));
}

const python = (await pythonWithMlflow()) ?? '';

for (const { name, uri } of [embedded, crateBackend()]) {
  const missing = python === '' || uri === undefined;
  const title = `the stock mlflow command (${name}; needs Python)`;
  describe.skipIf(missing)(title, { timeout: TIMEOUT_MS }, () => {
    const onCrate = name === 'CrateDB';
    let folder: string;
    let server: TestServer;
    let client: RestClient;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'mlflow-e2e-'));
      server = await startServer({ cwd: folder, backendStoreUri: onCrate ? uri : undefined });
      client = new RestClient(server.url);
      await mlflow(
        ...['run', PROJECT, '--experiment-name', 'e2e', '--run-name', 'nightly'],
        ...['-P', 'factor=3'],
      );
    });
    afterAll(async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
      if (onCrate) await dropSchema(uri);
    });

    /** The environment of all that is stock: our server, and the `python` that has mlflow. */
    function environment(): Readonly<Record<string, string>> {
      return {
        MLFLOW_TRACKING_URI: server.url,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
        PYTHONDONTWRITEBYTECODE: '1',
        LOGNAME: 'somebody',
        PATH: `${dirname(python)}${delimiter}${process.env['PATH'] ?? ''}`,
        // mlflow starts programs by bash, which reads ~/.bashrc where its input is a socket (as what
        // Node calls a pipe is) and no shell is around it: that may put another python first.
        SHLVL: '1',
      };
    }

    async function mlflow(...args: string[]): Promise<void> {
      await promisify(execFile)(python, ['-m', 'mlflow', ...args, '--env-manager', 'local'], {
        cwd: folder,
        env: { ...process.env, ...environment() },
        timeout: COMMAND_TIMEOUT_MS,
      });
    }

    async function searchRuns(filter: string): Promise<readonly FoundRun[]> {
      const experiment = await client.get('experiments/get-by-name', { experiment_name: 'e2e' });
      const { experiment_id: id } = experiment.body['experiment'] as { experiment_id: string };
      const { body } = await client.post('runs/search', { experiment_ids: [id], filter });
      return (body['runs'] ?? []) as readonly FoundRun[];
    }

    it('runs a project that logs here and registers its model', async () => {
      const [run, ...others] = await searchRuns("params.factor = '3' AND metrics.loss < 0.3");
      expect(others).toEqual([]);
      expect(run).toMatchObject({
        info: { run_name: 'nightly', status: 'FINISHED', user_id: 'somebody' },
        data: { metrics: [{ key: 'loss', value: 0.2, step: 4 }] },
        outputs: { model_outputs: [{ step: 0 }] },
      });
      expect(run === undefined ? {} : tagsOf(run)).toMatchObject({
        'mlflow.source.type': 'PROJECT',
        'mlflow.project.backend': 'local',
        'mlflow.project.entryPoint': 'main',
      });
      const runId = run?.info.run_id ?? '';
      const report = await fetch(
        `${server.url}/get-artifact?run_uuid=${runId}&path=notes/report.txt`,
      );
      expect(await report.text()).toBe('it converged');
      const version = await client.get('registered-models/alias', {
        name: 'scaled',
        alias: 'production',
      });
      expect(version.body).toMatchObject({ model_version: { version: '1', run_id: runId } });
    });

    it('predicts with a version by its alias', async () => {
      const [input, output] = [join(folder, 'input.json'), join(folder, 'output.json')];
      await writeFile(input, JSON.stringify(INPUT));
      await mlflow(
        ...['models', 'predict', '--model-uri', 'models:/scaled@production'],
        ...['--input-path', input, '--content-type', 'json', '--output-path', output],
      );
      expect(JSON.parse(await readFile(output, 'utf8'))).toEqual(TRIPLED);
    });

    it('serves a version by its number', async () => {
      const models = await startModelServer({
        python,
        modelUri: 'models:/scaled/1',
        cwd: folder,
        env: environment(),
      });
      try {
        const answer = await fetch(`${models.url}/invocations`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(INPUT),
        });
        expect([answer.status, await answer.json()]).toEqual([200, TRIPLED]);
      } finally {
        await models.stop();
      }
    });

    it('shows a project that fails as failed', async () => {
      await expect(
        mlflow('run', PROJECT, '--experiment-name', 'e2e', '--entry-point', 'fail'),
      ).rejects.toThrow(/failed/i);
      const runs = await searchRuns("attributes.status = 'FAILED'");
      expect(runs.map((run) => tagsOf(run)['mlflow.project.entryPoint'])).toEqual(['fail']);
    });
  });
}
