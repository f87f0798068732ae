import { Kysely, SafeNullComparisonPlugin, sql } from 'kysely';
import { describe, expect, expectTypeOf, it } from 'vitest';

import { analyze } from '../../dialect/analysis/analyze.js';
import { isLookup } from '../../dialect/analysis/key-conditions.js';
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
  it('writes own columns bare, and excluded as it is', () => {
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
              .else('new')
              .end(),
          })),
        )
        .returning('value'),
      'insert into "mlflow"."params" ("run_uuid", "key", "value") values ($1, $2, $3) on conflict ("run_uuid", "key") do update set "value" = case when "value" = "excluded"."value" then "value" else $4 end returning "value"',
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
});

describe("CrateDB's spelling", () => {
  it('row values become comparisons of columns', () => {
    const params = (operator: 'in' | 'not in') =>
      db
        .selectFrom('params')
        .select('value')
        .where((eb) =>
          eb(eb.refTuple('params.run_uuid', 'key'), operator, [
            eb.tuple('r', 'a'),
            eb.tuple('r', 'b'),
          ]),
        );
    const either =
      '(("mlflow"."params"."run_uuid" = $1 and "key" = $2) or ("mlflow"."params"."run_uuid" = $3 and "key" = $4))';
    expectSql(params('in'), `select "value" from "mlflow"."params" where ${either}`, [
      'r',
      'a',
      'r',
      'b',
    ]);
    expectSql(params('not in'), `select "value" from "mlflow"."params" where not ${either}`);
    expectSql(
      db
        .selectFrom('params')
        .select('value')
        .where((eb) => eb(eb.refTuple('run_uuid', 'key'), '=', eb.tuple('r', 'a'))),
      'select "value" from "mlflow"."params" where ("run_uuid" = $1 and "key" = $2)',
      ['r', 'a'],
    );
    expectSql(
      db
        .selectFrom('metrics')
        .select('value')
        .where((eb) => eb(eb.refTuple('run_uuid', 'key', 'step'), '>=', eb.tuple('r', 'k', 7))),
      'select "value" from "mlflow"."metrics" where ("run_uuid" > $1 or ("run_uuid" = $2 and ("key" > $3 or ("key" = $4 and "step" >= $5))))',
      ['r', 'r', 'k', 'k', 7],
    );
  });

  it('what is analysed says what is sent: whole keys by rows are a lookup', () => {
    const { query, sql: text } = db
      .selectFrom('params')
      .select('value')
      .where((eb) =>
        eb(eb.refTuple('run_uuid', 'key'), 'in', [eb.tuple('r', 'a'), eb.tuple('r', 'b')]),
      )
      .compile();
    const { reads } = analyze(query, text);
    expect(reads).toHaveLength(1);
    const [read] = reads as Exclude<typeof reads, 'unknown'>;
    expect(isLookup(read!.lookup!.conditions, ['run_uuid', 'key'], false)).toBe(true);
  });

  it('row values whose parts may change between two evaluations are refused', () => {
    const random = sql<string>`gen_random_text_uuid()`;
    expect(() =>
      db
        .selectFrom('params')
        .select('value')
        .where((eb) => eb(eb.tuple(random, eb.ref('key')), '<', eb.tuple('r', 'a')))
        .compile(),
    ).toThrow(/row values/);
  });

  it('BETWEEN SYMMETRIC', () => {
    expectSql(
      db
        .selectFrom('metrics')
        .select('value')
        .where((eb) => eb.betweenSymmetric('step', 7, 2)),
      'select "value" from "mlflow"."metrics" where ("step" between $1 and $2 or "step" between $3 and $4)',
      [7, 2, 2, 7],
    );
  });

  it('IS stands after parentheses, and takes no parameters', () => {
    const { sql: text, parameters } = new Kysely<TestDB>({
      dialect: new CrateDialect({ url: 'crate://nowhere', schema: 'mlflow' }),
      plugins: [new SafeNullComparisonPlugin()],
    })
      .selectFrom('runs')
      .select('name')
      .where((eb) => eb(eb('name', '=', 'a'), 'is not', true))
      .where('status', '=', null as never)
      .compile();
    // The npm package's grammar has no IS NOT TRUE yet; the features run it.
    expect(text).toBe(
      'select "name" from "mlflow"."runs" where ("name" = $1) is not true and "status" is null',
    );
    expect(parameters).toEqual(['a']);
  });

  it('a WITH goes to the query that is inserted', () => {
    expectSql(
      db
        .with('r', (cte) => cte.selectFrom('runs').select(['run_uuid', 'name']))
        .insertInto('params')
        .columns(['run_uuid', 'key'])
        .expression((eb) => eb.selectFrom('r').select(['r.run_uuid', 'r.name']))
        .returning('params.key'),
      'insert into "mlflow"."params" ("run_uuid", "key") with "r" as (select "run_uuid", "name" from "mlflow"."runs") select "r"."run_uuid", "r"."name" from "r" returning "mlflow"."params"."key"',
    );
  });

  it('an UPDATE is written without its alias', () => {
    expectSql(
      db
        .updateTable('runs as r')
        .set((eb) => ({ name: eb.ref('r.status') }))
        .where('r.run_uuid', '=', 'x')
        .returning('r.name'),
      'update "mlflow"."runs" set "name" = "mlflow"."runs"."status" where "mlflow"."runs"."run_uuid" = $1 returning "mlflow"."runs"."name"',
    );
    expectSql(
      db
        .withSchema('other')
        .updateTable('runs as r')
        .set({ name: 'x' })
        .where('r.run_uuid', '=', 'x'),
      'update "other"."runs" set "name" = $1 where "other"."runs"."run_uuid" = $2',
    );
  });

  it('an operand of UNION in parentheses is a subquery', () => {
    expectSql(
      db
        .selectFrom('runs')
        .select('name')
        .unionAll((eb) => eb.parens(eb.selectFrom('params').select('value as name').limit(1))),
      'select "name" from "mlflow"."runs" union all select * from (select "value" as "name" from "mlflow"."params" limit $1) as "operand"',
    );
  });

  it('values in RETURNING, and in FILTER of a window function, are literals', () => {
    expectSql(
      db
        .insertInto('params')
        .values({ run_uuid: 'r', key: 'k', value: 'v' })
        .returning((eb) => eb('value', '=', "it's").as('same')),
      `insert into "mlflow"."params" ("run_uuid", "key", "value") values ($1, $2, $3) returning "value" = 'it''s' as "same"`,
      ['r', 'k', 'v'],
    );
    expectSql(
      db
        .selectFrom('metrics')
        .select((eb) => eb.fn.countAll().filterWhere('step', '>', 7).over().as('n'))
        .where('key', '=', 'k'),
      'select count(*) filter(where "step" > 7) over() as "n" from "mlflow"."metrics" where "key" = $1',
      ['k'],
    );
    expect(() =>
      db
        .insertInto('params')
        .values({ run_uuid: 'r', key: 'k', value: 'v' })
        .returning((eb) => eb.val(['a']).as('list'))
        .compile(),
    ).toThrow(NotSupportedError);
  });

  it('JSON references are subscripts', () => {
    interface Notes {
      note: { id: string; meta: { tags: string[]; "it's": { n: number } } };
    }
    expectSql(
      (db as unknown as Kysely<Notes>)
        .selectFrom('note as t')
        .select((eb) => [
          eb.ref('t.meta', '->').key("it's").key('n').as('a'),
          eb.ref('meta', '->>').key('tags').at(0).as('b'),
        ]),
      `select "t"."meta"['it''s']['n'] as "a", cast("meta"['tags'][1] as text) as "b" from "mlflow"."note" as "t"`,
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
