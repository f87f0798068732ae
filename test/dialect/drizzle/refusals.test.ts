/** What CrateDB can't do is refused before anything is sent, with the alternative. */
import { eq, relations, sql } from 'drizzle-orm';
import {
  cidr,
  except,
  integer,
  intersect,
  interval,
  pgTable,
  serial,
  text,
  time,
} from 'drizzle-orm/pg-core';
import { Kysely, PostgresAdapter } from 'kysely';
import { describe, expect, expectTypeOf, it } from 'vitest';

import { type CrateDrizzle, drizzleCrate } from '../../../dialect/drizzle/index.js';
import { NotSupportedError, TransactionsNotSupportedError } from '../../../dialect/index.js';
import { compilingDb, metrics, runs } from './tables.js';

const db = compilingDb();
/** As a program knows it that was written for PostgreSQL. */
const untyped = db as unknown as {
  transaction(work: () => Promise<void>): Promise<void>;
  selectDistinctOn(on: unknown[]): unknown;
  refreshMaterializedView(view: unknown): unknown;
};

describe('refused when it is built', () => {
  const byId = eq(runs.id, 'a');
  const ids = db.$with('ids').as(db.select({ id: runs.id }).from(runs));
  const names = () => db.select({ name: runs.name }).from(runs);
  const other = db.select({ id: metrics.runId }).from(metrics).as('other');

  it.each([
    ['FOR UPDATE', () => db.select().from(runs).for('update').toSQL(), /no row locks/],
    [
      'DISTINCT ON in a subquery',
      () => db.$with('q').as((qb) => qb.selectDistinctOn([runs.name]).from(runs)),
      /no DISTINCT ON/,
    ],
    [
      'LATERAL',
      () => db.select().from(runs).leftJoinLateral(other, sql`true`).toSQL(),
      /no LATERAL\./,
    ],
    [
      'INTERSECT',
      () => intersect(names(), names()).toSQL(),
      /no INTERSECT.*exists/,
    ],
    [
      'EXCEPT',
      () => except(names(), names()).toSQL(),
      /no EXCEPT.*notExists/,
    ],
    [
      'WITH before INSERT',
      () => db.with(ids).insert(runs).values({ id: 'a' }).toSQL(),
      /no WITH before INSERT/,
    ],
    [
      'WITH before UPDATE',
      () => db.with(ids).update(runs).set({ name: 'x' }).where(byId).toSQL(),
      /no WITH before UPDATE and DELETE/,
    ],
    ['WITH before DELETE', () => db.with(ids).delete(runs).toSQL(), /no WITH before UPDATE and DELETE/],
    [
      'UPDATE … FROM',
      () => db.update(runs).set({ name: 'x' }).from(metrics).where(byId).toSQL(),
      /no UPDATE … FROM/,
    ],
    ['DELETE … RETURNING', () => db.delete(runs).returning().toSQL(), /no DELETE … RETURNING/],
    ['DEFAULT VALUES', () => db.insert(runs).values({} as never).toSQL(), /no DEFAULT VALUES/],
    [
      'OVERRIDING SYSTEM VALUE',
      () => db.insert(runs).overridingSystemValue().values({ id: 'a' }).toSQL(),
      /no OVERRIDING SYSTEM VALUE/,
    ],
    [
      'ON CONFLICT … DO UPDATE … WHERE',
      () =>
        db
          .insert(runs)
          .values({ id: 'a' })
          .onConflictDoUpdate({ target: runs.id, set: { name: 'x' }, setWhere: byId })
          .toSQL(),
      /no ON CONFLICT … WHERE.*CASE/,
    ],
    [
      'ON CONFLICT … WHERE … DO UPDATE',
      () =>
        db
          .insert(runs)
          .values({ id: 'a' })
          .onConflictDoUpdate({ target: runs.id, set: { name: 'x' }, targetWhere: byId })
          .toSQL(),
      /no ON CONFLICT … WHERE/,
    ],
    [
      'ON CONFLICT … WHERE … DO NOTHING',
      () =>
        db
          .insert(runs)
          .values({ id: 'a' })
          .onConflictDoNothing({ target: runs.id, where: byId })
          .toSQL(),
      /no ON CONFLICT … WHERE/,
    ],
    [
      'ON CONFLICT on another column than the key',
      () => db.insert(runs).values({ id: 'a' }).onConflictDoNothing({ target: runs.name }).toSQL(),
      /no unique constraints but the primary key, for ON CONFLICT \(name\).*: \(id\)/,
    ],
    [
      'ON CONFLICT on a part of the key',
      () =>
        db
          .insert(metrics)
          .values({ runId: 'r' })
          .onConflictDoNothing({ target: [metrics.runId, metrics.key] })
          .toSQL(),
      /Name the columns of the primary key: \(run_id, key, step\)/,
    ],
    // What the type says is deprecated, and takes nothing.
    ['DISTINCT ON', () => untyped.selectDistinctOn([runs.name]), /no DISTINCT ON/],
    [
      'REFRESH MATERIALIZED VIEW',
      () => untyped.refreshMaterializedView(runs),
      /no materialized views/,
    ],
  ])('%s', (_name, build, message) => {
    expect(build).toThrow(NotSupportedError);
    expect(build).toThrow(message);
  });

  it('db.query with relations', () => {
    const runRelations = relations(runs, ({ many }) => ({ metrics: many(metrics) }));
    const metricRelations = relations(metrics, ({ one }) => ({
      run: one(runs, { fields: [metrics.runId], references: [runs.id] }),
    }));
    const schema = { runs, metrics, runRelations, metricRelations };
    const relational = drizzleCrate({ url: 'crate://nowhere' }, { schema });
    const query = relational.query.runs.findMany({ with: { metrics: true } });
    expect(() => query.toSQL()).toThrow(NotSupportedError);
    expect(() => query.toSQL()).toThrow(/relations \(metrics\).*joins, or a second query/);
    expect(relational.query.runs.findMany({ with: {} }).toSQL().sql).toContain('"mlflow"."runs"');
  });
});

it('refuses transactions before anything is sent', async () => {
  let called = false;
  // The type says so as well: it takes no callback.
  expectTypeOf<CrateDrizzle['transaction']>().parameters.toEqualTypeOf<[]>();
  const transaction = untyped.transaction(() => {
    called = true;
    return Promise.resolve();
  });
  await expect(transaction).rejects.toThrow(TransactionsNotSupportedError);
  expect(called).toBe(false);
});

describe('refuses columns of types that CrateDB has not', () => {
  it.each([
    ['serial', { id: serial() }, /no type serial for tables, as t\.id has it.*gen_random_text_uuid/],
    ['time', { at: time() }, /no type time for tables, as t\.at has it\. Use text/],
    ['interval', { at: interval() }, /no type interval/],
    ['cidr', { net: cidr() }, /no type cidr for tables.*ip/],
    ['an array of them', { at: time().array() }, /no type time /],
    ['identity', { id: integer().generatedAlwaysAsIdentity() }, /no identity columns/],
  ])('%s', (_name, columns, message) => {
    const table = pgTable('t', { ...columns, v: text() });
    expect(() => db.select().from(table).toSQL()).toThrow(NotSupportedError);
    expect(() => db.insert(table).values({ v: 'x' } as never).toSQL()).toThrow(message);
    expect(() => db.update(table).set({ v: 'x' }).toSQL()).toThrow(message);
    expect(() => db.delete(table).toSQL()).toThrow(message);
  });
});

it('takes no Kysely instance of another database', async () => {
  const kysely = new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => compilingDb().$client.getExecutor() as never,
      createIntrospector: () => ({}) as never,
      createQueryCompiler: () => ({}) as never,
    },
  });
  expect(() => drizzleCrate({ kysely })).toThrow(TypeError);
});

it('takes no URL that is none', () => {
  expect(() => drizzleCrate({ url: 'nonsense' })).toThrow(TypeError);
});
