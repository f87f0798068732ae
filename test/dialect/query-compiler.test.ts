import { Kysely, sql } from 'kysely';
import { describe, expect, expectTypeOf, it } from 'vitest';

import { CrateDialect, NotSupportedError, unnest, wholeKeys } from '../../dialect/index.js';
import { compilingDb, type TestDB } from './database.js';
import { expectCrateGrammar, expectSql } from './expect-sql.js';

const db = compilingDb();

describe('the grammar check', () => {
  it('fails on what CrateDB cannot parse', () => {
    expect(() => expectCrateGrammar('SELECT * FROM t FOR UPDATE')).toThrow(/grammar refuses/);
    expect(() => expectCrateGrammar('DROP TABLE a, b')).toThrow(/grammar refuses/);
  });
});

describe('schema qualification', () => {
  it('qualifies SELECT, joins and references, but no alias', () => {
    expectSql(
      db
        .selectFrom('runs')
        .innerJoin('params as p', 'p.run_uuid', 'runs.run_uuid')
        .select(['runs.name', 'p.value'])
        .where('runs.status', '=', 'x')
        .orderBy('runs.name'),
      'select "mlflow"."runs"."name", "p"."value" from "mlflow"."runs" inner join "mlflow"."params" as "p" on "p"."run_uuid" = "mlflow"."runs"."run_uuid" where "mlflow"."runs"."status" = $1 order by "mlflow"."runs"."name"',
      ['x'],
    );
  });

  it('qualifies subqueries and correlated references', () => {
    expectSql(
      db
        .selectFrom('runs')
        .selectAll('runs')
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('params')
              .select('params.key')
              .whereRef('params.run_uuid', '=', 'runs.run_uuid'),
          ),
        ),
      'select "mlflow"."runs".* from "mlflow"."runs" where exists (select "mlflow"."params"."key" from "mlflow"."params" where "mlflow"."params"."run_uuid" = "mlflow"."runs"."run_uuid")',
    );
  });

  it('leaves the names of CTEs alone, and qualifies a table of the same name inside of one', () => {
    expectSql(
      db
        .with('runs', (cte) => cte.selectFrom('runs').select(['run_uuid', 'name']))
        .selectFrom('runs')
        .innerJoin('params', 'params.run_uuid', 'runs.run_uuid')
        .select('runs.name'),
      'with "runs" as (select "run_uuid", "name" from "mlflow"."runs") select "runs"."name" from "runs" inner join "mlflow"."params" on "mlflow"."params"."run_uuid" = "runs"."run_uuid"',
    );
  });

  it('an alias that is also the name of a table stays an alias', () => {
    expectSql(
      db.selectFrom('runs as params').select('params.name'),
      'select "params"."name" from "mlflow"."runs" as "params"',
    );
  });

  it('qualifies INSERT, its SELECT and RETURNING', () => {
    expectSql(
      db
        .insertInto('params')
        .columns(['run_uuid', 'key'])
        .expression(db.selectFrom('runs').select(['runs.run_uuid', 'runs.name']))
        .returning('params.key'),
      'insert into "mlflow"."params" ("run_uuid", "key") select "mlflow"."runs"."run_uuid", "mlflow"."runs"."name" from "mlflow"."runs" returning "mlflow"."params"."key"',
    );
  });

  it('qualifies UPDATE and DELETE', () => {
    expectSql(
      db
        .updateTable('runs')
        .set((eb) => ({ name: eb.ref('runs.status') }))
        .where('runs.run_uuid', '=', 'x')
        .returning('runs.name'),
      'update "mlflow"."runs" set "name" = "mlflow"."runs"."status" where "mlflow"."runs"."run_uuid" = $1 returning "mlflow"."runs"."name"',
    );
    expectSql(
      db.deleteFrom('params').where('params.run_uuid', '=', 'x'),
      'delete from "mlflow"."params" where "mlflow"."params"."run_uuid" = $1',
    );
  });

  it('qualifies set operations', () => {
    expectSql(
      db
        .selectFrom('runs')
        .select('name')
        .unionAll(db.selectFrom('params').select('value as name')),
      'select "name" from "mlflow"."runs" union all select "value" as "name" from "mlflow"."params"',
    );
  });

  it('qualifies sql.table and sql.ref in raw SQL', () => {
    expectSql(
      sql`select ${sql.ref('runs.name')} from ${sql.table('runs')}`.compile(db),
      'select "mlflow"."runs"."name" from "mlflow"."runs"',
    );
    expectSql(
      db
        .selectFrom('runs')
        .select(sql<number>`(select count(*) from ${sql.table('params')})`.as('n')),
      'select (select count(*) from "mlflow"."params") as "n" from "mlflow"."runs"',
    );
    expectSql(
      sql`REFRESH TABLE ${sql.join([sql.table('runs'), sql.table('other.t')])}`.compile(db),
      'REFRESH TABLE "mlflow"."runs", "other"."t"',
    );
  });

  it('leaves qualified names as they are', () => {
    const other = db.withSchema('other');
    expectSql(
      other.selectFrom('runs').select('runs.name'),
      'select "other"."runs"."name" from "other"."runs"',
    );
    expectSql(
      new Kysely<{ 'sys.nodes': { id: string } }>({
        dialect: new CrateDialect({ url: 'crate://x' }),
      })
        .selectFrom('sys.nodes')
        .select('id'),
      'select "id" from "sys"."nodes"',
    );
  });

  it('qualifies the schema builder', () => {
    expectSql(
      db.schema
        .createTable('t')
        .ifNotExists()
        .addColumn('id', 'text', (column) => column.primaryKey()),
      'create table if not exists "mlflow"."t" ("id" text primary key)',
    );
    expectSql(
      db.schema.alterTable('t').addColumn('x', 'bigint'),
      'alter table "mlflow"."t" add column "x" bigint',
    );
    expectSql(db.schema.alterTable('t').renameTo('u'), 'alter table "mlflow"."t" rename to "u"');
    expectSql(db.schema.dropTable('t').ifExists(), 'drop table if exists "mlflow"."t"');
    expectSql(
      db.schema.createView('v').as(db.selectFrom('runs').select('runs.name')),
      'create view "mlflow"."v" as select "mlflow"."runs"."name" from "mlflow"."runs"',
    );
    expectSql(db.schema.dropView('v'), 'drop view "mlflow"."v"');
  });

  it('escapes the schema', () => {
    expect(compilingDb('we"ird').selectFrom('runs').select('name').compile().sql).toBe(
      'select "name" from "we""ird"."runs"',
    );
  });
});

describe('ON CONFLICT', () => {
  it('writes own columns bare, excluded and subqueries as they are', () => {
    expectSql(
      db
        .insertInto('params')
        .values({ run_uuid: 'r', key: 'k', value: 'v' })
        .onConflict((conflict) =>
          conflict.columns(['run_uuid', 'key']).doUpdateSet((eb) => ({
            value: eb
              .case()
              .when('params.value', '=', eb.ref('excluded.value'))
              .then(eb.ref('params.value'))
              .else(eb.selectFrom('params').select('params.value').limit(1))
              .end(),
          })),
        )
        .returning('value'),
      'insert into "mlflow"."params" ("run_uuid", "key", "value") values ($1, $2, $3) on conflict ("run_uuid", "key") do update set "value" = case when "value" = "excluded"."value" then "value" else (select "mlflow"."params"."value" from "mlflow"."params" limit $4) end returning "value"',
    );
  });

  it('writes them bare in raw fragments too', () => {
    expectSql(
      db
        .insertInto('params')
        .values({ run_uuid: 'r', key: 'k', value: 'v' })
        .onConflict((conflict) =>
          conflict.columns(['run_uuid', 'key']).doUpdateSet({
            value: sql`coalesce(${sql.ref('params.value')}, ${sql.ref('excluded.value')})`,
          }),
        ),
      'insert into "mlflow"."params" ("run_uuid", "key", "value") values ($1, $2, $3) on conflict ("run_uuid", "key") do update set "value" = coalesce("value", "excluded"."value")',
    );
  });

  it('refuses what CrateDB does not have', () => {
    const insert = db.insertInto('params').values({ run_uuid: 'r', key: 'k', value: 'v' });
    expect(() =>
      insert
        .onConflict((conflict) =>
          conflict
            .columns(['run_uuid', 'key'])
            .doUpdateSet({ value: 'x' })
            .where('value', '=', 'y'),
        )
        .compile(),
    ).toThrow(NotSupportedError);
    expect(() =>
      insert.onConflict((conflict) => conflict.constraint('c').doNothing()).compile(),
    ).toThrow(NotSupportedError);
    expect(() => db.selectFrom('runs').selectAll().forUpdate().compile()).toThrow(
      NotSupportedError,
    );
    expect(() => db.selectFrom('runs').selectAll().distinctOn('name').compile()).toThrow(
      NotSupportedError,
    );
    // and a failed compilation leaves nothing behind
    expectSql(
      db.selectFrom('runs').select('name').distinct(),
      'select distinct "name" from "mlflow"."runs"',
    );
  });
});

describe('literals', () => {
  it('are escaped', () => {
    expectSql(
      db.selectFrom('runs').select('name').where('name', '=', sql.lit("O'Hara \\' --")),
      `select "name" from "mlflow"."runs" where "name" = 'O''Hara \\'' --'`,
    );
    expectSql(
      sql`select ${sql.lit(Number.NaN)}, ${sql.lit(-1.5)}, ${sql.lit(null)}, ${sql.lit(true)}`.compile(
        db,
      ),
      "select 'NaN'::double precision, -1.5, null, true",
    );
  });
});

describe('unnest', () => {
  it('takes one parameter per column', () => {
    expectSql(
      db
        .insertInto('metrics')
        .columns(['run_uuid', 'key', 'step', 'value'])
        .expression(
          db
            .selectFrom(
              unnest('n', {
                key: { type: 'text', values: ['a', 'b'] },
                step: { type: 'bigint', values: [1n, 2n] },
                value: { type: 'double precision', values: [1, Number.NaN] },
              }),
            )
            .select((eb) => [eb.val('r').as('run_uuid'), 'n.key', 'n.step', 'n.value']),
        )
        .onConflict((conflict) => conflict.columns(['run_uuid', 'key', 'step']).doNothing()),
      'insert into "mlflow"."metrics" ("run_uuid", "key", "step", "value") select $1 as "run_uuid", "n"."key", "n"."step", "n"."value" from unnest($2::text[], $3::bigint[], $4::double precision[]) as "n"("key", "step", "value") on conflict ("run_uuid", "key", "step") do nothing',
      ['r', ['a', 'b'], [1n, 2n], [1, Number.NaN]],
    );
  });

  it('refuses columns of different lengths', () => {
    expect(() =>
      unnest('n', { a: { type: 'text', values: ['x'] }, b: { type: 'text', values: [] } }),
    ).toThrow(RangeError);
  });
});

describe('wholeKeys', () => {
  const get = (rows: [string, string][]) =>
    db
      .selectFrom('params')
      .select('value')
      .where((eb) => wholeKeys(eb, ['run_uuid', 'key'], rows));

  it('no key, one key', () => {
    expectSql(get([]), 'select "value" from "mlflow"."params" where false');
    expectSql(
      get([['r', 'a']]),
      'select "value" from "mlflow"."params" where ("run_uuid" = $1 and "key" = $2)',
      ['r', 'a'],
    );
  });

  it('few keys of one run: parameters, padded to a power of two', () => {
    expectSql(
      get([
        ['r', 'a'],
        ['r', 'b'],
        ['r', 'c'],
      ]),
      'select "value" from "mlflow"."params" where ("run_uuid" = $1 and ("key" = $2 or "key" = $3 or "key" = $4 or "key" = $5))',
      ['r', 'a', 'b', 'c', 'c'],
    );
  });

  it('many keys of one run: literals', () => {
    const keys = Array.from({ length: 20 }, (_, index): [string, string] => ['r', `k'${index}`]);
    expectSql(
      get(keys),
      `select "value" from "mlflow"."params" where ("run_uuid" = $1 and "key" in (${keys.map(([, key]) => `'${key.replace("'", "''")}'`).join(', ')}))`,
      ['r'],
    );
  });

  it('keys of several runs', () => {
    expectSql(
      get([
        ['r', 'a'],
        ['s', 'b'],
      ]),
      'select "value" from "mlflow"."params" where (("run_uuid" = $1 and "key" = $2) or ("run_uuid" = $3 and "key" = $4))',
      ['r', 'a', 's', 'b'],
    );
    const many = Array.from({ length: 40 }, (_, index): [string, string] => [
      `r${index}`,
      `k${index}`,
    ]);
    const compiled = get(many).compile();
    expectCrateGrammar(compiled.sql);
    expect(compiled.sql).toMatch(
      /any\(\$1\) and "key" = any\(\$2\) and coalesce\(\(.* or .*\), false\)/,
    );
    expect(compiled.parameters).toHaveLength(2 + 2 * 64);
  });
});

it('unnest gives its columns the types of their values', () => {
  const query = db
    .selectFrom(
      unnest('n', {
        key: { type: 'text', values: ['a', 'b'] },
        step: { type: 'bigint', values: [1n, null] },
      }),
    )
    .select(['n.key', 'step']);
  const rows = () => query.execute();
  expectTypeOf(rows).returns.resolves.toEqualTypeOf<{ key: string; step: bigint | null }[]>();
  expect(query.compile().parameters).toEqual([
    ['a', 'b'],
    [1n, null],
  ]);
});

it('is typed by the database', () => {
  const typed: Kysely<TestDB> = db;
  // @ts-expect-error -- no such table
  expect(() => typed.selectFrom('nope').selectAll().compile()).not.toThrow();
});
