import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { adoptSchema, diffSchema, isDrift, type AdoptReport } from '../../ddl/index.js';
import { openStore } from '../../src/index.js';
import { transportUrl } from '../dialect/transport-url.js';
import { pythonWithMlflowCratedb } from '../helpers/python.js';
import { startPythonCratedbServer, type TestServer } from '../helpers/server.js';
import { withSchema } from '../helpers/stores.js';

const run = promisify(execFile);
const crateUrl = inject('crateUrl');
const python = crateUrl === undefined ? undefined : await pythonWithMlflowCratedb();

const EXPERIMENTS = 25;
const RUNS = 500;
const POINTS = 100_000;
const TWICE = 5_000;

describe.skipIf(python === undefined)('a schema that the Python program filled (CrateDB)', () => {
  const schema = `adopt_${randomBytes(4).toString('hex')}`;
  const uri = withSchema(crateUrl ?? 'crate://none', schema);
  let pool: pg.Pool;
  let folder: string;
  let server: TestServer | undefined;
  let experiment: string;
  let runId: string;
  let before: Map<string, number>;
  let report: AdoptReport;

  async function script(name: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(python!, [join(import.meta.dirname, name), ...args], {
      cwd: folder,
      env: { ...process.env, MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: 'true', GIT_PYTHON_REFRESH: 'quiet' },
    });
    return stdout.trim().split('\n').at(-1) ?? '';
  }

  async function counts(): Promise<Map<string, number>> {
    const { rows } = await pool.query<{ table_name: string }>(
      'SELECT table_name FROM information_schema.tables WHERE table_schema = $1',
      [schema],
    );
    const found = new Map<string, number>();
    for (const { table_name: name } of rows) {
      await pool.query(`REFRESH TABLE "${schema}"."${name}"`);
      const { rows: [row] } = await pool.query<{ n: string }>(
        `SELECT count(*) AS n FROM "${schema}"."${name}"`,
      );
      found.set(name, Number(row?.n));
    }
    return found;
  }

  /** Much more of what the program wrote, put into its tables directly. */
  async function multiply(): Promise<void> {
    const at = (name: string) => `"${schema}"."${name}"`;
    const many = (columns: string, table: string, values: string, to: number) =>
      pool.query(`INSERT INTO ${at(table)} (${columns}) SELECT ${values} FROM generate_series(1, ${to}) AS t (x)`);
    await many(
      'experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time',
      'experiments',
      "100 + x, 'many ' || x, 'mlflow-artifacts:/' || x, 'active', x, x",
      EXPERIMENTS,
    );
    await many(
      'run_uuid, name, source_type, user_id, status, start_time, lifecycle_stage, artifact_uri, experiment_id',
      'runs',
      `'many' || x, 'run ' || x, 'LOCAL', 'u', 'FINISHED', x, 'active', 'mlflow-artifacts:/', 101 + x % ${EXPERIMENTS}`,
      RUNS,
    );
    const point = `'loss', x / 7.0, 1000 + x, x / ${RUNS}, false, 'many' || (1 + x % ${RUNS})`;
    for (const some of [POINTS, TWICE]) {
      await many('key, value, timestamp, step, is_nan, run_uuid', 'metrics', point, some);
    }
    await many(
      'key, value, timestamp, step, is_nan, run_uuid',
      'latest_metrics',
      `'loss', x / 7.0, x, x, false, 'many' || x`,
      RUNS,
    );
    await many('key, value, run_uuid', 'params', "'p', 'v' || x, 'many' || x", RUNS);
    await many('key, value, run_uuid', 'tags', "'t', 'v' || x, 'many' || x", RUNS);
    await many('name, creation_time, last_updated_time', 'registered_models', "'m' || x, x, x", 30);
    await many('name, version, creation_time, current_stage, status', 'model_versions', "'m' || (1 + x % 30), 1 + x / 30, x, 'None', 'READY'", 89);
    await many('key, value, request_id', 'trace_tags', "'k', 'v', 'tr-' || x", 2_000);
    await many('request_id, experiment_id, timestamp_ms, status', 'trace_info', "'tr-' || x, 101, x, 'OK'", 2_000);
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlflow-adopt-'));
    const { hostname: host, port, username: user } = new URL(crateUrl!);
    pool = new pg.Pool({ host, port: Number(port || 5432), user, max: 2 });
    const { host: http } = new URL(await transportUrl(crateUrl!, 'http'));
    server = await startPythonCratedbServer({
      python: python!,
      cwd: folder,
      backendStoreUri: `crate://${user}@${http}/?schema=${schema}`,
    });
    [experiment = '', runId = ''] = (await script('python_fill.py', server.url)).split(' ');
    await multiply();
    before = await counts();
    report = await adoptSchema(
      { execute: (statement) => pool.query(statement) },
      { engine: 'cratedb', schema, shards: 1, replicas: 0 },
    );
  });
  afterAll(async () => {
    await server?.stop();
    const { rows } = await pool.query<{ table_name: string }>(
      'SELECT table_name FROM information_schema.tables WHERE table_schema = $1',
      [schema],
    );
    for (const { table_name: name } of rows) await pool.query(`DROP TABLE "${schema}"."${name}"`);
    await pool.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('has every row, counted table by table, and each point once', async () => {
    const after = await counts();
    for (const [table, rows] of before) {
      const { before: found, merged, after: now } = report.tables.find((one) => one.table === table)!;
      expect({ table, rows: found }).toEqual({ table, rows });
      expect({ table, rows: after.get(table) }).toEqual({ table, rows: rows - merged });
      expect(now, table).toBe(after.get(table));
      // Of each of three runs one point was logged twice by the program itself.
      expect(merged, table).toBe(table === 'metrics' ? TWICE + 3 : 0);
    }
    expect(before.get('metrics')).toBeGreaterThan(POINTS + TWICE);
    expect(before.get('experiments')).toBeGreaterThan(EXPERIMENTS);
    const live = await diffSchema(
      { execute: (statement) => pool.query(statement) },
      { engine: 'cratedb', schema },
    );
    expect(live.filter((change) => isDrift([change])).map(({ message }) => message)).toEqual([]);
  });

  it('is shown by our store, by name, search, history and registry', async () => {
    const store = await openStore(uri, { artifactsDestination: folder });
    try {
      const found = await store.getExperimentByName('made by python');
      expect(found).toMatchObject({ experimentId: experiment, tags: [{ key: 'team', value: 'a' }] });
      expect((await store.searchExperiments({ viewType: 'ALL' })).items).toHaveLength(EXPERIMENTS + 3);
      const runs = await store.searchRuns({
        experimentIds: [experiment],
        filter: "params.lr = '2' and metrics.loss < 0.1",
      });
      expect(runs.items.map(({ info }) => info.runId)).toEqual([runId]);
      const history = await store.getMetricHistory({ runId, metricKey: 'twice' });
      expect(history.items).toHaveLength(1);
      expect((await store.getMetricHistory({ runId: 'many7', metricKey: 'loss' })).items).toHaveLength(POINTS / RUNS);
      expect((await store.searchRegisteredModels({ maxResults: 100 })).items).toHaveLength(31);
      expect((await store.searchModelVersions({ maxResults: 1_000 })).items).toHaveLength(90);
      expect(await store.getModelVersionByAlias('python model', 'champion')).toMatchObject({ version: 1, runId });
      await expect(store.createExperiment({ name: 'made by python' })).rejects.toThrow(/already exists/);
      const next = await store.createExperiment({ name: 'made by us' });
      expect(BigInt(next)).toBeGreaterThan(BigInt(experiment));
    } finally {
      await store.close();
    }
  });

  it('is still read and written by the Python program', async () => {
    const { experiment: theirs, run: theirRun } = JSON.parse(
      await script('python_flow.py', server!.url, experiment, runId),
    ) as { experiment: string; run: string };
    const store = await openStore(uri, { artifactsDestination: folder });
    try {
      const there = await store.getRun(theirRun);
      expect(there).toMatchObject({ info: { experimentId: theirs, lifecycleStage: 'deleted' } });
      expect((await store.searchModelVersions({ filter: "name = 'python model'" })).items).toHaveLength(2);
    } finally {
      await store.close();
    }
  });
});
