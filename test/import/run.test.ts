import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { currentSchema, type TableName } from '../../ddl/index.js';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/open.js';
import { claimExperimentNames } from '../../src/import/derived.js';
import {
  countSource,
  ImportCollisionError,
  ImportConflictError,
  type ImportProgress,
  type ImportReport,
  type ImportSource,
  type OnConflict,
  runImport,
} from '../../src/import/index.js';
import { mappingOf } from '../../src/import/mapping.js';
import { importTarget } from '../../src/import/target.js';
import type { StoreContext } from '../../src/store/context.js';
import { adoptModels } from '../../src/store/registry/adopt.js';
import { readName } from '../../src/store/registry/names.js';
import { createListeners } from '../../src/store/webhooks/listeners.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { crateBackend, embedded } from '../helpers/stores.js';
import { totals } from './import-into.js';

type Tables = Partial<Record<TableName, readonly Record<string, unknown>[]>>;

const RUN = { run_uuid: 'r1', experiment_id: 7, status: 'FINISHED', lifecycle_stage: 'active' };
const EXPERIMENT = {
  experiment_id: 7,
  name: 'seven',
  creation_time: 70,
  lifecycle_stage: 'active',
};

/** A source of these rows, each table read by itself. */
function sourceOf(tables: Tables, more: Partial<ImportSource> = {}): ImportSource {
  const names = Object.keys(tables) as TableName[];
  return {
    description: 'rows of a test',
    passes: names.map((name) => ({
      tables: [name],
      async *read() {
        for (const row of tables[name] ?? []) yield [name, row] as const;
      },
    })),
    leftOut: [],
    notes: [],
    count: async (table) => tables[table]?.length ?? 0,
    merged: () => 0,
    close: async () => {},
    ...more,
  };
}

function contextOf({ db }: Database): StoreContext {
  return {
    db,
    workspace: 'default',
    artifactRoot: 'mlflow-artifacts:/',
    truncateLongValues: false,
    now: () => Date.now(),
  };
}

for (const backend of [embedded, crateBackend()]) {
  describe.skipIf(backend.uri === undefined)(`an import (${backend.name})`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await openDatabase(backend.uri);
    });
    beforeEach(async () => {
      for (const table of [
        'experiments',
        'experiment_names',
        'runs',
        'tags',
        'registered_models',
        'sequences',
        'webhooks',
        'webhook_events',
      ] as const) {
        await database.db.deleteFrom(table).execute();
      }
    });
    afterAll(async () => {
      await database.close();
      if (backend.name === 'CrateDB') await dropSchema(backend.uri);
    });
    const importRows = (tables: Tables, onConflict?: OnConflict) =>
      runImport(sourceOf(tables), database, { onConflict });

    it('converts what a source has as text', async () => {
      const report = await importRows({
        experiments: [{ ...EXPERIMENT, experiment_id: '9007199254740993', creation_time: 70n }],
        metrics: [
          { run_uuid: 'r1', key: 'k', value: '1e-7', timestamp: '5', step: 1n, is_nan: 'f' },
          { run_uuid: 'r1', key: 'k', value: 0, timestamp: 6, step: 2, is_nan: 1n },
        ],
        jobs: [
          {
            id: 'j',
            creation_time: 1,
            job_name: 'n',
            params: '{}',
            timeout: '2.5',
            status: 1n,
            retry_count: 0,
            last_update_time: 2,
            status_details: '{"a.b": [1, "x"]}',
          },
        ],
      });
      expect(report.missing).toBe(0);
      const [experiment] = await database.db
        .selectFrom('experiments')
        .select('experiment_id')
        .execute();
      expect(experiment?.experiment_id).toBe(9007199254740993n);
      const metrics = await database.db
        .selectFrom('metrics')
        .select(['value', 'is_nan'])
        .where('run_uuid', '=', 'r1')
        .orderBy('step')
        .execute();
      expect(metrics).toEqual([
        { value: 1e-7, is_nan: false },
        { value: 0, is_nan: true },
      ]);
      const [job] = await database.db
        .selectFrom('jobs')
        .select(['timeout', 'status_details'])
        .execute();
      expect(job).toEqual({ timeout: 2.5, status_details: { 'a.b': [1, 'x'] } });
    });

    it('names a row that differs, and does with it what it is told', async () => {
      await importRows({ experiments: [EXPERIMENT], runs: [RUN] });
      const changed = { experiments: [EXPERIMENT], runs: [{ ...RUN, status: 'FAILED', name: '' }] };
      const refused = importRows(changed);
      await expect(refused).rejects.toThrow(ImportConflictError);
      await expect(refused).rejects.toThrow(
        "runs: the target's row run_uuid=r1 differs from the source in status, name.",
      );
      const status = async () =>
        (await database.db.selectFrom('runs').select('status').execute())[0];
      expect(totals(await importRows(changed, 'skip'))).toMatchObject({
        kept: 1,
        same: 1,
        missing: 0,
      });
      expect(await status()).toEqual({ status: 'FINISHED' });
      expect(totals(await importRows(changed, 'replace'))).toMatchObject({ replaced: 1, same: 1 });
      expect(await status()).toEqual({ status: 'FAILED' });
    });

    it('refuses a target that uses its ids and names for other things, and writes nothing', async () => {
      await importRows({
        experiments: [EXPERIMENT],
        registered_models: [{ name: 'm', creation_time: 1 }],
      });
      const others: readonly (readonly [Tables, RegExp])[] = [
        [
          { experiments: [{ ...EXPERIMENT, creation_time: 71 }] },
          /experiment 7 \("seven"\) is another there/,
        ],
        [
          { experiments: [{ ...EXPERIMENT, experiment_id: 8 }] },
          /the experiment "seven" has the id 8 in the source and 7 there/,
        ],
        [
          { registered_models: [{ name: 'm', creation_time: 2 }] },
          /the registered model "m" is another there/,
        ],
      ];
      for (const [tables, message] of others) {
        for (const onConflict of ['stop', 'replace'] as const) {
          const refused = importRows({ ...tables, runs: [RUN] }, onConflict);
          await expect(refused).rejects.toThrow(ImportCollisionError);
          await expect(refused).rejects.toThrow(message);
        }
      }
      expect(await database.db.selectFrom('runs').select('run_uuid').execute()).toEqual([]);
    });

    it("takes the place of the target's Default only while nobody used it", async () => {
      const made = {
        experiment_id: 0,
        name: 'Default',
        lifecycle_stage: 'active',
        creation_time: 1,
      };
      await database.db.insertInto('experiments').values(made).execute();
      const theirs = { ...made, creation_time: 2, artifact_location: 's3://theirs' };
      expect((await importRows({ experiments: [theirs] })).missing).toBe(0);
      const standing = await database.db
        .selectFrom('experiments')
        .select('artifact_location')
        .execute();
      expect(standing).toEqual([{ artifact_location: 's3://theirs' }]);

      await database.db
        .insertInto('runs')
        .values({ ...RUN, experiment_id: 0 })
        .execute();
      await expect(importRows({ experiments: [{ ...theirs, creation_time: 3 }] })).rejects.toThrow(
        /experiment 0 \("Default"\) is another there/,
      );
      // Its own is its own.
      expect((await importRows({ experiments: [theirs] })).missing).toBe(0);
    });

    it('claims names as the store does, whatever came between the look and the claim', async () => {
      await importRows({ experiments: [EXPERIMENT] });
      const other = { ...EXPERIMENT, experiment_id: 8 };
      await expect(claimExperimentNames(database.db, [other])).rejects.toThrow(
        'the experiment "seven" has the id 8 in the source and 7 there',
      );
      await database.db
        .updateTable('experiments')
        .set({ name: 'renamed' })
        .where('experiment_id', '=', 7)
        .execute();
      expect(await claimExperimentNames(database.db, [other])).toEqual([]);
      const claims = await database.db
        .selectFrom('experiment_names')
        .select(['name', 'experiment_id'])
        .execute();
      expect(claims).toEqual([{ name: 'seven', experiment_id: 8 }]);
    });

    it("lets another experiment of the source have the name of the target's Default", async () => {
      const made = { ...EXPERIMENT, experiment_id: 0, name: 'Default', creation_time: 1 };
      await database.db.insertInto('experiments').values(made).execute();
      await database.db
        .insertInto('experiment_names')
        .values({ workspace: 'default', name: 'Default', experiment_id: 0, token: 't' })
        .execute();
      const theirs = [
        { ...made, name: 'renamed', creation_time: 2 },
        { ...EXPERIMENT, name: 'Default' },
      ];
      expect((await importRows({ experiments: theirs })).missing).toBe(0);
      const claims = await database.db
        .selectFrom('experiment_names')
        .select(['name', 'experiment_id'])
        .orderBy('experiment_id')
        .execute();
      expect(claims).toEqual([
        { name: 'renamed', experiment_id: 0 },
        { name: 'Default', experiment_id: 7 },
      ]);
    });

    it('names each row that the target refuses, counts it as missing, and writes the others', async () => {
      const report = await importRows({
        experiments: [EXPERIMENT],
        tags: [
          { run_uuid: 'r1', key: 'a', value: 'x' },
          { run_uuid: null, key: 'b', value: 'x' },
          { run_uuid: 'r1', key: 'c', value: 'x' },
        ],
        runs: [RUN, { ...RUN, run_uuid: 'r2', start_time: 'yesterday' }],
      });
      expect(report.missing).toBe(2);
      const refused = report.tables.flatMap(({ table, rejected }) =>
        rejected.map(({ key, reason }) => [table, key, reason]),
      );
      expect(refused).toEqual([
        ['tags', 'run_uuid= key=b', expect.stringMatching(/null/i)],
        ['runs', 'run_uuid=r2', 'start_time: expected a whole number, got string'],
      ]);
      expect(totals(report).written).toBe(4);
    });

    it('keeps the newest last value of a metric, whatever is wanted of other rows', async () => {
      const key = { run_uuid: 'newest', key: 'k' };
      const points = [
        { ...key, value: 1, timestamp: 10, step: 1, is_nan: false },
        { ...key, value: 2, timestamp: 9, step: 2, is_nan: false },
        { ...key, value: 0, timestamp: 9, step: 3, is_nan: true },
        { ...key, value: 5, timestamp: 11, step: 3, is_nan: false },
        { ...key, value: 7, timestamp: 11, step: 3, is_nan: false },
      ];
      const importPoint = (place: number, onConflict: OnConflict) =>
        importRows(
          { metrics: points.slice(0, place + 1), latest_metrics: points.slice(place, place + 1) },
          onConflict,
        );
      const latest = () =>
        database.db
          .selectFrom('latest_metrics')
          .select(['value', 'timestamp', 'step', 'is_nan'])
          .where('run_uuid', '=', 'newest')
          .execute();
      const of = (report: ImportReport) =>
        report.tables.find(({ table }) => table === 'latest_metrics');
      await importPoint(0, 'stop');
      const modes = ['stop', 'skip', 'replace', 'skip'] as const;
      for (const [before, onConflict] of modes.entries()) {
        const newer = before + 1;
        expect(of(await importPoint(newer, onConflict))).toMatchObject({ replaced: 1, missing: 0 });
        const { run_uuid: _run, key: _key, ...expected } = points[newer]!;
        expect(await latest()).toEqual([expected]);
        for (const mode of ['stop', 'skip', 'replace'] as const) {
          expect(of(await importPoint(before, mode))).toMatchObject({ kept: 1, missing: 0 });
          expect(of(await importPoint(newer, mode))).toMatchObject({ same: 1, missing: 0 });
        }
        expect(await latest()).toEqual([expected]);
      }
    });

    it('writes a last value only over an older one, also one that came since it looked', async () => {
      const row = { run_uuid: 'raced', key: 'k', value: 1, timestamp: 1, is_nan: false };
      const target = importTarget(database.db, database.engine);
      await importRows({ latest_metrics: [{ ...row, step: 5 }] });
      const mapping = mappingOf(
        currentSchema().tables.find(({ name }) => name === 'latest_metrics')!,
      );
      await target.replace(mapping, [
        { ...row, step: 4 },
        { ...row, key: 'new', step: 1 },
      ]);
      const steps = await database.db
        .selectFrom('latest_metrics')
        .select(['key', 'step'])
        .where('run_uuid', '=', 'raced')
        .orderBy('key')
        .execute();
      expect(steps).toEqual([
        { key: 'k', step: 5 },
        { key: 'new', step: 1 },
      ]);
    });

    it('takes no row for another whose key reads the same', async () => {
      await importRows({ tags: [{ run_uuid: 'y key=m', key: 'x', value: 'same' }] });
      const rows = [
        { run_uuid: 'y key=m', key: 'x', value: 'same' },
        { run_uuid: 'y', key: 'm key=x', value: 'same' },
      ];
      expect(totals(await importRows({ tags: rows }))).toMatchObject({ written: 1, same: 1 });
      const tags = await database.db
        .selectFrom('tags')
        .select('run_uuid')
        .orderBy('run_uuid')
        .execute();
      expect(tags).toEqual([{ run_uuid: 'y' }, { run_uuid: 'y key=m' }]);
    });

    it('takes bytes as \\x and hexadecimal digits, and nothing else for them', async () => {
      const secret = {
        secret_id: 'a',
        secret_name: 'a',
        encrypted_value: '\\x00feff',
        wrapped_dek: '\\x',
        kek_version: 1,
        masked_value: '{}',
        created_at: 1,
        last_updated_at: 1,
      };
      const others = ['\\000\\376', '\\x0', 'AP7/'].map((encrypted_value, place) => ({
        ...secret,
        secret_id: `b${place}`,
        encrypted_value,
      }));
      const report = await importRows({ secrets: [secret, ...others] });
      expect(report.missing).toBe(3);
      expect(new Set(report.tables[0]?.rejected.map(({ reason }) => reason))).toEqual(
        new Set(['encrypted_value: expected bytes, as \\x and hexadecimal digits, got string']),
      );
      const rows = await database.db
        .selectFrom('secrets')
        .select(['encrypted_value', 'wrapped_dek'])
        .execute();
      expect(rows).toEqual([{ encrypted_value: '\\x00feff', wrapped_dek: '\\x' }]);
    });

    it("refuses a source that has a name twice, before anything is written", async () => {
      const refused = importRows({ experiments: [EXPERIMENT, { ...EXPERIMENT, experiment_id: 8 }] });
      await expect(refused).rejects.toThrow(ImportCollisionError);
      await expect(refused).rejects.toThrow(
        /the source's experiments 7 and 8 are both named "seven"/,
      );
      for (const table of ['experiments', 'experiment_names', 'sequences'] as const) {
        expect(await database.db.selectFrom(table).selectAll().execute(), table).toEqual([]);
      }
      // In different workspaces they may.
      const elsewhere = { ...EXPERIMENT, experiment_id: 8, workspace: 'other' };
      expect((await importRows({ experiments: [EXPERIMENT, elsewhere] })).missing).toBe(0);
    });

    it('shows a registered model to the sweep of a server only with its versions', async () => {
      const context = contextOf(database);
      const seen: unknown[] = [];
      const versions = [1, 2].map((version) => ({
        name: 'swept',
        version,
        workspace: 'default',
        creation_time: 1,
      }));
      const tables = {
        registered_models: [{ name: 'swept', workspace: 'default', creation_time: 1 }],
        registered_model_tags: [{ name: 'swept', workspace: 'default', key: 'k', value: 'v' }],
        registered_model_aliases: [{ name: 'swept', workspace: 'default', alias: 'a', version: 1 }],
        model_version_tags: [
          { name: 'swept', workspace: 'default', version: 1, key: 'k', value: 'v' },
        ],
        model_versions: versions,
      };
      const source = sourceOf(tables);
      const swept = source.passes.map((pass) => ({
        ...pass,
        async *read() {
          await adoptModels(context);
          seen.push(await readName(context, 'swept'));
          yield* pass.read();
        },
      }));
      const report = await runImport({ ...source, passes: swept }, database);
      expect(report.missing).toBe(0);
      expect(report.tables.map(({ table }) => table).slice(-2)).toEqual([
        'model_versions',
        'registered_models',
      ]);
      expect(seen.filter((name) => name !== undefined)).toEqual([]);
      expect(await readName(context, 'swept')).toMatchObject({ state: 'live' });
    });

    it('tells servers of webhooks, with the events that the source has', async () => {
      const listeners = createListeners(contextOf(database));
      const events = ['model_version.created', 'registered_model.created'] as const;
      const listening = async () => Object.fromEntries(await listeners.of(events));
      const row = { webhook_id: 'w', name: 'w', url: 'https://a', workspace: 'default' };
      await database.db
        .insertInto('webhooks')
        .values({ ...row, last_updated_timestamp: 1, events: '["model_version.created"]' })
        .execute();
      await database.db
        .insertInto('webhook_events')
        .values({ webhook_id: 'w', entity: 'model_version', action: 'created' })
        .execute();
      await listeners.changed();
      expect(await listening()).toEqual({ 'model_version.created': ['w'] });

      const theirs = {
        webhooks: [
          { ...row, status: 'ACTIVE', last_updated_timestamp: 2 },
          { ...row, webhook_id: 'new', status: 'ACTIVE', last_updated_timestamp: 2 },
        ],
        webhook_events: ['w', 'new'].map((webhook_id) => ({
          webhook_id,
          entity: 'registered_model',
          action: 'created',
        })),
      };
      expect(totals(await importRows(theirs, 'replace'))).toMatchObject({
        replaced: 1,
        written: 3,
        missing: 0,
      });
      const told = await listening();
      expect(Object.keys(told)).toEqual(['registered_model.created']);
      expect(told['registered_model.created']?.toSorted()).toEqual(['new', 'w']);
      expect(totals(await importRows(theirs, 'replace'))).toMatchObject({ same: 4, missing: 0 });
    });

    it('sends large rows in batches of about 8 MB', async () => {
      const spans = Array.from({ length: 4 }, (_, place) => ({
        trace_id: 'large',
        span_id: String(place),
        experiment_id: 7,
        status: 'OK',
        start_time_unix_nano: 1,
        content: 'x'.repeat(3_000_000),
      }));
      const batches: ImportProgress[] = [];
      const report = await runImport(sourceOf({ spans }), database, {
        onProgress: (progress) => {
          if (!progress.done) batches.push(progress);
        },
      });
      expect(totals(report)).toMatchObject({ written: 4, missing: 0 });
      expect(batches).toHaveLength(2);
    });

    it('says what a source lost on the way, and what has no place here', async () => {
      const short = sourceOf(
        { experiments: [EXPERIMENT], runs: [RUN] },
        {
          count: async (table) => (table === 'runs' ? 3 : 1),
          leftOut: [
            { table: 'label_schemas', rows: 4 },
            { table: 'runs', column: 'mood', rows: 9 },
          ],
        },
      );
      const report = await runImport(short, database);
      expect(report.missing).toBe(2 + 4);
      expect(report.tables.find(({ table }) => table === 'runs')).toMatchObject({
        source: 3,
        read: 1,
        missing: 2,
      });
    });

    it('writes runs after what belongs to them, tells how far it is, and counts without writing', async () => {
      const tables = {
        runs: [RUN],
        tags: [{ run_uuid: 'r1', key: 'a', value: 'x' }],
        experiments: [EXPERIMENT],
      };
      const dry = await countSource(sourceOf(tables));
      expect(dry).toMatchObject({ dryRun: true, missing: 0, to: undefined });
      expect(dry.tables.map(({ table, source }) => [table, source])).toEqual([
        ['experiments', 1],
        ['tags', 1],
        ['runs', 1],
      ]);
      const told: ImportProgress[] = [];
      await runImport(sourceOf(tables), database, {
        onProgress: (progress) => told.push(progress),
      });
      expect(told.filter(({ done }) => done)).toEqual([
        { table: 'experiments', rows: 1, total: 1, done: true },
        { table: 'tags', rows: 1, total: 1, done: true },
        { table: 'runs', rows: 1, total: 1, done: true },
      ]);
    });
  });
}
