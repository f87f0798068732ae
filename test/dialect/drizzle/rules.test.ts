/** The dialect's rules hold for statements that drizzle makes. */
import { and, eq, sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { CamelCasePlugin, Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { drizzleCrate } from '../../../dialect/drizzle/index.js';
import {
  CrateDialect,
  CrateError,
  DuplicateKeyError,
  RowsDroppedError,
  withRefresh,
} from '../../../dialect/index.js';
import { archivedRuns, type DrizzleTest, metrics, openDrizzle, runNames, runs } from './tables.js';

const schema = 'drizzle_rules';
const crateUrl = inject('crateUrl');

describe.skipIf(crateUrl === undefined)('drizzle (CrateDB)', () => {
  let test: DrizzleTest;

  beforeAll(async () => {
    test = await openDrizzle(crateUrl ?? '', schema, [
      'runs (id text primary key, name text, attempts integer not null default 1 check (attempts < 100), started_at timestamp with time zone)',
      'metrics (run_id text, key text, step bigint, value double precision, primary key (run_id, key, step))',
    ]);
    await test.db.execute(
      sql.raw(`CREATE VIEW "${schema}"."run_names" AS SELECT id, name FROM "${schema}"."runs"`),
    );
    test.refreshes();
  });
  afterAll(() => test.close());

  describe('refresh', () => {
    it('a search sees what was written, after one REFRESH of its table', async () => {
      const { db } = test;
      await db.insert(runs).values({ id: 'seen', name: 'searched' });
      expect(test.refreshes()).toEqual([]);
      const found = await db.select({ id: runs.id }).from(runs).where(eq(runs.name, 'searched'));
      expect(found).toEqual([{ id: 'seen' }]);
      expect(test.refreshes()).toEqual([`REFRESH TABLE "${schema}"."runs"`]);
    });

    it('a view refreshes what it is made from, a join both sides', async () => {
      const { db } = test;
      await db.select().from(runNames);
      expect(test.refreshes()).toEqual([`REFRESH TABLE "${schema}"."runs"`]);
      await db.select().from(runs).innerJoin(metrics, eq(metrics.runId, runs.id));
      expect(test.refreshes()).toEqual([`REFRESH TABLE "${schema}"."metrics", "${schema}"."runs"`]);
    });

    it('lookups by whole primary key refresh nothing, and see the newest row', async () => {
      const { db } = test;
      await db.insert(runs).values({ id: 'key', name: 'k' });
      await db.insert(metrics).values({ runId: 'r', key: 'k', step: 1n, value: 0.5 });
      expect(await db.select({ name: runs.name }).from(runs).where(eq(runs.id, 'key'))).toEqual([
        { name: 'k' },
      ]);
      const point = and(eq(metrics.runId, 'r'), eq(metrics.key, 'k'), eq(metrics.step, 1n));
      expect(await db.select({ value: metrics.value }).from(metrics).where(point)).toEqual([
        { value: 0.5 },
      ]);
      const archive = archivedRuns(schema);
      expect(await db.select().from(archive).where(eq(archive.id, 'key'))).toHaveLength(1);
      const { rowCount } = await db.update(runs).set({ name: 'l' }).where(eq(runs.id, 'key'));
      expect(rowCount).toBe(1);
      expect((await db.delete(runs).where(eq(runs.id, 'key'))).rowCount).toBe(1);
      expect(test.refreshes()).toEqual([]);
    });

    it('goes by the policy of the Kysely instance', async () => {
      const { kysely } = test;
      const manual = drizzleCrate({ kysely: withRefresh(kysely, 'manual') });
      await manual.select().from(runs).where(eq(runs.name, 'searched'));
      expect(test.refreshes()).toEqual([]);
      const eager = drizzleCrate({ kysely: withRefresh(kysely, 'after-write') });
      await eager.insert(runs).values({ id: 'eager' });
      expect(test.refreshes()).toEqual([`REFRESH TABLE "${schema}"."runs"`]);
    });
  });

  it('qualifies by what the Kysely instance does', () => {
    const elsewhere = drizzleCrate({ kysely: test.kysely.withSchema('elsewhere') });
    expect(elsewhere.select({ id: runs.id }).from(runs).toSQL().sql).toBe(
      'select "id" from "elsewhere"."runs"',
    );
  });

  describe('rows that CrateDB drops', () => {
    const rows = [
      { id: 'd1', attempts: 1 },
      { id: 'd2', attempts: 1000 },
      { id: 'd3', attempts: 3 },
    ];

    it('are found and told', async () => {
      const failing = test.db.insert(runs).values(rows);
      await expect(failing).rejects.toThrow(RowsDroppedError);
      await expect(test.db.insert(runs).values(rows)).rejects.toMatchObject({
        expected: 3,
        written: 0,
        missing: [1],
      });
    });

    it('also where conflicts are passed over', async () => {
      const { db } = test;
      await expect(db.insert(runs).values(rows).onConflictDoNothing()).rejects.toMatchObject({
        written: 0,
        missing: [1],
      });
      const [first, , third] = rows;
      const written = await db.insert(runs).values([first!, third!]).onConflictDoNothing();
      expect(written.rowCount).toBe(0);
    });

    it('also of a prepared statement, whose values come later', async () => {
      const insert = test.db
        .insert(runs)
        .values([
          { id: sql.placeholder('a'), attempts: 1 },
          { id: sql.placeholder('b'), attempts: sql.placeholder('attempts') },
        ])
        .prepare('two runs');
      expect(await insert.execute({ a: 'p1', b: 'p2', attempts: 2 })).toMatchObject({ rowCount: 2 });
      await expect(insert.execute({ a: 'p3', b: 'p4', attempts: 200 })).rejects.toMatchObject({
        written: 1,
        missing: [1],
      });
    });
  });

  describe('results', () => {
    it('tell columns of one name apart, and an empty side of a join', async () => {
      const { db } = test;
      await db.insert(runs).values([{ id: 'j1', name: 'a' }, { id: 'j2' }]);
      await db.insert(metrics).values({ runId: 'j1', key: 'k', step: 7n, value: 1.5 });
      const joined = await db
        .select()
        .from(runs)
        .leftJoin(metrics, eq(metrics.runId, runs.id))
        .where(sql`${runs.id} like 'j_'`)
        .orderBy(runs.id);
      const run = { attempts: 1, startedAt: null };
      expect(joined).toEqual([
        {
          runs: { id: 'j1', name: 'a', ...run },
          metrics: { runId: 'j1', key: 'k', step: 7n, value: 1.5 },
        },
        { runs: { id: 'j2', name: null, ...run }, metrics: null },
      ]);
      const twice = await db
        .select({ left: { id: runs.id }, right: { id: metrics.key } })
        .from(runs)
        .innerJoin(metrics, eq(metrics.runId, runs.id))
        .where(eq(runs.id, 'j1'));
      expect(twice).toEqual([{ left: { id: 'j1' }, right: { id: 'k' } }]);
    });

    it('$count, execute, mapWith', async () => {
      const { db } = test;
      expect(await db.$count(runs, eq(runs.id, 'j1'))).toBe(1);
      const { rows, rowCount } = await db.execute<{ id: string }>(
        sql`select id from ${runs} where ${eq(runs.id, 'j1')}`,
      );
      expect({ rows, rowCount }).toEqual({ rows: [{ id: 'j1' }], rowCount: 1 });
      const [summed] = await db
        .select({ steps: sql`sum(${metrics.step})`.mapWith(Number) })
        .from(metrics)
        .where(eq(metrics.runId, 'j1'));
      expect(summed).toEqual({ steps: 7 });
    });

    it('prepared: the same statement with other values, placeholders encoded as their column', async () => {
      const { db } = test;
      const started = new Date('2026-01-02T03:04:05.678Z');
      await db.update(runs).set({ startedAt: started }).where(eq(runs.id, 'j1'));
      const since = db
        .select({ id: runs.id })
        .from(runs)
        .where(eq(runs.startedAt, sql.placeholder('at')))
        .prepare('since');
      expect(await since.execute({ at: started })).toEqual([{ id: 'j1' }]);
      expect(await since.execute({ at: new Date(0) })).toEqual([]);
    });

    it('db.query, without relations', async () => {
      const db = drizzleCrate({ kysely: test.kysely }, { schema: { runs, metrics } });
      const run = await db.query.runs.findFirst({
        where: eq(runs.id, 'j1'),
        extras: { shout: sql<string>`upper(${runs.name})`.as('shout') },
      });
      expect(run).toEqual({
        id: 'j1',
        name: 'a',
        attempts: 1,
        startedAt: new Date('2026-01-02T03:04:05.678Z'),
        shout: 'A',
      });
      expect(await db.query.metrics.findMany({ where: eq(metrics.runId, 'none') })).toEqual([]);
    });
  });

  it('makes defaults of the program once', async () => {
    let made = 0;
    const counted = pgTable('runs', {
      id: text()
        .primaryKey()
        .$defaultFn(() => `made-${String((made += 1))}`),
      attempts: integer(),
    });
    const rows = await test.db
      .insert(counted)
      .values([{ attempts: 1 }, { attempts: 2 }])
      .returning({ id: counted.id });
    expect(rows.map(({ id }) => id).sort()).toEqual(['made-1', 'made-2']);
    expect(made).toBe(2);
  });

  it('writes the table’s default where only some rows have a value', async () => {
    const rows = await test.db
      .insert(runs)
      .values([{ id: 'x1', attempts: 9 }, { id: 'x2' }])
      .returning({ id: runs.id, attempts: runs.attempts });
    expect(rows).toEqual([
      { id: 'x1', attempts: 9 },
      { id: 'x2', attempts: 1 },
    ]);
  });

  it('raises the dialect’s errors, without values', async () => {
    const { db } = test;
    const secret = 'tell-nobody';
    await db.insert(runs).values({ id: secret });
    const error: unknown = await db
      .insert(runs)
      .values({ id: secret })
      .then(() => undefined, (raised: unknown) => raised);
    expect(error).toBeInstanceOf(DuplicateKeyError);
    const { message, stack } = error as CrateError;
    expect(message + String(stack)).not.toContain(secret);
    await expect(db.execute('SELEKT 1')).rejects.toThrow(CrateError);
    await expect(db.execute('BEGIN')).rejects.toThrow(/transactions/i);
  });

  it('logs statements to a logger of the program', async () => {
    const lines: unknown[] = [];
    const logger = { logQuery: (text: string, params: unknown[]) => lines.push([text, params]) };
    const db = drizzleCrate({ kysely: test.kysely }, { logger });
    await db.select({ id: runs.id }).from(runs).where(eq(runs.id, 'a'));
    expect(lines).toEqual([
      [`select "id" from "${schema}"."runs" where "runs"."id" = $1`, ['a']],
    ]);
  });

  it('opens connections of its own, and ends them', async () => {
    const db = drizzleCrate({ url: (crateUrl ?? '').replace(/\?.*$/, ''), schema, max: 1 });
    expect(db.$client).toBeInstanceOf(Kysely);
    expect(await db.select({ id: runs.id }).from(runs).where(eq(runs.id, 'j1'))).toHaveLength(1);
    await db.$client.destroy();
    await expect(db.select().from(runs)).rejects.toThrow();
  });

  it('works with plugins that change results of Kysely', async () => {
    const kysely = new Kysely<unknown>({
      dialect: new CrateDialect({ url: (crateUrl ?? '').replace(/\?.*$/, ''), schema }),
      plugins: [new CamelCasePlugin()],
    });
    const db = drizzleCrate({ kysely });
    expect(await db.select().from(runs).where(eq(runs.id, 'j2'))).toMatchObject([{ id: 'j2' }]);
    const { rows } = await db.execute(sql`select started_at from ${runs} where id = 'j2'`);
    expect(rows).toEqual([{ started_at: null }]);
    await kysely.destroy();
  });
});
