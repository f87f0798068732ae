import { setTimeout as sleep } from 'node:timers/promises';

import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import { refreshTable, RelationUnknownError, withRefresh } from '../../dialect/index.js';
import { type CrateTest, openCrate, type TestDB } from './database.js';

const crateUrl = inject('crateUrl');
const schema = 't_dialect_refresh';
const RUNS = `"${schema}"."runs"`;
const PARAMS = `"${schema}"."params"`;
const METRICS = `"${schema}"."metrics"`;

describe.skipIf(crateUrl === undefined)('refresh policies (CrateDB)', () => {
  let crate: CrateTest;
  let db: Kysely<TestDB>;
  let next = 0;

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, schema);
    ({ db } = crate);
    // loads the catalog
    await db.selectFrom('runs').select('name').execute();
  });
  afterAll(async () => {
    await crate.close();
  });
  beforeEach(() => {
    crate.clear();
  });

  const insertRun = async (into = db) => {
    next += 1;
    const run = `run${next}`;
    await into.insertInto('runs').values({ run_uuid: run, name: run, status: 'RUNNING' }).execute();
    return run;
  };
  const byName = async (from: Kysely<TestDB>, name: string) =>
    (await from.selectFrom('runs').select('run_uuid').where('name', '=', name).execute()).length;

  it('before-read: a search sees what was written, on whichever instance', async () => {
    const another = crate.another();
    for (let round = 0; round < 10; round += 1) {
      const run = await insertRun(round % 2 === 0 ? db : another);
      expect(await byName(round % 2 === 0 ? another : db, run)).toBe(1);
    }
  });

  it('before-read: writes do not refresh', async () => {
    await insertRun();
    expect(crate.sent.map((event) => event.kind)).toEqual(['insert']);
  });

  it('refreshes all tables of a statement at once: joins, subqueries, CTEs, set operations', async () => {
    await db
      .with('p', (cte) => cte.selectFrom('params').select(['run_uuid', 'value']))
      .selectFrom('runs')
      .innerJoin('p', 'p.run_uuid', 'runs.run_uuid')
      .select('runs.name')
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('metrics as m')
            .select('m.key')
            .whereRef('m.run_uuid', '=', 'runs.run_uuid'),
        ),
      )
      .execute();
    expect(crate.refreshes()).toEqual([`REFRESH TABLE ${METRICS}, ${PARAMS}, ${RUNS}`]);
    crate.clear();
    await db
      .selectFrom('runs')
      .select('name')
      .union(db.selectFrom('params').select('value as name'))
      .execute();
    expect(crate.refreshes()).toEqual([`REFRESH TABLE ${PARAMS}, ${RUNS}`]);
  });

  it('INSERT … SELECT, UPDATE and DELETE by search refresh what they read', async () => {
    const run = await insertRun();
    const result = await db
      .insertInto('params')
      .columns(['run_uuid', 'key'])
      .expression(db.selectFrom('runs').select(['run_uuid', 'status']).where('name', '=', run))
      .executeTakeFirstOrThrow();
    expect(result.numInsertedOrUpdatedRows).toBe(1n);
    expect(crate.refreshes()).toEqual([`REFRESH TABLE ${RUNS}`]);
    const updated = await db
      .updateTable('params')
      .set({ value: 'x' })
      .where('key', '=', 'RUNNING')
      .where('run_uuid', '=', run)
      .where('value', 'is', null)
      .executeTakeFirstOrThrow();
    expect(updated.numUpdatedRows).toBe(1n);
    const deleted = await db
      .deleteFrom('params')
      .where('value', '=', 'x')
      .executeTakeFirstOrThrow();
    expect(deleted.numDeletedRows).toBe(1n);
    expect(crate.refreshes().slice(1)).toEqual([
      `REFRESH TABLE ${PARAMS}`,
      `REFRESH TABLE ${PARAMS}`,
    ]);
  });

  it('parallel searches share one refresh of all their tables', async () => {
    // The pool opens its connections first: a search that waits for one arrives later.
    const [run] = await Promise.all([insertRun(), insertRun(), insertRun()]);
    crate.clear();
    const [runs, others, both] = await Promise.all([
      byName(db, run),
      db.selectFrom('params').selectAll().execute(),
      byName(db, run),
    ]);
    expect([runs, others.length, both]).toEqual([1, 0, 1]);
    expect(crate.refreshes()).toEqual([`REFRESH TABLE ${PARAMS}, ${RUNS}`]);
  });

  it('many more searches than connections come through, and see everything', async () => {
    const runs = await Promise.all(Array.from({ length: 40 }, () => insertRun()));
    crate.clear();
    const found = await Promise.all(runs.map((run) => byName(db, run)));
    expect(found).toEqual(runs.map(() => 1));
    expect(crate.refreshes().length).toBeLessThan(40);
  });

  it('a search during writes sees each one that was acknowledged before it', async () => {
    const writers = Array.from({ length: 4 }, async () => {
      for (let round = 0; round < 15; round += 1) {
        const run = await insertRun();
        expect(await byName(db, run)).toBe(1);
      }
    });
    await Promise.all(writers);
    expect(crate.refreshes().length).toBeLessThanOrEqual(60);
  });

  it('after-write: the write refreshes, also for others; reads do not', async () => {
    const after = withRefresh(db, 'after-write');
    const run = await insertRun(after);
    expect(crate.refreshes()).toEqual([`REFRESH TABLE ${RUNS}`]);
    crate.clear();
    expect(await byName(after, run)).toBe(1);
    expect(await byName(withRefresh(crate.another(), 'manual'), run)).toBe(1);
    expect(crate.refreshes()).toEqual([]);
    await Promise.all(Array.from({ length: 8 }, () => insertRun(after)));
    expect(crate.refreshes().length).toBeLessThan(8);
    await sql`update ${sql.table('runs')} set name = 'x' where run_uuid = ${run}`.execute(after);
    expect(crate.refreshes().at(-1)).toBe(`REFRESH TABLE ${RUNS}`);
    expect(await byName(after, 'x')).toBe(1);
  });

  it('manual: nothing but refreshTable', async () => {
    const manual = crate.another({ refresh: 'manual' });
    const run = await insertRun(manual);
    expect(await byName(manual, run)).toBe(0);
    await refreshTable(manual, 'runs', 'params');
    expect(await byName(manual, run)).toBe(1);
  });

  it('a policy survives withSchema, and goes for raw SQL', async () => {
    const manual = withRefresh(db, 'manual').withSchema(schema);
    await byName(manual, 'x');
    await sql`select 1 from ${sql.table('runs')}`.execute(withRefresh(db, 'manual'));
    await byName(withRefresh(db.withSchema(schema), 'manual'), 'x');
    expect(crate.refreshes()).toEqual([]);
    await byName(withRefresh(manual, 'before-read'), 'x');
    expect(crate.refreshes()).toHaveLength(1);
  });

  it('raw SQL: by sql.table, by qualified and unqualified names, by all tables where unreadable', async () => {
    await sql`select count(*) from ${sql.table('runs')} r, ${sql.table('params')} as "p"`.execute(
      db,
    );
    await sql.raw(`select count(*) from ${schema}.runs -- from ${schema}.metrics`).execute(db);
    await sql
      .raw(
        `with c as (select * from params) select 'from metrics', extract(year from now()) from c`,
      )
      .execute(db);
    await sql.raw(`update runs set name = 'raw' where name = 'nobody'`).execute(db);
    await sql.raw(`select E'a\\\\b' from runs`).execute(db);
    await sql
      .raw(`select 'open from runs`)
      .execute(db)
      .catch(() => undefined);
    expect(crate.refreshes()).toEqual([
      `REFRESH TABLE ${PARAMS}, ${RUNS}`,
      `REFRESH TABLE ${RUNS}`,
      `REFRESH TABLE ${PARAMS}`,
      `REFRESH TABLE ${RUNS}`,
      `REFRESH TABLE ${RUNS}`,
      `REFRESH TABLE ${METRICS}, ${PARAMS}, ${RUNS}`,
    ]);
  });

  it('system tables, DDL, SET, SHOW and EXPLAIN are no reads', async () => {
    await sql`select count(*) from sys.nodes, information_schema.tables`.execute(db);
    await sql`set statement_timeout = '10s'`.execute(db);
    await sql`show tables`.execute(db);
    await sql`explain select * from ${sql.table('runs')}`.execute(db);
    await db.selectFrom('runs').selectAll().explain();
    await db.schema.createTable('scratch').addColumn('id', 'text').execute();
    await db.schema.dropTable('scratch').execute();
    expect(crate.refreshes()).toEqual([]);
  });

  it('views are refreshed by their tables, also views of views', async () => {
    await db.schema
      .createView('named')
      .as(
        db
          .selectFrom('runs')
          .innerJoin('params', 'params.run_uuid', 'runs.run_uuid')
          .select(['runs.name', 'params.key']),
      )
      .execute();
    await db.schema
      .createView('names')
      .as(sql`select name from ${sql.table('named')}`)
      .execute();
    const run = await insertRun();
    await db.insertInto('params').values({ run_uuid: run, key: 'k', value: 'v' }).execute();
    crate.clear();
    const rows = await sql`select * from ${sql.table('names')} where name = ${run}`.execute(db);
    expect(rows.rows).toHaveLength(1);
    expect(crate.refreshes()).toEqual([`REFRESH TABLE ${PARAMS}, ${RUNS}`]);
    await db.schema.dropView('names').execute();
    await db.schema.dropView('named').execute();
  });

  it('views by hand: names without a schema, CTEs that hide tables, views of other schemas', async () => {
    const elsewhere = `${schema}_views`;
    await sql.raw(`drop view if exists "${elsewhere}"."above"`).execute(db);
    await sql
      .raw(
        `create view "By Hand" as with params as (select * from runs) select p.name from params p`,
      )
      .execute(db);
    await sql
      .raw(`create view "${elsewhere}"."above" as select * from "${schema}"."By Hand"`)
      .execute(db);
    const run = await insertRun();
    crate.clear();
    const found = await sql
      .raw(`select 'x' from "${elsewhere}".above where name = '${run}'`)
      .execute(db);
    expect(found.rows).toHaveLength(1);
    expect(crate.refreshes()).toEqual([`REFRESH TABLE ${RUNS}`]);
    await sql.raw(`drop view "${elsewhere}"."above"`).execute(db);
    await sql.raw(`drop view "By Hand"`).execute(db);
  });

  it('what another process replaced is noticed once the answers are too old', async () => {
    const forgetful = crate.another({
      catalogMaxAgeMs: 1,
      onStatement: (event) => crate.sent.push(event),
    });
    const replace = (table: string) =>
      sql`create or replace view ${sql.table('replaced')} as select name from ${sql.table(table)}`;
    type Replaced = { replaced: { name: string } };
    const read = async () => {
      await sleep(5);
      crate.clear();
      await (forgetful as unknown as Kysely<Replaced>).selectFrom('replaced').selectAll().execute();
      return crate.refreshes();
    };
    await replace('runs').execute(db);
    expect(await read()).toEqual([`REFRESH TABLE ${RUNS}`]);
    await sql
      .raw(`create or replace view replaced as select params.value as name from params, metrics`)
      .execute(db);
    expect(await read()).toEqual([`REFRESH TABLE ${METRICS}, ${PARAMS}`]);
    await db.schema.dropView('replaced').execute();
  });

  it('a key that another process changed is noticed once the answers are too old', async () => {
    const forgetful = crate.another({ catalogMaxAgeMs: 1 });
    type Rekeyed = { rekeyed: { a: string; b: string } };
    const make = (key: string) =>
      sql`create table ${sql.table('rekeyed')} (a text, b text, primary key (${sql.raw(key)}))
        clustered into 1 shards with (refresh_interval = 0)`.execute(db);
    const get = async () => {
      await sleep(5);
      const from = (forgetful as unknown as Kysely<Rekeyed>).selectFrom('rekeyed');
      return (await from.selectAll().where('a', '=', 'x').execute()).length;
    };
    await make('a');
    expect(await get()).toBe(0);
    await db.schema.dropTable('rekeyed').execute();
    await make('a, b');
    await (db as unknown as Kysely<Rekeyed>)
      .insertInto('rekeyed')
      .values({ a: 'x', b: 'y' })
      .execute();
    expect(await get()).toBe(1);
    await db.schema.dropTable('rekeyed').execute();
  });

  it('EXPLAIN ANALYZE is a read', async () => {
    await sql`explain analyze select * from ${sql.table('runs')}`.execute(db);
    expect(crate.refreshes()).toEqual([`REFRESH TABLE ${RUNS}`]);
  });

  it('after-write: CREATE TABLE … AS writes', async () => {
    const after = withRefresh(db, 'after-write');
    await insertRun(after);
    await sql`create table ${sql.table('copied')} as select * from ${sql.table('runs')}`.execute(
      after,
    );
    expect(crate.refreshes().at(-1)).toBe(`REFRESH TABLE "${schema}"."copied"`);
    await db.schema.dropTable('copied').execute();
  });

  it('an unknown table fails with its own error, and fails nobody else', async () => {
    const nope = db.selectFrom('nope' as 'runs').select('name');
    const [failed, fine] = await Promise.allSettled([nope.execute(), byName(db, 'x')]);
    expect(fine.status).toBe('fulfilled');
    expect(failed.status === 'rejected' && failed.reason).toBeInstanceOf(RelationUnknownError);
    expect(failed.status === 'rejected' && (failed.reason as RelationUnknownError).sql).toBe(
      `select "name" from "${schema}"."nope"`,
    );
  });

  it('a table that another process dropped since fails nobody else', async () => {
    await sql`create table ${sql.table('gone')} (id text primary key)`.execute(db);
    await sql`select * from ${sql.table('gone')}`.execute(db);
    await byName(db, 'x');
    await sql`drop table ${sql.table('gone')}`.execute(crate.another());
    crate.clear();
    const [failed, fine] = await Promise.allSettled([
      sql`select * from ${sql.table('gone')}`.execute(db),
      byName(db, 'x'),
    ]);
    expect(fine.status).toBe('fulfilled');
    expect(failed.status === 'rejected' && failed.reason).toBeInstanceOf(RelationUnknownError);
  });

  it('a table that another process made is found', async () => {
    const other = crate.another();
    await sql`create table ${sql.table('made')} (id text primary key) with (refresh_interval = 0)`.execute(
      other,
    );
    await sql`insert into ${sql.table('made')} values ('x')`.execute(other);
    expect((await sql`select * from ${sql.table('made')}`.execute(db)).rows).toHaveLength(1);
    expect(crate.refreshes()).toEqual([`REFRESH TABLE "${schema}"."made"`]);
  });

  it('given primary keys spare the questions', async () => {
    const kinds: string[] = [];
    const told = crate.another({
      primaryKeys: { params: ['run_uuid', 'key'], [`${schema}.runs`]: ['run_uuid'] },
      onStatement: (event) => kinds.push(event.kind),
    });
    await told
      .selectFrom('params')
      .selectAll()
      .where('run_uuid', '=', 'x')
      .where('key', '=', 'y')
      .execute();
    await told.selectFrom('runs').selectAll().execute();
    expect(kinds).toEqual(['select', 'refresh', 'select']);
  });

  it('other keys after DDL are learned', async () => {
    const one = (key: string) =>
      sql`create table ${sql.table('rekeyed')} (a text, b text, primary key (${sql.raw(key)})) with (refresh_interval = 0)`.execute(
        db,
      );
    type Rekeyed = { rekeyed: { a: string; b: string } };
    const typed = db as unknown as Kysely<Rekeyed>;
    const get = () => typed.selectFrom('rekeyed').selectAll().where('a', '=', 'x').execute();
    await one('a');
    await get();
    expect(crate.refreshes()).toEqual([]);
    await db.schema.dropTable('rekeyed').execute();
    await one('a, b');
    await typed.insertInto('rekeyed').values({ a: 'x', b: 'y' }).execute();
    expect(await get()).toHaveLength(1);
    expect(crate.refreshes()).toHaveLength(1);
  });
});
