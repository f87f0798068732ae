import { sqlparse } from '@cratedb/cratedb-sqlparse';
import { describe, expect, inject, it } from 'vitest';

import {
  adoptSchema,
  currentSchema,
  diffSchema,
  isDrift,
  planAdoption,
  provision,
  SCHEMA_VERSION,
  SchemaAdoptError,
  SchemaAdoptionPendingError,
  SchemaMismatchError,
  SchemaReadOnlyError,
  type SchemaDefinition,
  type StatementRunner,
} from '../../ddl/index.js';
import { endInserts } from '../../ddl/adopt/end-inserts.js';
import { openCrate, openPGlite, tablesOf, withBackend, type Backend } from './backends.js';
import { makePythonTables } from './python-tables.js';
import { changes, counting, recordedVersion } from './runners.js';

const crateUrl = inject('crateUrl');
const BOOKKEEPING = ['schema_migration', 'schema_version'];

/** What CrateDB says of a table that is closed, or whose shards it opens under their new name. */
const IN_THE_MOMENT =
  /doesn't support or allow|currently closed|no such index|no such shard|not available|CurrentState\[/;

/** Some of today's tables, so that it is done soon. */
function tablesNamed(...names: string[]): SchemaDefinition {
  const { tables, migrations } = currentSchema();
  const needed = [...names, 'experiments', 'experiment_names', 'sequences', ...BOOKKEEPING];
  return { tables: tables.filter(({ name }) => needed.includes(name)), migrations };
}

function optionsFor({ engine, schema }: Backend) {
  return { engine, schema, replicas: 0, shards: 1, leaseMs: 60_000 };
}

const onCrate = (work: (backend: Backend) => Promise<void>) => () =>
  withBackend(() => openCrate(crateUrl!), work);

async function rowsOf(
  { query, schema }: Backend,
  table: string,
  columns: string,
): Promise<unknown[]> {
  await query(`REFRESH TABLE "${schema}"."${table}"`);
  const { rows } = await query(`SELECT ${columns} FROM "${schema}"."${table}" ORDER BY ${columns}`);
  return rows;
}

async function count({ query, schema }: Backend, table: string): Promise<number> {
  await query(`REFRESH TABLE "${schema}"."${table}"`);
  const { rows } = await query(`SELECT count(*) AS n FROM "${schema}"."${table}"`);
  return Number(rows[0]?.['n']);
}

/** Experiments of which two have one name, points of which some are there twice. */
async function fill({ query, schema }: Backend): Promise<void> {
  await query(
    `INSERT INTO "${schema}".experiments (experiment_id, name, lifecycle_stage, creation_time)
     VALUES (0, 'Default', 'active', 1), (7, 'twice', 'active', 9), (5, 'twice', 'deleted', 2),
     (9, 'twice', 'active', 3)`,
  );
  for (const points of [40, 10]) {
    await query(
      `INSERT INTO "${schema}".metrics (key, value, timestamp, step, is_nan, run_uuid)
       SELECT 'k' || (x % 2), x / 10.0, x, x % 4, false, 'r' || (x % 5) FROM generate_series(1, ${points}) AS t (x)`,
    );
  }
  await query(`REFRESH TABLE "${schema}".experiments, "${schema}".metrics`);
}

async function expectAdopted(backend: Backend, definition: SchemaDefinition): Promise<void> {
  const drift = (await diffSchema(backend, optionsFor(backend), definition)).filter(
    (change) => isDrift([change]),
  );
  expect(drift.map(({ message }) => message)).toEqual([]);
  expect(await recordedVersion(backend)).toBe(SCHEMA_VERSION);
}

describe('what is no schema of the Python program', () => {
  it('is refused in one line', () =>
    withBackend(openPGlite, async (backend) => {
      const { engine, schema } = backend;
      await expect(adoptSchema(backend, { engine, schema })).rejects.toThrow(
        'The tables of the schema "mlflow" are not adopted: only CrateDB has tables of the Python program',
      );
    }));
});

describe.skipIf(crateUrl === undefined)('tables of the Python program (CrateDB)', () => {
  it(
    'are copied, counted and swapped, and its own names are claimed',
    onCrate(async (backend) => {
      const options = { ...optionsFor(backend), chunkRows: 7 };
      const definition = tablesNamed('metrics', 'tags');
      await makePythonTables(backend, ['experiments', 'metrics', 'tags']);
      await fill(backend);
      const error: unknown = await provision(backend, options, definition).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(SchemaMismatchError);
      expect((error as Error).message).toContain('`mlflow-cratedb ddl adopt` takes over');

      const plan = await planAdoption(backend, options, definition);
      expect(plan.tables.map(({ table, action, rows }) => [table, action, rows])).toEqual([
        ['experiments', 'keep', 4],
        ['experiment_names', 'create', 0],
        ['metrics', 'copy', 50],
        ['tags', 'copy', 0],
        ['sequences', 'create', 0],
      ]);
      expect(plan.statements.flatMap((text) => sqlparse(`${text};`)).filter(
        (statement) => (statement.exception as unknown) instanceof Error,
      )).toEqual([]);
      expect(plan.statements).toContain(
        `INSERT INTO "${backend.schema}"."metrics_adopting" ("run_uuid", "key", "value", "timestamp", "step", "is_nan")` +
          ' (SELECT "run_uuid", "key", "value", "timestamp", "step", "is_nan"' +
          ` FROM "${backend.schema}"."metrics")` +
          ' ON CONFLICT ("run_uuid", "key", "timestamp", "step", "value", "is_nan") DO NOTHING',
      );

      const seen: number[] = [];
      const report = await adoptSchema(
        backend,
        { ...options, onProgress: ({ table, rows }) => table === 'metrics' && seen.push(rows) },
        definition,
      );
      expect(seen.length).toBeGreaterThan(3);
      expect([...seen].sort((a, b) => a - b)).toEqual(seen);
      const counted = report.tables.map(({ table, action, before, merged, after, keptAs }) => [
        ...[table, action, before, merged, after, keptAs],
      ]);
      expect(counted).toEqual([
        ['experiments', 'kept', 4, 0, 4, undefined],
        ['experiment_names', 'created', 0, 0, 2, undefined],
        ['metrics', 'copied', 50, 10, 40, 'metrics_before_adopt'],
        ['tags', 'copied', 0, 0, 0, undefined],
        ['sequences', 'created', 0, 0, 1, undefined],
      ]);
      expect(report.duplicateNames).toEqual([
        { workspace: 'default', name: 'twice', experimentId: '9', others: ['7', '5'] },
      ]);
      await expectAdopted(backend, definition);
      expect(await rowsOf(backend, 'experiment_names', 'name, experiment_id')).toEqual([
        { name: 'Default', experiment_id: '0' },
        { name: 'twice', experiment_id: '9' },
      ]);
      expect(await rowsOf(backend, 'sequences', 'name, value')).toEqual([
        { name: 'experiments', value: '9' },
      ]);
      expect(await rowsOf(backend, 'metrics', 'run_uuid, key, timestamp, step, value')).toHaveLength(40);

      const again = counting(backend);
      const later = await adoptSchema(again, { ...options, dropOld: true }, definition);
      const much = await adoptSchema(backend, options, definition);
      expect(new Set(much.tables.map(({ action }) => action))).toEqual(new Set(['adopted earlier']));
      expect(later.tables.map(({ before, after }) => [before, after])).toEqual(
        report.tables.map(({ before, after }) => [before, after]),
      );
      expect(later.dropped).toEqual(['metrics_before_adopt']);
      expect(changes(again.sent).filter((text) => /^(CREATE|INSERT|ALTER)/.test(text))).toEqual([]);
      expect(await tablesOf(backend)).toEqual(definition.tables.map(({ name }) => name).sort());
    }),
  );

  it(
    'are completed, whichever statement it was killed after',
    onCrate(async (backend) => {
      const options = { ...optionsFor(backend), chunkRows: 15, force: true };
      const definition = tablesNamed('metrics', 'tags');
      await makePythonTables(backend, ['experiments', 'metrics', 'tags']);
      await fill(backend);
      await backend.query(
        `INSERT INTO "${backend.schema}".tags (key, value, run_uuid) VALUES ('a', 'x', 'r1')`,
      );
      // Each run executes one statement that none before it has executed, and dies.
      const executed = new Set<string>();
      const dying = (): StatementRunner => {
        let isDead = false;
        return {
          execute: async (statement) => {
            if (isDead) throw new Error('killed');
            const answer = await backend.execute(statement);
            const isLease = statement.includes('"schema_migration" SET') || / 'tables', '', 0/.test(statement);
            // What is told of a table differs in its times, and each try has a name of its own.
            const text = statement.replace(/_adopting_\w{8}\b/g, '_adopting_#').replace(/\d{2,}/g, '#');
            if (changes([statement]).length > 0 && !isLease && !/^REFRESH/.test(text)) {
              if (!executed.has(text)) isDead = true;
              executed.add(text);
            }
            return answer;
          },
        };
      };
      let deaths = 0;
      for (; deaths < 100; deaths++) {
        const report = await adoptSchema(dying(), options, definition).catch((error: unknown) => {
          if ((error as Error).message !== 'killed') throw error;
          return undefined;
        });
        if (report !== undefined) break;
        if (deaths === 12) {
          await expect(provision(backend, options, definition)).rejects.toThrow(
            SchemaAdoptionPendingError,
          );
        }
      }
      expect(deaths).toBeGreaterThan(30);
      await expectAdopted(backend, definition);
      const report = await adoptSchema(backend, options, definition);
      expect(report.tables.filter(({ action }) => action === 'copied')).toMatchObject([
        { table: 'metrics', before: 50, merged: 10, after: 40, keptAs: 'metrics_before_adopt' },
        { table: 'tags', before: 1, merged: 0, after: 1, keptAs: 'tags_before_adopt' },
      ]);
    }),
  );

  it(
    'are read all the time, and lose nothing that is written meanwhile',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      const options = { ...optionsFor(backend), chunkRows: 10 };
      const definition = tablesNamed('metrics', 'tags');
      await makePythonTables(backend, ['experiments', 'metrics', 'tags']);
      await fill(backend);
      await query(`INSERT INTO "${schema}".tags (key, value, run_uuid) VALUES ('gone', 'x', 'r')`);
      await query(`INSERT INTO "${schema}".tags (key, value, run_uuid) VALUES ('kept', 'x', 'r')`);
      let isDone = false;
      let refused = 0;
      let reads = 0;
      const points: number[] = [];
      const tags = new Map<string, string>();
      const write = async (statement: string): Promise<boolean> => {
        try {
          const { rows } = await query(`${statement} RETURNING key`);
          return rows.length > 0;
        } catch (error) {
          const { message } = error as Error;
          expect(message).toMatch(new RegExp(`blocked by|${IN_THE_MOMENT.source}`));
          refused += 1;
          return false;
        }
      };
      const writer = async () => {
        for (let point = 1_000; !isDone; point++) {
          const values = `('late', 0.5, ${point}, 1, false, 'r1')`;
          const columns = 'key, value, timestamp, step, is_nan, run_uuid';
          if (await write(`INSERT INTO "${schema}".metrics (${columns}) VALUES ${values}`)) points.push(point);
          const key = `t${point % 3}`;
          const upsert =
            `INSERT INTO "${schema}".tags (key, value, run_uuid) VALUES ('${key}', '${point}', 'r')` +
            ' ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value';
          if (await write(upsert)) tags.set(key, String(point));
        }
      };
      const reader = async () => {
        while (!isDone) {
          const read = () =>
            query(
              `SELECT count(DISTINCT timestamp) AS n FROM "${schema}".metrics WHERE timestamp < 1000`,
            );
          const answer = await read().catch((error: unknown) => {
            expect((error as Error).message).toMatch(IN_THE_MOMENT);
          });
          if (answer === undefined) continue;
          expect(Number(answer.rows[0]?.['n'])).toBe(40);
          reads += 1;
        }
      };
      const adopting = (async () => {
        // Deleted while its row is in the copy already.
        let isDeleted = false;
        const runner: StatementRunner = {
          execute: async (statement) => {
            if (/^ALTER TABLE .*"tags" SET/.test(statement) && !isDeleted) {
              isDeleted = true;
              await query(`DELETE FROM "${schema}".tags WHERE key = 'gone' AND run_uuid = 'r'`);
            }
            return backend.execute(statement);
          },
        };
        try {
          return await adoptSchema(runner, options, definition);
        } finally {
          isDone = true;
        }
      })();
      // All have come to their end before the tables are dropped.
      await Promise.allSettled([adopting, writer(), reader()]).then((outcomes) => {
        const reasons = outcomes.flatMap((outcome) =>
          outcome.status === 'rejected' ? [(outcome.reason as Error).message] : [],
        );
        expect(reasons).toEqual([]);
      });
      const report = await adopting;
      expect(points.length).toBeGreaterThan(10);
      expect(reads).toBeGreaterThan(10);
      expect(refused).toBeGreaterThan(0);
      const written = await rowsOf(backend, 'metrics', 'timestamp');
      const found = new Set(written.map((row) => Number((row as { timestamp: unknown }).timestamp)));
      expect(points.filter((point) => !found.has(point))).toEqual([]);
      const standing = await rowsOf(backend, 'tags', 'key, value');
      const values = new Map(
        standing.map((row) => Object.values(row as object) as [string, string]),
      );
      expect([...values.keys()]).toEqual(['kept', ...[...tags.keys()].sort()]);
      // What was answered with an error may have been written all the same.
      for (const [key, value] of tags) {
        expect(Number(values.get(key)), key).toBeGreaterThanOrEqual(Number(value));
      }
      expect(report.tables.find(({ table }) => table === 'metrics')?.blockedMs).toBeGreaterThan(0);
    }),
  );

  it(
    'are neither read nor written when the names change, and open again where that fails',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      const definition = tablesNamed('metrics', 'tags');
      await makePythonTables(backend, ['experiments', 'metrics', 'tags']);
      const tag = (value: string) =>
        query(
          `INSERT INTO "${schema}".tags (key, value, run_uuid) VALUES ('a', '${value}', 'r')
           ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value`,
        );
      await tag('old');
      let swaps = 0;
      const runner: StatementRunner = {
        execute: async (statement) => {
          if (/^ALTER CLUSTER SWAP TABLE .*"tags"$/.test(statement)) {
            swaps += 1;
            await expect(tag('between')).rejects.toThrow(/currently closed/);
            await expect(query(`SELECT * FROM "${schema}".tags`)).rejects.toThrow(/currently closed/);
            if (swaps === 1) throw new Error('the master is away');
          }
          return backend.execute(statement);
        },
      };
      await expect(adoptSchema(runner, optionsFor(backend), definition)).rejects.toThrow(
        'the master is away',
      );
      await expect.poll(() => tag('open').catch(() => undefined), { timeout: 10_000 }).toBeDefined();
      await adoptSchema(runner, { ...optionsFor(backend), force: true }, definition);
      expect(swaps).toBe(2);
      expect(await rowsOf(backend, 'tags', 'key, value')).toEqual([{ key: 'a', value: 'open' }]);
      expect(await rowsOf(backend, 'tags_before_adopt', 'key, value')).toEqual([
        { key: 'a', value: 'open' },
      ]);
    }),
  );

  it(
    'get what is written while the rest of what was written is copied',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      const definition = tablesNamed('tags');
      await makePythonTables(backend, ['experiments', 'tags']);
      const tags = (from: number, to: number, value: string) =>
        query(
          `INSERT INTO "${schema}".tags (key, value, run_uuid)
           (SELECT 'k' || x, '${value}', 'r' FROM generate_series(${from}, ${to}) t (x))
           ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value`,
        );
      const refresh = () => query(`REFRESH TABLE "${schema}".tags`);
      await tags(1, 20_000, 'old');
      await refresh();
      let isBegun = false;
      const runner: StatementRunner = {
        execute: async (statement) => {
          const isCopy = /^INSERT INTO .*"tags_adopting"/.test(statement);
          // Many more than there is room for, between the count and the copy of what is new.
          if (isCopy && statement.includes('ORDER BY _seq_no') && !isBegun) {
            isBegun = true;
            await tags(1_000, 4_000, 'late');
            await query(`DELETE FROM "${schema}".tags WHERE key = 'k5' AND run_uuid = 'r'`);
            await refresh();
          }
          const answer = await backend.execute(statement);
          if (isCopy && !statement.includes('ORDER BY')) {
            await tags(100, 199, 'new');
            await refresh();
          }
          return answer;
        },
      };
      await adoptSchema(runner, optionsFor(backend), definition);
      expect(isBegun).toBe(true);
      await query(`REFRESH TABLE "${schema}".tags`);
      const { rows } = await query(
        `SELECT value, count(*) AS n FROM "${schema}".tags GROUP BY value ORDER BY value`,
      );
      expect(rows).toEqual([
        { value: 'late', n: '3001' },
        { value: 'new', n: '100' },
        { value: 'old', n: String(20_000 - 3_001 - 100 - 1) },
      ]);
    }),
  );

  it(
    'stay with whoever took over: one who was stopped opens and swaps nothing',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      const options = { ...optionsFor(backend), force: true };
      const definition = tablesNamed('tags');
      await makePythonTables(backend, ['experiments', 'tags']);
      await query(`INSERT INTO "${schema}".tags (key, value, run_uuid) VALUES ('a', 'x', 'r')`);
      let takeOver: Promise<unknown> | undefined;
      const sent: string[] = [];
      // Stopped before its swap for as long as another does all of it.
      const stopped: StatementRunner = {
        execute: async (statement) => {
          if (/^ALTER CLUSTER SWAP/.test(statement)) {
            takeOver ??= adoptSchema(backend, options, definition);
            await takeOver;
          }
          if (takeOver !== undefined) sent.push(statement);
          return backend.execute(statement);
        },
      };
      await expect(adoptSchema(stopped, options, definition)).rejects.toThrow(/tags_adopting_/);
      expect(sent.filter((statement) => /OPEN|RESET/.test(statement))).toEqual([]);
      expect(await rowsOf(backend, 'tags', 'key, value')).toEqual([{ key: 'a', value: 'x' }]);
      expect(await rowsOf(backend, 'tags_before_adopt', 'key, value')).toEqual([
        { key: 'a', value: 'x' },
      ]);
      await expectAdopted(backend, definition);
    }),
  );

  it(
    'get nothing any more from a statement of one who died',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      await makePythonTables(backend, ['tags']);
      const table = `"${schema}"."tags"`;
      const slow = query(
        `INSERT INTO ${table} ("key", "run_uuid")
         (SELECT 'k' || x, 'r' FROM generate_series(1, 50000000) t (x))`,
      ).catch((error: unknown) => error);
      const running = async () => {
        const { rows } = await query(
          `SELECT 1 AS one FROM sys.jobs WHERE stmt LIKE 'INSERT INTO ${table} (%'`,
        );
        return rows.length;
      };
      await expect.poll(running).toBe(1);
      await endInserts(backend, table);
      expect(await running()).toBe(0);
      expect(await slow).toBeInstanceOf(Error);
    }),
  );

  it(
    'keep columns that are unknown, fill what was not there, and convert',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      const definition = tablesNamed('tags', 'logged_model_metrics', 'evaluation_dataset_records', 'webhooks');
      await makePythonTables(backend, ['experiments', 'logged_model_metrics', 'evaluation_dataset_records', 'webhooks']);
      await query(
        `CREATE TABLE "${schema}".tags (key TEXT, value TEXT, run_uuid TEXT, mood TEXT NOT NULL, many ARRAY(TEXT),
         PRIMARY KEY (key, run_uuid)) CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`,
      );
      await query(`ALTER TABLE "${schema}".webhooks DROP COLUMN workspace`);
      await query(`INSERT INTO "${schema}".tags (key, value, run_uuid, mood, many) VALUES ('k', 'v', 'r', 'fine', ['a'])`);
      await query(`INSERT INTO "${schema}".webhooks (webhook_id, name, url) VALUES ('w', 'n', 'u')`);
      await query(
        `INSERT INTO "${schema}".logged_model_metrics (model_id, metric_name, metric_timestamp_ms, metric_step, metric_value, experiment_id, run_id)
         VALUES ('m', 'k', 1, 1, 0.1, 1, 'r')`,
      );
      await query(
        `INSERT INTO "${schema}".evaluation_dataset_records (dataset_record_id, dataset_id, inputs, input_hash)
         VALUES ('a', 'd', {"question" = 'why', "deep" = {"list" = [1, 2]}}, 'h')`,
      );
      const report = await adoptSchema(backend, optionsFor(backend), definition);
      expect(report.tables.find(({ table }) => table === 'tags')?.extraColumns).toEqual(['mood', 'many']);
      const { rows: moods } = await query(`SELECT key, mood, many FROM "${schema}".tags WHERE key = 'k' AND run_uuid = 'r'`);
      expect(moods).toEqual([{ key: 'k', mood: 'fine', many: ['a'] }]);
      await query(`INSERT INTO "${schema}".tags (key, value, run_uuid) VALUES ('k', 'v', 'without mood')`);
      expect(await rowsOf(backend, 'logged_model_metrics', 'metric_value')).toEqual([{ metric_value: 0.1 }]);
      expect(await rowsOf(backend, 'webhooks', 'webhook_id, workspace, status')).toEqual([
        { webhook_id: 'w', workspace: 'default', status: 'ACTIVE' },
      ]);
      const { rows } = await query(`SELECT inputs FROM "${schema}".evaluation_dataset_records WHERE dataset_record_id = 'a'`);
      expect(rows).toEqual([{ inputs: { question: 'why', deep: { list: [1, 2] } } }]);
    }),
  );

  it(
    'stay as they are where a row has no place, which is named',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      const definition = tablesNamed('params');
      await makePythonTables(backend, ['experiments']);
      await query(
        `CREATE TABLE "${schema}".params (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid))
         CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`,
      );
      await query(`INSERT INTO "${schema}".params (key, value, run_uuid) VALUES ('a', 'x', 'r'), ('b', NULL, 'r')`);
      const error: unknown = await adoptSchema(backend, optionsFor(backend), definition).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(SchemaAdoptError);
      expect((error as SchemaAdoptError).refused).toEqual([
        { table: 'params', key: { run_uuid: 'r', key: 'b' }, reason: 'value is null' },
      ]);
      expect((error as Error).message).toBe(
        `The tables of the schema "${schema}" are not adopted: 1 of the rows of params can't be copied,` +
          ' such as {"run_uuid":"r","key":"b"} (value is null); all are where they were',
      );
      expect(await count(backend, 'params')).toBe(2);
      // It takes writes again; what is put right is adopted.
      await query(`UPDATE "${schema}".params SET value = '' WHERE key = 'b' AND run_uuid = 'r'`);
      await adoptSchema(backend, optionsFor(backend), definition);
      expect(await rowsOf(backend, 'params', 'key, value')).toEqual([
        { key: 'a', value: 'x' },
        { key: 'b', value: '' },
      ]);
      await expectAdopted(backend, definition);
    }),
  );

  it(
    'stay as they are where one row has no place and another was deleted, which no count tells',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      await makePythonTables(backend, ['experiments']);
      await query(
        `CREATE TABLE "${schema}".params (key TEXT, value TEXT, run_uuid TEXT, PRIMARY KEY (key, run_uuid))
         CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`,
      );
      await query(
        `INSERT INTO "${schema}".params (key, value, run_uuid) VALUES ('a', 'x', 'r'), ('b', NULL, 'r')`,
      );
      let isDeleted = false;
      const runner: StatementRunner = {
        execute: async (statement) => {
          if (/"params" SET \("blocks.write"/.test(statement) && !isDeleted) {
            isDeleted = true;
            await query(`DELETE FROM "${schema}".params WHERE key = 'a' AND run_uuid = 'r'`);
          }
          return backend.execute(statement);
        },
      };
      await expect(
        adoptSchema(runner, optionsFor(backend), tablesNamed('params')),
      ).rejects.toThrow(`such as {"run_uuid":"r","key":"b"} (value is null)`);
      expect(isDeleted).toBe(true);
      expect(await rowsOf(backend, 'params', 'key')).toEqual([{ key: 'b' }]);
    }),
  );

  it.each([
    [
      'two rows that differ share a key',
      "('a', 'x', 'r'), ('a', 'y', 'r'), ('b', 'z', 'r'), ('b', 'z', 'r')",
      { table: 'params', key: { run_uuid: 'r', key: 'a' }, reason: 'rows of this key differ' },
    ],
    [
      'a part of the key is null',
      "('a', 'x', 'r'), (NULL, 'y', 'r')",
      { table: 'params', key: { run_uuid: 'r', key: null }, reason: 'key is null' },
    ],
  ])('stay as they are where %s', (_, values, refused) =>
    withBackend(() => openCrate(crateUrl!), async (backend) => {
      const { schema, query } = backend;
      await makePythonTables(backend, ['experiments']);
      await query(
        `CREATE TABLE "${schema}".params (key TEXT, value TEXT, run_uuid TEXT)
         CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`,
      );
      await query(`INSERT INTO "${schema}".params (key, value, run_uuid) VALUES ${values}`);
      const before = await count(backend, 'params');
      const error: unknown = await adoptSchema(
        backend,
        optionsFor(backend),
        tablesNamed('params'),
      ).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SchemaAdoptError);
      expect((error as SchemaAdoptError).refused).toEqual([refused]);
      expect(await count(backend, 'params')).toBe(before);
    }),
  );

  it(
    'are counted in parts of a few chunks, though one run has nearly all the points',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      const options = { ...optionsFor(backend), chunkRows: 20 };
      await makePythonTables(backend, ['experiments', 'metrics']);
      // Of the big run every point twice; its loss has but six times, of many steps each.
      for (const run of ['a', 'long', 'long', 'z']) {
        await query(
          `INSERT INTO "${schema}".metrics (key, value, timestamp, step, is_nan, run_uuid)
           SELECT CASE x % 3 WHEN 0 THEN 'lr' ELSE 'loss' END, x, x % 6, x, false, '${run}'
           FROM generate_series(1, ${run === 'long' ? '300' : '5'}) AS t (x)`,
        );
      }
      await query(`REFRESH TABLE "${schema}".metrics`);
      const runner = counting(backend);
      const report = await adoptSchema(runner, options, tablesNamed('metrics'));
      const { before, merged, after } = report.tables.find(({ table }) => table === 'metrics') ?? {};
      expect([before, merged, after]).toEqual([610, 300, 310]);

      const counts = runner.sent.filter((statement) => statement.includes('(SELECT DISTINCT'));
      const read: number[] = [];
      for (const statement of counts) {
        const where = /FROM "\w+"\."metrics" (WHERE .*)\) AS k$/.exec(statement)?.[1] ?? '';
        const { rows } = await query(
          `SELECT count(*) AS n FROM "${schema}".metrics_before_adopt ${where}`,
        );
        read.push(Number(rows[0]?.['n']));
      }
      expect(Math.max(...read)).toBeLessThanOrEqual(2 * options.chunkRows);
      expect(read.reduce((sum, n) => sum + n, 0)).toBe(610);
    }),
  );

  it(
    'get back what their copy lost, though one run has nearly all the points',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      await makePythonTables(backend, ['experiments', 'metrics']);
      await query(
        `INSERT INTO "${schema}".metrics (key, value, timestamp, step, is_nan, run_uuid)
         SELECT 'loss', x, x, x % 7, false, 'long' FROM generate_series(1, 200) AS t (x)`,
      );
      await query(`REFRESH TABLE "${schema}".metrics`);
      const copy = `"${schema}".metrics_adopting`;
      const runner: StatementRunner = {
        execute: async (statement) => {
          // Just before the comparison.
          if (/^ALTER TABLE .*"metrics" SET \("blocks.write"/.test(statement)) {
            await query(`REFRESH TABLE ${copy}`);
            await query(`DELETE FROM ${copy} WHERE run_uuid = 'long' AND timestamp IN (3, 77, 199)`);
            await query(
              `INSERT INTO ${copy} (run_uuid, key, value, timestamp, step, is_nan)
               VALUES ('long', 'never', 1, 1, 1, false), ('long', 'loss', 1, 1, 99, false)`,
            );
            await query(`REFRESH TABLE ${copy}`);
          }
          return backend.execute(statement);
        },
      };
      await adoptSchema(runner, { ...optionsFor(backend), chunkRows: 9 }, tablesNamed('metrics'));
      const points = `SELECT key, timestamp, step FROM "${schema}"`;
      const order = 'ORDER BY key, timestamp, step';
      await query(`REFRESH TABLE "${schema}".metrics`);
      expect((await query(`${points}.metrics ${order}`)).rows).toEqual(
        (await query(`${points}.metrics_before_adopt ${order}`)).rows,
      );
    }),
  );

  it(
    'are not touched where something is in the way',
    onCrate(async (backend) => {
      const { schema, query } = backend;
      const definition = tablesNamed('tags');
      await expect(adoptSchema(backend, optionsFor(backend), definition)).rejects.toThrow(
        'there are none; `ddl apply` makes them',
      );
      await makePythonTables(backend, ['experiments', 'tags']);
      const before = await tablesOf(backend);
      const small = 'CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)';
      for (const name of ['tags_adopting', 'tags_before_adopt']) {
        await query(`CREATE TABLE "${schema}"."${name}" (a TEXT) ${small}`);
        await expect(adoptSchema(backend, optionsFor(backend), definition)).rejects.toThrow(`${name} is there`);
        await query(`DROP TABLE "${schema}"."${name}"`);
      }
      await query(`ALTER TABLE "${schema}".tags SET ("blocks.write" = true)`);
      await expect(adoptSchema(backend, optionsFor(backend), definition)).rejects.toThrow(SchemaReadOnlyError);
      await query(`ALTER TABLE "${schema}".tags RESET ("blocks.write")`);
      expect(await tablesOf(backend)).toEqual(before);
    }),
  );
});
