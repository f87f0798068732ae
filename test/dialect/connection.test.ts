import { spawnSync } from 'node:child_process';

import { Kysely, sql } from 'kysely';
import type pg from 'pg';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  expectTypeOf,
  inject,
  it,
} from 'vitest';

import {
  CrateDialect,
  CrateIntrospector,
  NotSupportedError,
  type PgClient,
  type PgPool,
  type PgQuery,
  TransactionsNotSupportedError,
} from '../../dialect/index.js';
import { type CrateTest, openCrate, type TestDB } from './database.js';

const crateUrl = inject('crateUrl');

/** A pool that answers nothing to everything, and keeps what it was asked. */
function recordingPool() {
  const queries: PgQuery[] = [];
  let released = 0;
  const client: PgClient = {
    query: (query) => {
      queries.push(query);
      return Promise.resolve({ command: 'SELECT', rowCount: 0, rows: [] });
    },
    release: () => {
      released += 1;
    },
    on: () => undefined,
    getTypeParser: () => String,
  };
  const pool: PgPool = { connect: () => Promise.resolve(client), end: () => Promise.resolve() };
  const db = new Kysely<TestDB>({ dialect: new CrateDialect({ pool, refresh: 'manual' }) });
  return { db, queries, released: () => released };
}

describe('transactions', () => {
  it('fail before anything is sent, and say what to do', async () => {
    const { db, queries, released } = recordingPool();
    const attempts = [
      db.transaction().execute(() => Promise.resolve()),
      db
        .transaction()
        .setIsolationLevel('serializable')
        .execute(() => Promise.resolve()),
      db.startTransaction().execute(),
    ];
    for (const attempt of attempts) {
      await expect(attempt).rejects.toBeInstanceOf(TransactionsNotSupportedError);
      await expect(attempt).rejects.toThrow(/Instead, write each row with one atomic statement/);
    }
    expect(queries).toEqual([]);
    expect(released()).toBe(3);
  });

  it.each(['begin', 'START TRANSACTION', 'commit', '  /* x */ rollback', 'savepoint x', 'END'])(
    'raw %s is not sent',
    async (text) => {
      const { db, queries } = recordingPool();
      await expect(sql.raw(text).execute(db)).rejects.toBeInstanceOf(TransactionsNotSupportedError);
      expect(queries).toEqual([]);
    },
  );

  it('the callback never runs', async () => {
    const { db } = recordingPool();
    let ran = false;
    await expect(
      db.transaction().execute(() => {
        ran = true;
        return Promise.resolve();
      }),
    ).rejects.toBeInstanceOf(NotSupportedError);
    expect(ran).toBe(false);
  });
});

describe('prepared statements', () => {
  it('have stable names of at most 63 bytes', async () => {
    const names = async () => {
      const { db, queries } = recordingPool();
      await db.selectFrom('runs').select('name').where('status', '=', 'x').execute();
      await db.selectFrom('runs').select('name').where('status', '=', 'y').execute();
      return queries.map((query) => query.name);
    };
    const [first, second] = await names();
    expect(first).toBe(second);
    expect(first).toMatch(/^c[0-9a-f]{40}_\d+_\d+$/);
    expect(await names()).toEqual([first, second]);
  });

  it('REFRESH, DDL and SET are sent unprepared; literals until they come again', async () => {
    const { db, queries } = recordingPool();
    await sql`REFRESH TABLE ${sql.table('runs')}`.execute(db);
    await sql`set statement_timeout = '1s'`.execute(db);
    await db.schema.dropTable('t').execute();
    const literal = db.selectFrom('runs').select('name').where('name', '=', sql.lit('a'));
    await literal.execute();
    expect(queries.map((query) => query.name)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    await literal.execute();
    await db.selectFrom('runs').select(sql.lit(1).as('one')).execute();
    expect(queries.slice(4).map((query) => typeof query.name)).toEqual(['string', 'string']);
  });

  it('are bounded in number', async () => {
    const { db, queries } = recordingPool();
    for (let index = 0; index < 520; index += 1) {
      await sql.raw(`select ${index}`).execute(db);
    }
    const names = queries.map((query) => query.name).filter((name) => name !== undefined);
    expect(names).toHaveLength(500);
    await sql.raw('select 0').execute(db);
    expect(queries.at(-1)?.name).toBe(queries[0]?.name);
  });
});

describe('what is loaded', () => {
  it('importing the dialect loads neither pg nor drizzle, PGlite or HTTP', () => {
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
      await import(${JSON.stringify(new URL('../../dialect/index.ts', import.meta.url).href)});
      console.log(JSON.stringify(loaded.filter((url) => /node_modules\\/(?!kysely)|node:(http|net|tls)/.test(url))));
    `;
    // The sources import each other as .js; the resolver below finds the .ts.
    const resolve = `
      import { registerHooks } from 'node:module';
      registerHooks({ resolve(specifier, context, next) {
        try { return next(specifier, context); } catch (error) {
          if (specifier.endsWith('.js')) return next(specifier.slice(0, -3) + '.ts', context);
          throw error;
        }
      } });
    `;
    const result = spawnSync(
      process.execPath,
      [
        '--experimental-strip-types',
        '--no-warnings',
        '--import',
        `data:text/javascript,${encodeURIComponent(resolve)}`,
        '--input-type=module',
        '--eval',
        script,
      ],
      { encoding: 'utf8' },
    );
    expect(result.stderr).toBe('');
    expect(JSON.parse(result.stdout)).toEqual([]);
  });

  it("pg's own types fit the structural ones", () => {
    expectTypeOf<pg.Pool>().toExtend<PgPool>();
    expectTypeOf<pg.PoolClient>().toExtend<PgClient>();
    expect(true).toBe(true);
  });
});

describe.skipIf(crateUrl === undefined)('connections (CrateDB)', () => {
  let crate: CrateTest;
  let db: Kysely<TestDB>;

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, 't_dialect_connection');
    ({ db } = crate);
  });
  afterAll(async () => {
    await crate.close();
  });
  beforeEach(() => {
    crate.clear();
  });

  const make = (columns: string) =>
    sql.raw(`create table "t_dialect_connection"."again" (${columns}) with (refresh_interval = 0)`);
  type Again = { again: { id: string; v: string | number } };

  it.each([
    ['by another process', true],
    ['by this one', false],
  ])(
    'a table dropped and made again %s: statements are prepared anew, on every connection',
    async (_name, byOther) => {
      const other = byOther ? crate.another() : db;
      const typed = db as unknown as Kysely<Again>;
      await make('id text primary key, v text').execute(db);
      const insert = (id: string) =>
        typed
          .insertInto('again')
          .values({ id, v: 'x' })
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ v: 'y' }))
          .execute();
      const all = () => typed.selectFrom('again').select(['id', 'v']).orderBy('id').execute();
      const get = () => typed.selectFrom('again').select('v').where('id', '=', 'a').execute();
      for (let round = 0; round < 3; round += 1) {
        // on all connections of the pool
        await Promise.all(Array.from({ length: 12 }, (_, index) => insert(`${round}-${index}`)));
        await Promise.all(Array.from({ length: 12 }, () => all()));
        expect(await all()).toHaveLength(12);
        await sql`drop table ${sql.table('again')}`.execute(other);
        await make('id text primary key, v text').execute(other);
      }
      await insert('a');
      expect(await get()).toEqual([{ v: 'x' }]);
      await sql`drop table ${sql.table('again')}`.execute(other);
      await make('id text primary key, v bigint').execute(other);
      await sql`insert into ${sql.table('again')} values ('a', 5)`.execute(other);
      const [row] = await get();
      expect(String(row?.v)).toBe('5');
      await sql`drop table ${sql.table('again')}`.execute(db);
    },
  );

  it('a column added by this instance is seen by select *', async () => {
    await make('id text primary key').execute(db);
    const all = () => sql<Record<string, unknown>>`select * from ${sql.table('again')}`.execute(db);
    await sql`insert into ${sql.table('again')} values ('a')`.execute(db);
    await all();
    await sql`alter table ${sql.table('again')} add column more text`.execute(db);
    expect((await all()).rows).toEqual([{ id: 'a', more: null }]);
    await db.schema.dropTable('again').execute();
  });

  it('repeats a stale statement once, and no more', async () => {
    await make('id text primary key, v text').execute(db);
    const typed = db as unknown as Kysely<Again>;
    const get = () => typed.selectFrom('again').select('v').where('id', '=', 'a').execute();
    await get();
    await get();
    await sql`drop table ${sql.table('again')}`.execute(crate.another());
    crate.clear();
    await expect(get()).rejects.toThrow(/unknown/);
    expect(crate.sent.filter((event) => event.kind === 'select').length).toBeLessThanOrEqual(2);
  });

  it('names in raw SQL belong to the schema', async () => {
    await sql`insert into runs (run_uuid, status) values ('raw', 'x')`.execute(db);
    const rows = await db
      .selectFrom('runs')
      .select('status')
      .where('run_uuid', '=', 'raw')
      .execute();
    expect(rows).toEqual([{ status: 'x' }]);
  });

  it('numbers of affected rows', async () => {
    const insert = await db
      .insertInto('runs')
      .values([
        { run_uuid: 'n1', status: 's' },
        { run_uuid: 'n2', status: 's' },
      ])
      .executeTakeFirstOrThrow();
    expect(insert.numInsertedOrUpdatedRows).toBe(2n);
    const update = await db
      .updateTable('runs')
      .set({ name: 'x' })
      .where('status', '=', 's')
      .executeTakeFirstOrThrow();
    expect(update.numUpdatedRows).toBe(2n);
    const removed = await db.deleteFrom('runs').where('status', '=', 's').executeTakeFirstOrThrow();
    expect(removed.numDeletedRows).toBe(2n);
  });

  it('introspection', async () => {
    await sql`create view ${sql.table('names')} as select name from ${sql.table('runs')}`.execute(
      db,
    );
    const introspector = new CrateIntrospector(db as Kysely<unknown>);
    const schemas = await introspector.getSchemas();
    expect(schemas.map((schema) => schema.name)).toContain('t_dialect_connection');
    const tables = (await introspector.getTables()).filter(
      (table) => table.schema === 't_dialect_connection',
    );
    expect(tables.map((table) => [table.name, table.isView])).toEqual([
      ['metrics', false],
      ['names', true],
      ['params', false],
      ['runs', false],
    ]);
    expect(tables.find((table) => table.name === 'runs')?.columns).toEqual([
      {
        name: 'run_uuid',
        dataType: 'text',
        isNullable: false,
        hasDefaultValue: false,
        isAutoIncrementing: false,
      },
      {
        name: 'name',
        dataType: 'text',
        isNullable: true,
        hasDefaultValue: false,
        isAutoIncrementing: false,
      },
      {
        name: 'status',
        dataType: 'text',
        isNullable: false,
        hasDefaultValue: false,
        isAutoIncrementing: false,
      },
    ]);
    await db.schema.dropView('names').execute();
  });

  it("Kysely's migrator runs, and its lock keeps a second one out", async () => {
    const { Migrator } = await import('kysely/migration');
    let runs = 0;
    const migrator = () =>
      new Migrator({
        db,
        provider: {
          getMigrations: () =>
            Promise.resolve({
              one: {
                up: async (migrated: Kysely<unknown>) => {
                  runs += 1;
                  await migrated.schema.createTable('migrated').addColumn('id', 'text').execute();
                },
              },
            }),
        },
      });
    const results = await Promise.all([migrator().migrateToLatest(), migrator().migrateToLatest()]);
    expect(results.map((result) => result.error)).toEqual([undefined, undefined]);
    expect(runs).toBe(1);
  });
});
