/** What drizzle's builder compiles to: the exact text, CrateDB's grammar, and a run of it. */
import {
  asc,
  count,
  desc,
  eq,
  exists,
  gt,
  ilike,
  inArray,
  max,
  type SQLWrapper,
  sql,
} from 'drizzle-orm';
import { alias, unionAll } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { drizzleCrate, subscript } from '../../../dialect/drizzle/index.js';
import { expectCrateGrammar } from '../expect-sql.js';
import {
  archivedRuns,
  compilingDb,
  type DrizzleTest,
  metrics,
  openDrizzle,
  runNames,
  runs,
} from './tables.js';

interface Compiled {
  toSQL(): { sql: string; params: unknown[] };
}

type Executable = Compiled & PromiseLike<unknown>;

const schema = 'drizzle_queries';
const crateUrl = inject('crateUrl');
const archive = archivedRuns(schema);
let test: DrizzleTest | undefined;

beforeAll(async () => {
  if (crateUrl === undefined) return;
  test = await openDrizzle(crateUrl, schema, [
    'runs (id text primary key, name text, attempts integer not null default 1, started_at timestamp with time zone)',
    'metrics (run_id text, key text, step bigint, value double precision, primary key (run_id, key, step))',
  ]);
  await test.db.execute(
    sql.raw(`CREATE VIEW "${schema}"."run_names" AS SELECT id, name FROM "${schema}"."runs"`),
  );
});
afterAll(() => test?.close());

/** The same query against CrateDB, where there is one. */
async function expectQuery(
  build: (db: ReturnType<typeof compilingDb>) => Executable,
  text: string,
  params: readonly unknown[],
): Promise<void> {
  const compiled = build(compilingDb()).toSQL();
  expect(compiled.sql).toBe(text);
  expect(compiled.params).toEqual(params);
  expectCrateGrammar(compiled.sql);
  if (test !== undefined) await build(test.db);
}

describe('SELECT', () => {
  it('qualifies tables, and calls columns by the table alone', () =>
    expectQuery(
      (db) => db.select().from(runs).where(eq(runs.id, 'a')),
      'select "id", "name", "attempts", "started_at" from "app"."runs" where "runs"."id" = $1',
      ['a'],
    ));

  it('leaves a schema that the table says itself', () =>
    expectQuery(
      (db) => db.select({ id: archive.id }).from(archive).where(eq(archive.id, 'a')),
      `select "id" from "${schema}"."runs" where "${schema}"."runs"."id" = $1`,
      ['a'],
    ));

  it('qualifies views', () =>
    expectQuery(
      (db) => db.select().from(runNames).where(ilike(runNames.name, 'a%')),
      'select "id", "name" from "app"."run_names" where "run_names"."name" ilike $1',
      ['a%'],
    ));

  const latest = alias(metrics, 'latest');
  it('joins, with aliases', () =>
    expectQuery(
      (db) =>
        db
          .select({ id: runs.id, step: latest.step })
          .from(runs)
          .leftJoin(metrics, eq(metrics.runId, runs.id))
          .innerJoin(latest, eq(latest.runId, runs.id)),
      'select "runs"."id", "latest"."step" from "app"."runs"' +
        ' left join "app"."metrics" on "metrics"."run_id" = "runs"."id"' +
        ' inner join "app"."metrics" "latest" on "latest"."run_id" = "runs"."id"',
      [],
    ));

  it('from an alias, grouped, ordered, a page of it', () =>
    expectQuery(
      (db) =>
        db
          .select({ id: latest.runId, points: count() })
          .from(latest)
          .groupBy(latest.runId)
          .having(gt(count(), 1))
          .orderBy(desc(latest.runId))
          .limit(2)
          .offset(1),
      'select "run_id", count(*) from "app"."metrics" "latest" group by "latest"."run_id"' +
        ' having count(*) > $1 order by "latest"."run_id" desc limit $2 offset $3',
      [1, 2, 1],
    ));

  it('CTEs', () =>
    expectQuery(
      (db) => {
        const top = db
          .$with('top')
          .as((qb) =>
            qb
              .select({ runId: metrics.runId, step: max(metrics.step).as('step') })
              .from(metrics)
              .groupBy(metrics.runId),
          );
        return db.with(top).select().from(top);
      },
      'with "top" as (select "run_id", max("step") as "step" from "app"."metrics"' +
        ' group by "metrics"."run_id") select "run_id", "step" from "top"',
      [],
    ));

  it('subqueries, to any depth', () =>
    expectQuery(
      (db) => {
        const points = db
          .select({ runId: metrics.runId, n: count().as('n') })
          .from(metrics)
          .where(inArray(metrics.runId, db.select({ id: runs.id }).from(runs)))
          .groupBy(metrics.runId)
          .as('points');
        return db
          .select({ id: runs.id, n: points.n })
          .from(runs)
          .leftJoin(points, eq(points.runId, runs.id))
          .where(exists(db.select().from(metrics).where(eq(metrics.runId, runs.id))));
      },
      'select "runs"."id", "n" from "app"."runs" left join (select "run_id", count(*) as "n"' +
        ' from "app"."metrics" where "metrics"."run_id" in (select "id" from "app"."runs")' +
        ' group by "metrics"."run_id") "points" on "points"."run_id" = "runs"."id"' +
        ' where exists (select "run_id", "key", "step", "value" from "app"."metrics"' +
        ' where "metrics"."run_id" = "runs"."id")',
      [],
    ));

  it('$count, as a value', () =>
    expectQuery(
      (db) => db.select({ id: runs.id, n: db.$count(metrics, eq(metrics.runId, runs.id)) }).from(runs),
      'select "id", (select count(*) from "app"."metrics" where "metrics"."run_id" = "runs"."id")' +
        ' from "app"."runs"',
      [],
    ));

  it('subscripts of objects', () => {
    const query = compilingDb()
      .select({ city: subscript(sql`"address"`, 'home', "o'city") })
      .from(runs)
      .toSQL();
    expect(query.sql).toBe(`select "address"['home']['o''city'] from "app"."runs"`);
    expectCrateGrammar(query.sql);
  });

  it('UNION without the parentheses that CrateDB refuses', () =>
    expectQuery(
      (db) =>
        db
          .select({ id: runs.name })
          .from(runs)
          .union(db.select({ id: metrics.runId }).from(metrics))
          .orderBy(asc(runs.name))
          .limit(3),
      'select "name" from "app"."runs" union select "run_id" from "app"."metrics"' +
        ' order by "name" asc limit $1',
      [3],
    ));

  it('UNION of parts that are limited by themselves, as subqueries', () =>
    expectQuery(
      (db) =>
        unionAll(
          db.select({ id: runs.name }).from(runs).limit(1),
          db.select({ id: metrics.runId }).from(metrics).orderBy(desc(metrics.runId)).limit(1),
          db.select({ id: runs.name }).from(runs),
        ),
      'select * from (select "name" from "app"."runs" limit $1) "left"' +
        ' union all select * from (select "run_id" from "app"."metrics"' +
        ' order by "metrics"."run_id" desc limit $2) "right"' +
        ' union all select "name" from "app"."runs"',
      [1, 1],
    ));

  it('UNION of a UNION, which stays whole', () =>
    expectQuery(
      (db) => {
        const names = () => db.select({ id: runs.name }).from(runs);
        return names().union(unionAll(names(), names())).unionAll(names());
      },
      'select "name" from "app"."runs" union select * from (select "name" from "app"."runs"' +
        ' union all select "name" from "app"."runs") "right"' +
        ' union all select "name" from "app"."runs"',
      [],
    ));

  it('db.query, without relations', () => {
    const options = { schema: { runs, metrics } };
    return expectQuery(
      (db) =>
        drizzleCrate({ kysely: db.$client }, options).query.runs.findFirst({
          columns: { id: true, startedAt: true },
          where: eq(runs.id, 'a'),
          orderBy: desc(runs.id),
        }),
      'select "id", "started_at" from "app"."runs" "runs" where "runs"."id" = $1' +
        ' order by "runs"."id" desc limit $2',
      ['a', 1],
    );
  });
});

describe('INSERT', () => {
  it('names the columns that have a value', () =>
    expectQuery(
      (db) => db.insert(runs).values({ id: 'i1', name: 'n' }).returning(),
      'insert into "app"."runs" ("id", "name") values ($1, $2)' +
        ' returning "id", "name", "attempts", "started_at"',
      ['i1', 'n'],
    ));

  it('calls own columns by their bare name in DO UPDATE, and the new values excluded', () =>
    expectQuery(
      (db) =>
        db
          .insert(runs)
          .values({ id: 'i1', name: 'n' })
          .onConflictDoUpdate({
            target: runs.id,
            set: { name: sql`excluded.name`, attempts: sql`${runs.attempts} + 1` },
          })
          .returning({ attempts: runs.attempts }),
      'insert into "app"."runs" ("id", "name") values ($1, $2) on conflict ("id") do update' +
        ' set "name" = excluded.name, "attempts" = "attempts" + 1 returning "attempts"',
      ['i1', 'n'],
    ));

  it('passes conflicts over', () =>
    expectQuery(
      (db) =>
        db
          .insert(metrics)
          .values({ runId: 'r', key: 'k', step: 1n })
          .onConflictDoNothing({ target: [metrics.runId, metrics.key, metrics.step] }),
      'insert into "app"."metrics" ("run_id", "key", "step") values ($1, $2, $3)' +
        ' on conflict ("run_id","key","step") do nothing',
      ['r', 'k', 1n],
    ));

  it('from a SELECT, with a CTE in it', () =>
    expectQuery(
      (db) => {
        const known = db.$with('known').as((qb) => qb.select({ id: runs.id }).from(runs));
        const row = {
          runId: known.id,
          key: sql<string>`'k'`.as('key'),
          step: sql<bigint>`1`.as('step'),
          value: sql<number>`0.5`.as('value'),
        };
        return db
          .insert(metrics)
          .select(db.with(known).select(row).from(known))
          .onConflictDoNothing();
      },
      'insert into "app"."metrics" ("run_id", "key", "step", "value")' +
        ' with "known" as (select "id" from "app"."runs")' +
        ` select "id", 'k' as "key", 1 as "step", 0.5 as "value" from "known" on conflict do nothing`,
      [],
    ));

  it('from a SELECT that a callback builds', () =>
    expectQuery(
      (db) =>
        db
          .insert(metrics)
          .select((qb) =>
            qb
              .select({
                runId: runs.id,
                key: sql<string>`'j'`.as('key'),
                step: metrics.step,
                value: metrics.value,
              })
              .from(runs)
              .innerJoin(metrics, eq(metrics.runId, runs.id)),
          )
          .onConflictDoNothing(),
      'insert into "app"."metrics" ("run_id", "key", "step", "value")' +
        ` select "runs"."id", 'j' as "key", "metrics"."step", "metrics"."value" from "app"."runs"` +
        ' inner join "app"."metrics" on "metrics"."run_id" = "runs"."id" on conflict do nothing',
      [],
    ));
});

describe('UPDATE and DELETE', () => {
  it('UPDATE … RETURNING', () =>
    expectQuery(
      (db) =>
        db
          .update(runs)
          .set({ name: 'x', attempts: sql`${runs.attempts} + 1` })
          .where(eq(runs.id, 'i1'))
          .returning({ name: runs.name }),
      'update "app"."runs" set "name" = $1, "attempts" = "runs"."attempts" + 1' +
        ' where "runs"."id" = $2 returning "name"',
      ['x', 'i1'],
    ));

  it('DELETE', () =>
    expectQuery(
      (db) => db.delete(metrics).where(inArray(metrics.runId, db.select({ id: runs.id }).from(runs))),
      'delete from "app"."metrics" where "metrics"."run_id" in (select "id" from "app"."runs")',
      [],
    ));
});

it('names columns by the casing that is asked for', () => {
  const db = drizzleCrate({ url: 'crate://nowhere' }, { casing: 'snake_case' });
  const { sql: text } = db.insert(metrics).values({ runId: 'r', key: 'k', step: 1n }).toSQL();
  expect(text).toBe('insert into "mlflow"."metrics" ("run_id", "key", "step") values ($1, $2, $3)');
});

it('qualifies tables in SQL of one’s own', () => {
  const fragment: SQLWrapper = sql`select max(${runs.attempts}) from ${runs}`;
  const { sql: text } = compilingDb().select({ top: sql`(${fragment})` }).from(metrics).toSQL();
  expect(text).toBe('select (select max("runs"."attempts") from "app"."runs") from "app"."metrics"');
});
