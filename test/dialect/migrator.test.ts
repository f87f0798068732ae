import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { CamelCasePlugin, Kysely, sql } from 'kysely';
import { type Migration, Migrator, type MigratorProps, NO_MIGRATIONS } from 'kysely/migration';
import { afterAll, afterEach, beforeEach, describe, expect, inject, it } from 'vitest';

import {
  CrateAdapter,
  CrateDialect,
  type CrateDialectOptions,
  CrateError,
  hasColumn,
  hasTable,
  MigrationLockLostError,
  resumable,
  StatementCancelledError,
} from '../../dialect/index.js';
import { expectCrateGrammar } from './expect-sql.js';
import type { MigratorProcessOptions } from './migrator-process.js';

const crateUrl = inject('crateUrl');
const SCHEMA = 't_dialect_migrator';
const OTHER = 't_dialect_migrator_other';

interface DB {
  readonly ran: { readonly step: string; readonly pid: number };
  readonly kysely_migration: { readonly name: string };
  readonly kysely_migration_step: {
    readonly name: string;
    readonly direction: string;
    readonly step: string;
    readonly started_at: Date;
    readonly finished_at: Date | null;
    readonly error: string | null;
  };
  readonly kysely_migration_lease: { readonly id: string; readonly holder: string | null };
}

const instances: Kysely<DB>[] = [];

function open(options: CrateDialectOptions & { readonly max?: number } = {}): Kysely<DB> {
  const url = crateUrl!.replace(/\?.*$/, '');
  const db = new Kysely<DB>({ dialect: new CrateDialect({ url, schema: SCHEMA, ...options }) });
  instances.push(db);
  return db;
}

async function dropAll(): Promise<void> {
  const db = open();
  for (const schema of [SCHEMA, OTHER]) {
    const { rows } = await sql<{ table_name: string }>`select table_name
      from information_schema.tables where table_schema = ${schema}`.execute(db);
    for (const { table_name } of rows) {
      await sql`drop table if exists ${sql.id(schema, table_name)}`.execute(db);
    }
  }
}

function migratorOf(
  db: Kysely<DB>,
  migrations: Record<string, Migration>,
  props: Partial<MigratorProps> = {},
): Migrator {
  return new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(migrations) },
    ...props,
  });
}

const nothing = () => Promise.resolve();

describe.skipIf(crateUrl === undefined)("Kysely's Migrator (CrateDB)", () => {
  beforeEach(async () => {
    await dropAll();
    const db = open();
    await sql`create table ran (step text, pid integer)
      clustered into 1 shards with (number_of_replicas = 0, refresh_interval = 0)`.execute(db);
  });
  afterEach(async () => {
    for (const db of instances.splice(0)) await db.destroy();
  });
  afterAll(async () => {
    await dropAll();
    for (const db of instances.splice(0)) await db.destroy();
  });

  const trace = (step: string) => async (db: Kysely<DB>) => {
    await db.insertInto('ran').values({ step, pid: process.pid }).execute();
  };
  /** How often each step ran. */
  const ran = async () => {
    const rows = await open()
      .selectFrom('ran')
      .select(['step', (eb) => eb.fn.countAll<string>().as('times')])
      .groupBy('step')
      .execute();
    return Object.fromEntries(rows.map(({ step, times }) => [step, Number(times)]));
  };
  const recorded = async () => {
    const rows = await open()
      .selectFrom('kysely_migration_step')
      .selectAll()
      .orderBy('started_at')
      .execute();
    return rows.map(
      ({ name, direction, step, finished_at, error }) =>
        `${name} ${direction} ${step}: ${finished_at === null ? (error ?? 'begun') : 'finished'}`,
    );
  };

  describe('as on other databases', () => {
    it('goes up, down, to, to the latest, and lists', async () => {
      const db = open();
      const tables = (name: string): Migration => ({
        up: (migrated) =>
          migrated.schema
            .createTable(name)
            .addColumn('id', 'text', (column) => column.primaryKey())
            .execute(),
        down: (migrated) => migrated.schema.dropTable(name).execute(),
      });
      const migrator = migratorOf(db, { a: tables('ta'), b: tables('tb'), c: tables('tc') });
      const executed = async () =>
        (await migrator.getMigrations()).flatMap((one) => (one.executedAt ? [one.name] : []));
      const present = async () => {
        const found: string[] = [];
        for (const name of ['ta', 'tb', 'tc']) if (await hasTable(db, name)) found.push(name);
        return found;
      };

      expect(await executed()).toEqual([]);
      expect((await migrator.migrateUp()).results).toEqual([
        { migrationName: 'a', direction: 'Up', status: 'Success' },
      ]);
      expect(await executed()).toEqual(['a']);
      expect((await migrator.migrateToLatest()).error).toBeUndefined();
      expect(await executed()).toEqual(['a', 'b', 'c']);
      expect(await present()).toEqual(['ta', 'tb', 'tc']);
      expect((await migrator.migrateDown()).results).toEqual([
        { migrationName: 'c', direction: 'Down', status: 'Success' },
      ]);
      expect((await migrator.migrateTo('a')).error).toBeUndefined();
      expect(await executed()).toEqual(['a']);
      expect((await migrator.migrateTo('b')).error).toBeUndefined();
      expect(await present()).toEqual(['ta', 'tb']);
      expect((await migrator.migrateTo(NO_MIGRATIONS)).error).toBeUndefined();
      expect(await executed()).toEqual([]);
      expect(await present()).toEqual([]);
    });

    it('with plugins, and with one connection only', async () => {
      const db = open({ max: 1, acquireTimeoutMs: 2000 }).withPlugin(new CamelCasePlugin());
      const { error, results } = await migratorOf(db, {
        a: resumable<DB>({ up: { one: trace('one'), two: trace('two') } }),
      }).migrateToLatest();
      expect(error).toBeUndefined();
      expect(results?.map((result) => result.status)).toEqual(['Success']);
      expect(await recorded()).toEqual(['a up one: finished', 'a up two: finished']);
    });

    it.each(['manual', 'after-write', 'before-read'] as const)(
      'knows what was executed a moment ago, whatever the policy: %s',
      async (refresh) => {
        await migratorOf(open({ refresh }), { a: { up: nothing } }).migrateToLatest();
        for (const table of ['kysely_migration', 'kysely_migration_lock']) {
          await sql`alter table ${sql.table(table)} set (refresh_interval = 0)`.execute(open());
        }
        const migrations = { a: { up: nothing }, b: { up: trace('b') } };
        for (let i = 0; i < 3; i += 1) {
          expect(await migratorOf(open({ refresh }), migrations).migrateToLatest()).toEqual({
            results: i > 0 ? [] : [{ migrationName: 'b', direction: 'Up', status: 'Success' }],
          });
        }
        expect(await ran()).toEqual({ b: 1 });
      },
    );

    it('is not confused by the migration tables of another application', async () => {
      const other = open({ schema: OTHER });
      await migratorOf(other, { theirs: { up: nothing } }).migrateToLatest();
      const migrator = migratorOf(open(), { ours: { up: trace('ours') } });
      expect((await migrator.getMigrations()).map((one) => one.executedAt)).toEqual([undefined]);
      expect((await migrator.migrateToLatest()).error).toBeUndefined();
      expect(await ran()).toEqual({ ours: 1 });
    });

    it('keeps its tables where it is told to, under the names it is told', async () => {
      const props = { migrationTableSchema: OTHER };
      const steps = { a: resumable<DB>({ up: { one: trace('one') } }) };
      const migrator = migratorOf(open(), steps, props);
      expect((await migrator.migrateToLatest()).error).toBeUndefined();
      expect((await migrator.getMigrations()).map((one) => one.executedAt)).not.toContain(undefined);
      expect((await migratorOf(open(), steps, props).migrateToLatest()).results).toEqual([]);

      const named = migratorOf(open(), steps, {
        migrationTableName: 'my_migrations',
        migrationLockTableName: 'my_lock',
      });
      expect((await named.migrateToLatest()).error).toBeUndefined();
      expect((await named.getMigrations()).map((one) => one.executedAt)).not.toContain(undefined);
      const { rows } = await sql<{ name: string }>`select table_schema || '.' || table_name as name
        from information_schema.tables where table_schema in (${SCHEMA}, ${OTHER}) order by name`.execute(
        open(),
      );
      expect(rows.map((row) => row.name)).toEqual([
        `${SCHEMA}.my_lease`,
        `${SCHEMA}.my_lock`,
        `${SCHEMA}.my_migrations`,
        `${SCHEMA}.my_step`,
        `${SCHEMA}.ran`,
        `${OTHER}.kysely_migration`,
        `${OTHER}.kysely_migration_lease`,
        `${OTHER}.kysely_migration_lock`,
        `${OTHER}.kysely_migration_step`,
      ]);
    });
  });

  describe('resumable', () => {
    it('goes on from the step that failed, and says what failed without values', async () => {
      let broken = true;
      const migrations = {
        a: resumable<DB>({
          up: {
            one: trace('one'),
            two: async (db) => {
              await trace('two')(db);
              const value = broken ? 'a secret' : '7';
              await sql`select ${value}::integer`.execute(db);
            },
            three: trace('three'),
          },
        }),
        b: { up: trace('b') },
      };
      const first = await migratorOf(open(), migrations).migrateToLatest();
      expect(first.error).toBeInstanceOf(CrateError);
      expect(first.results).toEqual([
        { migrationName: 'a', direction: 'Up', status: 'Error' },
        { migrationName: 'b', direction: 'Up', status: 'NotExecuted' },
      ]);
      const state = await recorded();
      expect(state).toHaveLength(2);
      expect(state[0]).toBe('a up one: finished');
      expect(state[1]).toMatch(/^a up two: CastError: /);
      expect(state[1]).not.toContain('secret');

      broken = false;
      const second = await migratorOf(open(), migrations).migrateToLatest();
      expect(second.error).toBeUndefined();
      expect(second.results?.map((result) => result.status)).toEqual(['Success', 'Success']);
      expect(await ran()).toEqual({ one: 1, two: 2, three: 1, b: 1 });
      expect(await recorded()).toEqual([
        'a up one: finished',
        'a up two: finished',
        'a up three: finished',
      ]);
    });

    it('records only the class of an error that is not of the dialect', async () => {
      const fail = () => Promise.reject(new TypeError('a secret'));
      const { error } = await migratorOf(open(), {
        a: resumable({ up: { one: fail } }),
      }).migrateToLatest();
      expect(error).toEqual(new TypeError('a secret'));
      expect(await recorded()).toEqual(['a up one: TypeError']);
    });

    it('runs all steps again once the migration was migrated down', async () => {
      const migrator = migratorOf(open(), {
        a: resumable<DB>({ up: { one: trace('up') }, down: { one: trace('down') } }),
      });
      for (let i = 1; i <= 2; i += 1) {
        expect((await migrator.migrateToLatest()).error).toBeUndefined();
        expect(await recorded()).toEqual(['a up one: finished']);
        expect((await migrator.migrateDown()).error).toBeUndefined();
        expect(await recorded()).toEqual(['a down one: finished']);
        expect(await ran()).toEqual({ up: i, down: i });
      }
    });

    it('is passed over on the way down where it has none', async () => {
      const migrator = migratorOf(open(), { a: resumable<DB>({ up: { one: trace('up') } }) });
      await migrator.migrateToLatest();
      expect((await migrator.migrateDown()).results).toEqual([
        { migrationName: 'a', direction: 'Down', status: 'NotExecuted' },
      ]);
    });

    it('refuses steps without an order, and to run without a name or the lock', async () => {
      expect(() => resumable({ up: { 1: nothing } })).toThrow(/a step can't be called 1/);
      expect(() => resumable({ up: {} })).toThrow('resumable: up has no steps');
      const inner = resumable({ up: { one: nothing } });
      const wrapping = { a: { up: (db: Kysely<DB>) => inner.up(db) } };
      const detached = await migratorOf(open(), wrapping).migrateToLatest();
      expect(String(detached.error)).toMatch(/give resumable a name/);
      const named = resumable({ name: 'mine', up: { one: nothing } });
      const wrapped = migratorOf(open(), { a: { up: (db) => named.up(db) } });
      expect((await wrapped.migrateToLatest()).error).toBeUndefined();
      expect(await recorded()).toEqual(['mine up one: finished']);
      await expect(named.up(open())).rejects.toThrow(/run by Kysely's Migrator/);
    });

    it('hasTable and hasColumn tell what a step finds', async () => {
      const db = open();
      await sql`create table probe (id text, o object as (a integer))
        clustered into 1 shards with (number_of_replicas = 0)`.execute(db);
      expect(await hasTable(db, 'probe')).toBe(true);
      expect(await hasTable(db, `${SCHEMA}.probe`)).toBe(true);
      expect(await hasTable(db, `${OTHER}.probe`)).toBe(false);
      expect(await hasColumn(db, 'probe', 'id')).toBe(true);
      expect(await hasColumn(db, 'probe', "o['a']")).toBe(true);
      expect(await hasColumn(db, `${SCHEMA}.probe`, 'b')).toBe(false);
    });
  });

  it('sends these statements, all of them in the grammar of CrateDB', async () => {
    const sent: string[] = [];
    const onStatement = ({ sql: text }: { readonly sql: string }) => sent.push(text);
    const migrator = migratorOf(open({ onStatement, migrationLeaseMs: 1000 }), {
      a: resumable<DB>({
        up: { one: () => sleep(1000), two: () => Promise.reject(new Error('no')) },
      }),
    });
    await migrator.migrateToLatest();
    for (const text of sent) expectCrateGrammar(text);
    const lease = `"${SCHEMA}"."kysely_migration_lease"`;
    const free = 'holder is null or holder = excluded.holder or expires_at < current_timestamp';
    const step = `"${SCHEMA}"."kysely_migration_step"`;
    const key = '"name" = $3 and "direction" = $4 and "step" = $5 returning "holder"';
    const unlessDone = (column: string) =>
      `"${column}" = case when finished_at is null then "excluded"."${column}" else "${column}" end`;
    expect(sent).toEqual(
      expect.arrayContaining([
        `create table if not exists ${lease} ("id" text primary key, "holder" text, "acquired_at" timestamptz, "expires_at" timestamptz) clustered into 1 shards`,
        `insert into ${lease} ("id", "holder", "acquired_at", "expires_at") values ($1, $2, current_timestamp, current_timestamp::bigint + $3::bigint) on conflict ("id") do update set ${['holder', 'acquired_at', 'expires_at'].map((column) => `"${column}" = case when ${free} then "excluded"."${column}" else "${column}" end`).join(', ')} returning "holder"`,
        `update ${lease} set "expires_at" = case when holder = $1 then current_timestamp::bigint + $2::bigint else "expires_at" end where "id" = $3 returning "holder"`,
        `update ${lease} set "holder" = case when holder = $1 then null else "holder" end where "id" = $2`,
        `create table if not exists ${step} ("name" text, "direction" text, "step" text, "holder" text, "started_at" timestamptz, "finished_at" timestamptz, "error" text, constraint "step_pkey" primary key ("name", "direction", "step")) clustered into 1 shards`,
        `delete from ${step} where "name" = $1 and "direction" = $2`,
        `insert into ${step} ("name", "direction", "step", "holder", "started_at", "error") values ($1, $2, $3, $4, current_timestamp, $5) on conflict ("name", "direction", "step") do update set ${unlessDone('holder')}, ${unlessDone('started_at')}, ${unlessDone('error')} returning "finished_at"`,
        `update ${step} set "finished_at" = case when holder = $1 then current_timestamp else "finished_at" end where "name" = $2 and "direction" = $3 and "step" = $4 returning "holder"`,
        `update ${step} set "error" = case when holder = $1 then $2::text else "error" end where ${key}`,
      ]),
    );
  });

  describe('the lock', () => {
    it('refuses a lease shorter than a second', () => {
      expect(() => new CrateAdapter(999)).toThrow(/migrationLeaseMs/);
      expect(() => new CrateAdapter(Number.NaN)).toThrow(/migrationLeaseMs/);
    });

    it('is held for longer than a lease lasts, while a migration takes that long', async () => {
      const migrations = {
        a: {
          up: async (db: Kysely<DB>) => {
            await trace('begun')(db);
            await sleep(3000);
            await trace('ended')(db);
          },
        },
      };
      const results = await Promise.all(
        [1, 2].map(() => migratorOf(open({ migrationLeaseMs: 1000 }), migrations).migrateToLatest()),
      );
      expect(results.map((result) => result.error)).toEqual([undefined, undefined]);
      expect(await ran()).toEqual({ begun: 1, ended: 1 });
    });

    it('is renewed on the only connection where there is no other', async () => {
      const db = open({ max: 1, migrationLeaseMs: 1000, acquireTimeoutMs: 1000 });
      const { error } = await migratorOf(db, {
        a: {
          up: async (migrated: Kysely<DB>) => {
            await trace('one')(migrated);
            await sleep(2500);
            await trace('two')(migrated);
          },
        },
      }).migrateToLatest();
      expect(error).toBeUndefined();
      expect(await ran()).toEqual({ one: 1, two: 1 });
    });

    it('is free again after a failure', async () => {
      const failing = { a: { up: () => Promise.reject(new Error('no')) } };
      expect((await migratorOf(open(), failing).migrateToLatest()).error).toEqual(new Error('no'));
      const lease = await open().selectFrom('kysely_migration_lease').selectAll().execute();
      expect(lease).toMatchObject([{ id: 'migration_lock', holder: null }]);
    });

    it('lost while a statement is under way: it is cancelled on the server', async () => {
      const taker = open();
      const { error } = await migratorOf(open({ migrationLeaseMs: 1000 }), {
        a: {
          up: async (db: Kysely<DB>) => {
            await taker.updateTable('kysely_migration_lease').set({ holder: 'another' }).execute();
            await sql`select sum(n % 7) from generate_series(1, 2000000000) as numbers (n)`.execute(db);
          },
        },
      }).migrateToLatest();
      expect(error).toBeInstanceOf(StatementCancelledError);
    });

    it('ends a migrator that lost it before its next statement', async () => {
      const taker = open();
      const { error, results } = await migratorOf(open({ migrationLeaseMs: 1000 }), {
        a: {
          up: async (db: Kysely<DB>) => {
            await trace('one')(db);
            await taker
              .updateTable('kysely_migration_lease')
              .set({ holder: 'another' })
              .where('id', '=', 'migration_lock')
              .execute();
            await sleep(1500);
            await trace('two')(db);
          },
        },
      }).migrateToLatest();
      expect(error).toBeInstanceOf(MigrationLockLostError);
      expect(results).toEqual([{ migrationName: 'a', direction: 'Up', status: 'Error' }]);
      expect(await ran()).toEqual({ one: 1 });
      expect(await open().selectFrom('kysely_migration').selectAll().execute()).toEqual([]);
      const lease = await open().selectFrom('kysely_migration_lease').selectAll().execute();
      expect(lease).toMatchObject([{ holder: 'another' }]);
    });
  });

  describe('in processes of their own', () => {
    const start = (options: Omit<MigratorProcessOptions, 'schema'>) => {
      const program = join(import.meta.dirname, 'migrator-process.ts');
      const json = JSON.stringify({ schema: SCHEMA, ...options });
      const child = spawn(process.execPath, [program, crateUrl!.replace(/\?.*$/, ''), json], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      const ended = once(child, 'close');
      return {
        child,
        printed: async (text: string) => {
          while (!output.includes(text) && child.exitCode === null) await once(child.stdout, 'data');
        },
        answer: async (): Promise<unknown> => {
          await ended;
          return JSON.parse(output.trim().split('\n').at(-1) ?? '');
        },
        signal: async () => {
          await ended;
          return child.signalCode;
        },
      };
    };
    const all = { results: ['1_steps Success', '2_plain Success'] };

    it('ten at once run every step once', async () => {
      const started = Array.from({ length: 10 }, () => start({ leaseMs: 20_000 }));
      const answers = await Promise.all(started.map(({ answer }) => answer()));
      const workers = answers.filter((answer) => JSON.stringify(answer) !== '{"results":[]}');
      expect(workers).toEqual([all]);
      expect(await ran()).toEqual({ create: 1, column: 1, fill: 1, plain: 1 });
    });

    const STEPS = ['create', 'column', 'fill', 'plain'];
    const POINTS = STEPS.flatMap((step) => [`before ${step}`, `after ${step}`]);
    it.each([...POINTS, 'end'])('killed %s: the next one completes', async (killAt) => {
      expect(await start({ leaseMs: 1000, killAt }).signal()).toBe('SIGKILL');
      const [, killedAfter] = /^after (.*)$/.exec(killAt) ?? [];

      const { results } = (await start({ leaseMs: 60_000 }).answer()) as { results: string[] };
      expect(all.results.slice(-results.length)).toEqual(results);
      // What had its effect, but not its record, is run once more.
      const expected = Object.fromEntries(STEPS.map((step) => [step, step === killedAfter ? 2 : 1]));
      expect(await ran()).toEqual(expected);
      expect(await recorded()).toEqual(
        STEPS.slice(0, 3).map((step) => `1_steps up ${step}: finished`),
      );
      expect(await hasColumn(open(), 'runs', 'note')).toBe(true);
      expect(await start({ leaseMs: 60_000 }).answer()).toEqual({ results: [] });
    });

    it('one that stood still does nothing more once another took its lock over', async () => {
      const first = start({ leaseMs: 1000, pauseIn: 'column' });
      await first.printed('stopped');
      first.child.kill('SIGSTOP');
      const second = await start({ leaseMs: 60_000 }).answer();
      first.child.kill('SIGCONT');
      expect(second).toEqual(all);
      expect(await first.answer()).toEqual({
        error: 'MigrationLockLostError',
        results: ['1_steps Error', '2_plain NotExecuted'],
      });
      expect(await ran()).toEqual({ create: 1, column: 1, fill: 1, plain: 1 });
    });
  });
});
