import { appendFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase } from '../../src/db/open.js';
import { countSource, ImportCollisionError, openSource } from '../../src/import/index.js';
import { openStore } from '../../src/index.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { pythonWithMlflow } from '../helpers/python.js';
import { startStockServer } from '../helpers/server.js';
import { type Backend, crateBackend } from '../helpers/stores.js';
import { importInto, totals } from './import-into.js';
import { dump, dumpOfOurs, fill } from './stock.js';

const python = await pythonWithMlflow();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlflow-import-files-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(python === undefined)("a file store that MLflow's own client filled", { timeout: 240_000 }, () => {
  const backends: readonly Backend[] = [{ name: 'embedded', uri: undefined }, crateBackend()];
  let mlruns: string;
  let stockSees: Record<string, unknown>;
  beforeAll(async () => {
    mlruns = join(folder, 'mlruns');
    await fill(python!, mlruns, folder);
    const stock = await startStockServer({
      python: python!,
      cwd: folder,
      env: { MLFLOW_ALLOW_FILE_STORE: 'true' },
      // The last one counts.
      args: ['--backend-store-uri', mlruns],
    });
    try {
      stockSees = (await dump(python!, stock.url, folder)) as Record<string, unknown>;
    } finally {
      await stock.stop();
    }
  });
  afterAll(() => dropSchema(backends[1]?.uri));

  for (const backend of backends) {
    describe.skipIf(backend.name === 'CrateDB' && backend.uri === undefined)(backend.name, () => {
      const uri = () => backend.uri ?? `pglite:${join(folder, 'embedded')}`;

      it("looks the same to MLflow's client, entity by entity", async () => {
        const report = await importInto(uri(), mlruns);
        expect(totals(report)).toMatchObject({ missing: 0, same: 0, written: totals(report).read });
        const seen = asFilesSay(await dumpOfOurs(python!, uri(), folder));
        for (const [part, expected] of Object.entries(asFilesSay(stockSees))) {
          expect(seen[part], part).toEqual(expected);
        }
      });

      it('changes nothing when it is imported again', async () => {
        const report = totals(await importInto(uri(), mlruns));
        expect(report).toMatchObject({ written: 0, replaced: 0, missing: 0, same: report.read });
      });
    });
  }
});

/**
 * Where MLflow's own two stores differ: files keep an infinity, and forget the step of a point with a
 * dataset; the SQL store tells neither dataset nor run of a run's metric, and no aliases with the
 * versions that a search finds.
 */
function asFilesSay(seen: unknown): Record<string, unknown> {
  const text = JSON.stringify(seen);
  const parsed = JSON.parse(text, (_key, value: unknown) => {
    if (value === 'inf' || value === '-inf') return value.replace('inf', '1.7976931348623157e+308');
    if (typeof value !== 'object' || value === null) return value;
    const isPointOfRun =
      'dataset_digest' in value && 'model_id' in value && value.model_id === null;
    if (!isPointOfRun) return value;
    const { key, step } = value as { key?: unknown; step?: unknown };
    const fixed = { dataset_digest: null, dataset_name: null, run_id: null };
    return { ...value, ...fixed, step: key === 'acc' ? 1 : step };
  }) as Record<string, unknown>;
  const models = parsed['models'] as { latest_version: Record<string, unknown>[] }[];
  const versions = parsed['versions'] as Record<string, unknown>[];
  for (const version of [...versions, ...models.flatMap((model) => model.latest_version)]) {
    delete version['aliases'];
  }
  return parsed;
}

describe('a file store', () => {
  it('is read as it was written: names like numbers, old files, points twice, nested keys', async () => {
    const root = join(folder, 'old');
    await experiment(
      root,
      '1',
      'name: 1e3\nartifact_location: ./mlruns/1\nlifecycle_stage: active',
    );
    const large = '261619884603743424';
    await experiment(root, large, `name: large\ncreation_time: 1\nexperiment_id: '${large}'`);
    const run = join(root, '1', 'a'.repeat(32));
    await mkdir(join(run, 'metrics', 'deep'), { recursive: true });
    await mkdir(join(run, 'params'), { recursive: true });
    await writeFile(
      join(run, 'meta.yaml'),
      `run_uuid: ${'a'.repeat(32)}\nexperiment_id: 1\nname: 007\nstatus: 4\nsource_type: 4\nstart_time: 5\nend_time: null\n`,
    );
    await writeFile(
      join(run, 'metrics', 'deep', 'loss'),
      '5 0.5 0\n6 nan 1\n5 0.5 0\n7 -inf 2\n4 1e-05\n',
    );
    await writeFile(join(run, 'params', 'p'), 'null');

    const uri = `pglite:${join(folder, 'old-target')}`;
    const report = await importInto(uri, `file://${root}`);
    expect(report.missing).toBe(0);
    expect(report.tables.find(({ table }) => table === 'metrics')).toMatchObject({
      read: 4,
      merged: 1,
    });
    expect(report.notes.join('\n')).toContain('the location of 1 of 2 experiments is relative');
    const database = await openDatabase(uri);
    const { db } = database;
    try {
      expect(
        (await db.selectFrom('experiments').select(['name', 'creation_time']).execute())[0],
      ).toEqual({
        name: '1e3',
        creation_time: null,
      });
      expect((await db.selectFrom('runs').selectAll().execute())[0]).toMatchObject({
        name: '007',
        status: 'FAILED',
        source_type: 'LOCAL',
        lifecycle_stage: 'active',
        end_time: null,
      });
      expect((await db.selectFrom('params').select('value').execute())[0]).toEqual({
        value: 'null',
      });
      const points = await db
        .selectFrom('metrics')
        .select(['key', 'step', 'value', 'is_nan'])
        .orderBy('timestamp')
        .execute();
      expect(points).toEqual([
        { key: 'deep/loss', step: 0, value: 1e-5, is_nan: false },
        { key: 'deep/loss', step: 0, value: 0.5, is_nan: false },
        { key: 'deep/loss', step: 1, value: 0, is_nan: true },
        { key: 'deep/loss', step: 2, value: -Number.MAX_VALUE, is_nan: false },
      ]);
      expect((await db.selectFrom('latest_metrics').select('step').execute())[0]).toEqual({
        step: 2,
      });
    } finally {
      await database.close();
    }
    // An id of 18 digits stays, and the sequence of ids goes on from the small ones.
    const store = await openStore(uri);
    expect((await store.getExperiment(large)).name).toBe('large');
    expect(await store.createExperiment({ name: 'next' })).toBe('2');
    await store.close();
  });

  it('is followed over links, and each thing counts once', async () => {
    const root = join(folder, 'linked');
    const disk = join(folder, 'disk');
    await experiment(root, '1', 'experiment_id: 1\nname: here\ncreation_time: 1');
    await experiment(disk, 'e', 'experiment_id: 2\nname: there\ncreation_time: 1');
    await symlink(join(disk, 'e'), join(root, '2'));
    await symlink(join(root, '1'), join(root, 'latest'));
    const run = join(disk, 'run');
    await mkdir(join(run, 'params', 'deep'), { recursive: true });
    await writeFile(join(run, 'meta.yaml'), 'run_id: r\nstatus: 3\n');
    await writeFile(join(disk, 'value'), 'v');
    await symlink(join(disk, 'value'), join(run, 'params', 'p'));
    // A way round, which MLflow doesn't go.
    await symlink(run, join(run, 'params', 'deep', 'round'));
    await symlink(run, join(root, '1', 'r'));

    const read = async () => {
      const counts = (await countSource(await openSource(root))).tables;
      return Object.fromEntries(
        counts.flatMap(({ table, source }) => (source === 0 ? [] : [[table, source]])),
      );
    };
    expect(await read()).toEqual({ experiments: 2, runs: 1, params: 1 });
    await rm(join(disk, 'e'), { recursive: true });
    await expect(read()).rejects.toThrow(/2 is a link to what isn't there/);
  });

  it('has traces of MLflow 2', async () => {
    const root = join(folder, 'traces-2');
    await experiment(root, '1', "experiment_id: '1'\nname: x\ncreation_time: 1");
    for (const [id, info] of [
      ['tr-1', 'timestamp_ms: 1700000000123\nexecution_time_ms: 42\nstatus: ERROR'],
      ['tr-2', 'timestamp_ms: 5\nexecution_time_ms: null\nstatus: TRACE_STATUS_UNSPECIFIED'],
    ] as const) {
      const trace = join(root, '1', 'traces', id);
      await mkdir(join(trace, 'request_metadata'), { recursive: true });
      await mkdir(join(trace, 'tags'));
      await writeFile(
        join(trace, 'trace_info.yaml'),
        `experiment_id: '1'\nrequest_id: ${id}\n${info}\n`,
      );
      await writeFile(join(trace, 'request_metadata', 'mlflow.traceInputs'), '{}');
      await writeFile(join(trace, 'tags', 'k'), 'v');
    }
    const uri = `pglite:${join(folder, 'traces-2-target')}`;
    expect((await importInto(uri, root)).missing).toBe(0);
    const database = await openDatabase(uri);
    try {
      const traces = await database.db
        .selectFrom('trace_info')
        .select(['request_id', 'experiment_id', 'timestamp_ms', 'execution_time_ms', 'status'])
        .orderBy('request_id')
        .execute();
      const ofBoth = { experiment_id: 1 };
      expect(traces).toEqual([
        {
          ...ofBoth,
          request_id: 'tr-1',
          timestamp_ms: 1700000000123,
          execution_time_ms: 42,
          status: 'ERROR',
        },
        {
          ...ofBoth,
          request_id: 'tr-2',
          timestamp_ms: 5,
          execution_time_ms: null,
          status: 'STATE_UNSPECIFIED',
        },
      ]);
    } finally {
      await database.close();
    }
  });

  it('is refused with two experiments of one name', async () => {
    const root = join(folder, 'doubles');
    await experiment(root, '1', 'experiment_id: 1\nname: x\ncreation_time: 1');
    await experiment(root, '2', 'experiment_id: 2\nname: x\ncreation_time: 2');
    const refused = importInto('pglite:memory', root);
    await expect(refused).rejects.toThrow(ImportCollisionError);
    await expect(refused).rejects.toThrow(/experiments 1 and 2 are both named "x"/);
  });

  it('is refused where it is none, or holds what is no point', async () => {
    const root = join(folder, 'broken');
    await experiment(root, '1', 'name: x');
    const metrics = join(root, '1', 'run', 'metrics');
    await mkdir(metrics, { recursive: true });
    await writeFile(join(root, '1', 'run', 'meta.yaml'), 'run_id: run\nstatus: 1\n');
    await appendFile(join(metrics, 'loss'), 'no point\n');
    await expect(countSource(await openSource(root))).rejects.toThrow(
      /loss has a line that is no point of a metric/,
    );
    await expect(openSource(join(folder, 'nowhere'))).rejects.toThrow(/There is no folder/);
    await mkdir(join(folder, 'empty'));
    await expect(openSource(join(folder, 'empty'))).rejects.toThrow(/is no file store of MLflow's/);
    expect(await readdir(join(folder, 'empty'))).toEqual([]);
  });
});

async function experiment(root: string, id: string, meta: string): Promise<void> {
  await mkdir(join(root, id), { recursive: true });
  await writeFile(join(root, id, 'meta.yaml'), `${meta}\n`);
}
