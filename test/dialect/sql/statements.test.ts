import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CamelCasePlugin, Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import { ColumnUnknownError, NotSupportedError, withRefresh } from '../../../dialect/index.js';
import {
  analyzeTables,
  arrayValue,
  anyOf,
  copyFrom,
  copyTo,
  explain,
  explainAnalyze,
  explainVerbose,
  killJob,
  optimizeTable,
  queryBreakdowns,
  refreshTable,
  resetGlobalSettings,
  setGlobalSettings,
  showCreateTable,
  unnest,
  withSessionSettings,
} from '../../../dialect/sql/index.js';
import { expectCrateGrammar } from '../expect-sql.js';
import { type NotesDB, type NotesTest, openNotes } from './open-notes.js';

const crateUrl = inject('crateUrl');
const SCHEMA = 't_sql_statements';

describe.skipIf(crateUrl === undefined)('statements (CrateDB)', () => {
  let crate: NotesTest;
  let folder: string;
  beforeAll(async () => {
    crate = await openNotes(crateUrl!, SCHEMA);
    await sql`create table if not exists ${sql.table('parts')} (id integer, day integer) partitioned by (day)
      clustered into 1 shards with (number_of_replicas = 0)`.execute(crate.db);
    folder = await mkdtemp(join(tmpdir(), 'copy-'));
    // The server reads and writes as another user.
    await chmod(folder, 0o777);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await crate.db.schema.dropTable('parts').execute();
    await crate.close();
  });
  beforeEach(async () => {
    await crate.db.deleteFrom('other').execute();
    crate.sent.length = 0;
  });

  const last = () => crate.sent.at(-1)?.sql ?? '';
  const others = async () => {
    const rows = await crate.db.selectFrom('other').selectAll().orderBy('id').execute();
    return rows.map(({ id, n }) => [id, n]);
  };
  /** Is read where the server sees this machine's files. */
  const file = async (name: string, lines: readonly string[]) => {
    const path = join(folder, name);
    await writeFile(path, lines.join('\n'));
    await chmod(path, 0o644);
    return `file://${path}`;
  };

  describe('COPY FROM', () => {
    it('tells of each file which lines failed, and why', async () => {
      const good = await file('good.json', ['{"id":"a","note":"x","n":1}', '{"id":"b","n":2}']);
      const bad = await file('bad.json', [
        '{"id":"c","n":"three"}',
        '{"id":"d","n":4}',
        '{"id":"d","n":5}',
        'no json',
      ]);
      const summary = await copyFrom(crate.db, 'other', [good, bad]);
      expect(last()).toBe(`copy "${SCHEMA}"."other" from [$1, $2] return summary`);
      expectCrateGrammar(last());
      expect(summary).toMatchObject({ written: 3, failed: 3, errors: 3 });
      const files = new Map(summary.files.map((one) => [one.uri, one]));
      expect(files.get(good)).toMatchObject({ written: 2, failed: 0, errors: [] });
      expect(files.get(good)?.node.name).toEqual(expect.any(String));
      const lines = new Map(files.get(bad)?.errors.map((one) => [one.message, one.lines]));
      expect(lines.get('Cannot cast value `three` to type `integer`')).toEqual([1]);
      expect(lines.get('A document with the same primary key exists already')).toEqual([3]);
      expect([...lines.values()].flat().sort()).toEqual([1, 3, 4]);
      // A search sees it at once: it is known that COPY writes.
      expect(await others()).toEqual([
        ['a', 1],
        ['b', 2],
        ['d', 4],
      ]);
    });

    it('reads CSV by its options', async () => {
      const uri = await file('rows.csv', ['a;;1', 'b;x;2']);
      const summary = await copyFrom(crate.db, 'other', uri, {
        columns: ['id', 'note', 'n'],
        format: 'csv',
        header: false,
        delimiter: ';',
        empty_string_as_null: true,
        overwrite_duplicates: true,
        shared: true,
        num_readers: 1,
        bulk_size: 1,
        node_filters: { name: '.*' },
      });
      expectCrateGrammar(last());
      expect(last()).toBe(
        `copy "${SCHEMA}"."other" ("id", "note", "n") from [$1] with ("format" = $2, "header" = false, ` +
          '"delimiter" = $3, "empty_string_as_null" = true, "overwrite_duplicates" = true, "shared" = true, ' +
          '"num_readers" = 1, "bulk_size" = 1, "node_filters" = {"name" = $4}) return summary',
      );
      expect(summary).toMatchObject({ written: 2, failed: 0 });
      expect(
        await crate.db.selectFrom('other').select('note').where('id', '=', 'a').execute(),
      ).toEqual([{ note: null }]);
    });

    it('a file that is not there is an error of its own, and fail_fast raises', async () => {
      const missing = await copyFrom(crate.db, 'other', `file://${folder}/none.json`);
      expect(missing).toMatchObject({ written: 0, failed: 0, errors: 1 });
      expect(missing.files[0]?.errors[0]).toMatchObject({ count: 1, lines: [] });
      const uri = await file('wrong.json', ['{"id":"a","n":"x"}']);
      await expect(copyFrom(crate.db, 'other', uri, { fail_fast: true })).rejects.toThrow();
      await expect(copyFrom(crate.db, 'other', [])).rejects.toThrow(RangeError);
    });

    it('into a partition, and through plugins', async () => {
      const parts = crate.db as unknown as Kysely<{ parts: { id: number; day: number } }>;
      const uri = await file('part.json', ['{"id":1}']);
      const summary = await copyFrom(parts, { table: 'parts', partition: { day: 7 } }, uri);
      expectCrateGrammar(last());
      expect(summary.written).toBe(1);
      expect(await parts.selectFrom('parts').selectAll().execute()).toEqual([{ id: 1, day: 7 }]);
      const good = await file('plugin.json', ['{"id":"p","n":1}']);
      const camel = crate.db.withPlugin(new CamelCasePlugin());
      expect((await copyFrom(camel, 'other', good)).files[0]).toMatchObject({ written: 1 });
    });
  });

  describe('COPY TO', () => {
    const exported = async (name: string) => {
      const [found = ''] = await readdir(join(folder, name));
      const text = await readFile(join(folder, name, found), 'utf8');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown);
    };
    const directory = async (name: string) => {
      await mkdir(join(folder, name));
      await chmod(join(folder, name), 0o777);
      return `file://${join(folder, name)}`;
    };

    it('writes what was written a moment before', async () => {
      await crate.db
        .insertInto('other')
        .values([
          { id: 'a', note: 'x', n: 1 },
          { id: 'b', note: 'y', n: 2 },
        ])
        .execute();
      await copyTo(crate.db, 'other', await directory('all'));
      expect(crate.sent.map(({ kind }) => kind)).toEqual(['insert', 'refresh', 'other']);
      expect(last()).toBe(`copy "${SCHEMA}"."other" to directory $1`);
      expectCrateGrammar(last());
      expect(await exported('all')).toEqual(
        expect.arrayContaining([
          { id: 'a', note: 'x', n: 1 },
          { id: 'b', note: 'y', n: 2 },
        ]),
      );
    });

    it('some columns of some rows', async () => {
      await crate.db
        .insertInto('other')
        .values([
          { id: 'a', note: 'x', n: 1 },
          { id: 'b', note: 'y', n: 2 },
        ])
        .execute();
      await copyTo(crate.db, 'other', await directory('some'), {
        columns: (eb) => ['id', eb.fn<string>('upper', ['note'])],
        where: (eb) => eb('n', '>', 1),
        format: 'json_array',
      });
      expect(last()).toBe(
        `copy "${SCHEMA}"."other" ("id", upper("note")) where "n" > $1 to directory $2 with ("format" = $3)`,
      );
      expectCrateGrammar(last());
      expect(await exported('some')).toEqual([['b', 'Y']]);
    });
  });

  describe('EXPLAIN', () => {
    it('tells a lookup from a search, with the values in the statement', async () => {
      const byKey = crate.db.selectFrom('other').selectAll().where('id', '=', "it's");
      expect(await explain(crate.db, byKey)).toMatch(/^Get\[.*DocKeys\{'it''?s'\}/);
      expect(last()).toBe(`explain select * from "${SCHEMA}"."other" where "id" = 'it''s'`);
      const search = crate.db
        .selectFrom('other')
        .selectAll()
        .where((eb) => eb('n', '=', anyOf(arrayValue('integer', [1, 2]))))
        .limit(3);
      expect(await explain(crate.db, search, { costs: false })).toContain('Collect[');
      expect(last()).toBe(
        `explain (costs false) select * from "${SCHEMA}"."other" where "n" = any([1, 2]::integer[]) limit 3`,
      );
      const insert = crate.db.insertInto('other').values([
        { id: 'a', note: 'x', n: 1 },
        { id: 'b', note: 'y', n: 2 },
      ]);
      expect(await explain(crate.db, insert)).toContain('Insert');
      const bulk = crate.db
        .insertInto('other')
        .columns(['id'])
        .expression(
          crate.db
            .selectFrom(unnest('u', { id: { type: 'text', values: ['a', "b'"] } }))
            .select('u.id'),
        );
      expect(await explain(crate.db, bulk)).toContain('Insert');
      expect(await others()).toEqual([]);
    });

    it('gives the steps, and the times', async () => {
      const query = crate.db.selectFrom('other').select('id').where('n', '=', 1).orderBy('id');
      const steps = await explainVerbose(crate.db, query);
      expect(steps[0]?.step).toBe('Initial logical plan');
      expect(steps.at(-1)).toMatchObject({
        step: 'Final logical plan',
        plan: expect.stringContaining('OrderBy'),
      });
      crate.sent.length = 0;
      await crate.db.insertInto('other').values({ id: 'a', note: 'x', n: 1 }).execute();
      const analysis = await explainAnalyze(crate.db, query);
      // It is executed, and so sees what was written.
      expect(crate.sent.map(({ kind }) => kind)).toEqual(['insert', 'refresh', 'other']);
      expect(analysis.Execute.Total).toBeGreaterThan(0);
      const [breakdown] = queryBreakdowns(analysis);
      expect(breakdown).toMatchObject({ SchemaName: SCHEMA, TableName: 'other', ShardId: 0 });
    });

    it('of UPDATE and DELETE is refused', async () => {
      await expect(explain(crate.db, crate.db.deleteFrom('other'))).rejects.toThrow(
        NotSupportedError,
      );
      expect(crate.sent).toEqual([]);
    });
  });

  describe('maintenance', () => {
    it('REFRESH, OPTIMIZE, ANALYZE, SHOW CREATE TABLE', { timeout: 30_000 }, async () => {
      const parts = crate.db as unknown as Kysely<{ parts: { id: number; day: number } }>;
      await parts.insertInto('parts').values({ id: 1, day: 9 }).execute();
      await refreshTable(crate.db, 'other', 'notes');
      expect(last()).toBe(`REFRESH TABLE "${SCHEMA}"."other", "${SCHEMA}"."notes"`);
      await refreshTable(parts, { table: 'parts', partition: { day: 9 } });
      expect(last()).toBe(`REFRESH TABLE "${SCHEMA}"."parts" partition ("day" = 9)`);
      expectCrateGrammar(last());
      const found = withRefresh(parts, 'manual')
        .selectFrom('parts')
        .selectAll()
        .where('day', '=', 9);
      expect(await found.execute()).toEqual([{ id: 1, day: 9 }]);
      await optimizeTable(crate.db, ['other', 'notes'], { max_num_segments: 1, flush: true });
      expect(last()).toBe(
        `optimize table "${SCHEMA}"."other", "${SCHEMA}"."notes" with ("max_num_segments" = 1, "flush" = true)`,
      );
      expectCrateGrammar(last());
      await optimizeTable(
        parts,
        { table: 'parts', partition: { day: 9 } },
        { only_expunge_deletes: true },
      );
      expectCrateGrammar(last());
      await expect(optimizeTable(crate.db, [])).rejects.toThrow(RangeError);
      // It reads every table of the cluster, and fails where one is dropped meanwhile.
      const analyzed = () =>
        analyzeTables(crate.db).then(
          () => true,
          () => false,
        );
      await expect.poll(analyzed, { timeout: 20_000 }).toBe(true);
      expect(last()).toBe('analyze');
      expect(await showCreateTable(crate.db, 'other')).toContain(`"${SCHEMA}"."other" (`);
      const camel = crate.db.withPlugin(new CamelCasePlugin());
      expect(await showCreateTable(camel, 'other')).toContain('"note" TEXT');
      crate.sent.length = 0;
      await refreshTable(crate.db);
      expect(crate.sent).toEqual([]);
    });

    it('KILL ends a statement', async () => {
      const mark = 'b7c1c7a2';
      const series = sql`generate_series(1, 50000)`;
      const running = sql`select ${sql.lit(mark)}, count(*) from ${series} a, ${series} b`;
      const killed = expect(running.execute(crate.db)).rejects.toThrow('KILL');
      const jobs = async () => {
        const { rows } = await sql<{
          id: string;
        }>`select id from sys.jobs where stmt like ${`select '${mark}'%`}`.execute(crate.db);
        return rows;
      };
      await expect.poll(jobs).toHaveLength(1);
      for (const { id } of await jobs()) await killJob(crate.db, id);
      await killed;
      // One that isn't there any more.
      await killJob(crate.db, '4f0f7a08-0000-4000-8000-000000000000');
      expect(last()).toBe('kill $1');
    });
  });

  describe('settings', () => {
    it('of the session hold for the callback', async () => {
      const timeout = async (db: Kysely<NotesDB>) => {
        const { rows } = await sql<{ statement_timeout: string }>`show statement_timeout`.execute(
          db,
        );
        return rows[0]?.statement_timeout;
      };
      const before = await timeout(crate.db);
      const inside = await withSessionSettings(
        crate.db,
        { statement_timeout: '12s', error_on_unknown_object_key: false },
        async (session) => {
          await sql`select info['nowhere'] from ${sql.table('notes')}`.execute(session);
          return timeout(session);
        },
      );
      expect(inside).toBe('12s');
      expect(crate.sent.map((event) => event.sql).filter((text) => text.startsWith('set'))).toEqual(
        [
          `set session "statement_timeout" = '12s'`,
          'set session "error_on_unknown_object_key" = false',
          'set session "statement_timeout" = default',
          'set session "error_on_unknown_object_key" = default',
        ],
      );
      expect(await timeout(crate.db)).toBe(before);
      const failing = withSessionSettings(
        crate.db,
        { statement_timeout: '13s' },
        async (session) => {
          await sql`select nowhere from ${sql.table('notes')}`.execute(session);
        },
      );
      await expect(failing).rejects.toThrow(ColumnUnknownError);
      expect(await timeout(crate.db)).toBe(before);
    });

    it('of the cluster are set and reset', async () => {
      const name = 'stats.breaker.log.jobs.limit';
      const limit = async () => {
        const { rows } = await sql<{
          value: string;
        }>`select settings['stats']['breaker']['log']['jobs']['limit'] as value from sys.cluster`.execute(
          crate.db,
        );
        return rows[0]?.value;
      };
      const before = await limit();
      try {
        await setGlobalSettings(crate.db, { [name]: '101mb' }, { persistent: true });
        expect(last()).toBe(`set global persistent "${name}" = $1`);
        expect(await limit()).toBe('101mb');
        await setGlobalSettings(crate.db, { [name]: '102mb' });
        expect(await limit()).toBe('102mb');
      } finally {
        await resetGlobalSettings(crate.db, [name]);
      }
      expect(last()).toBe(`reset global "${name}"`);
      expectCrateGrammar(last());
      expect(await limit()).toBe(before);
      await expect(setGlobalSettings(crate.db, {})).rejects.toThrow(RangeError);
      await expect(resetGlobalSettings(crate.db, [])).rejects.toThrow(RangeError);
    });
  });
});
