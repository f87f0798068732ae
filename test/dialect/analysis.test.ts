import { Kysely, sql } from 'kysely';
import { describe, expect, it } from 'vitest';

import { analyzeSql } from '../../dialect/analysis/analyze.js';
import { tokenize } from '../../dialect/analysis/tokens.js';
import { CrateDialect } from '../../dialect/index.js';
import { quoteTable } from '../../dialect/table-name.js';
import { compilingDb } from './database.js';
import { expectCrateGrammar } from './expect-sql.js';
import { type RandomDB, randomQuery } from './random-queries.js';

const db = compilingDb('s');

/** Names of the tables that a text reads; `unknown` where it can't be told. */
function read(text: string): string[] | 'unknown' {
  const { reads } = analyzeSql(text);
  return reads === 'unknown' ? reads : reads.map(({ table }) => quoteTable(table));
}

function written(text: string): string[] | 'unknown' {
  const { writes } = analyzeSql(text);
  return writes === 'unknown' ? writes : writes.map(quoteTable);
}

const A = '"a"';
const B = '"b"';
const C = '"c"';
const D = '"d"';

describe('tables that are read', () => {
  it.each<[string, string[] | 'unknown']>([
    // FROM
    ['select 1', []],
    ['select * from a', [A]],
    ['select * from a;', [A]],
    [
      'SELECT * FROM A, b AS x, s."C d" y WHERE z IN (SELECT q FROM s.e)',
      [A, B, '"s"."C d"', '"s"."e"'],
    ],
    ['select * from crate.s.a', ['"s"."a"']],
    ['select "a""b" from "q""t"', ['"q""t"']],
    ['select * from (a) x, (b) y', [A, B]],
    ['select * from (a join b on a.x = b.x)', [A, B]],
    ['select * from (a x cross join (select * from b) y) natural join c', [A, B, C]],
    ['select * from a join b join c on b.i = c.i on a.i = b.i, d', [A, B, C, D]],
    ['select * from a x join b y on x.i = y.i left join (select * from c) z on true', [A, B, C]],
    ['select * from a join b using (i) right join c on left(b.t, 1) = right(c.t, 1)', [A, B, C]],
    [
      'select 1 from a join b on a.i = [b.i, (select max(i) from c)] and b.x is distinct from a.x, d',
      [A, B, C, D],
    ],
    ['select * from a as x (i, j), b y (k) where i = k', [A, B]],
    [
      'select 1 from (select x from a) q, b join c on q.x = c.x and (c.y, 1) is not null, d',
      [A, B, C, D],
    ],
    ['select distinct from a', [A]],
    // functions
    ['select * from unnest($1::text[]) as n(x)', []],
    ['select * from generate_series(1, (select max(i) from b)) g, a', [B, A]],
    ['select extract(year from x), trim(both from y), substring(z from 1 for 2) from a', [A]],
    [
      "select trim(leading 'x' from (select y from b)) from a where x is not distinct from y",
      [B, A],
    ],
    // every clause
    ['select x, y from a group by x, z order by x, w', [A]],
    ['select (select max(x) from b) from a', [B, A]],
    ['select x from a where x > all (select x from b) and exists (select 1 from c)', [A, B, C]],
    ['select x from a group by (select 1 from b) having count(*) > (select 1 from c)', [A, B, C]],
    ['select x from a order by (select 1 from b) limit $1', [A, B]],
    ['select count(*) filter (where x in (select x from b)) from a', [B, A]],
    ['select row_number() over (partition by (select 1 from b) order by x) from a', [B, A]],
    ['select row_number() over w from a window w as (order by x), v as (partition by y)', [A]],
    ['select case when x then (select 1 from b) else array(select 1 from c) end from a', [B, C, A]],
    [
      'select {k = (select 1 from b)}, [(select 1 from c)], ((select 1 from d)) from a',
      [B, C, D, A],
    ],
    ['select x from a fetch first 10 rows only', [A]],
    // set operations and VALUES
    ['select x from a union all select x from b union select x from c order by x', [A, B, C]],
    ['select x from a where x = 1 except select x from b', [A, B]],
    ['values (1, (select max(i) from a)), (2, 3)', [A]],
    ['select * from (values (1), ((select 1 from a))) as v (x)', [A]],
    // names that are words of SQL as well
    ['select values, fetch, returning, "from" from a where values = 1', [A]],
    ['select 1 from values, window', ['"values"', '"window"']],
    ['select x.values, (values) from a returning where returning.x = 1', [A]],
    ['select 1 from "select", "a.b"', ['"select"', '"a.b"']],
    // CTEs
    ['with c (x, y) as (select 1 from a), d as (select 2 from c) select * from d, c', [A]],
    ['with a as (select * from a) select * from a', [A]],
    ['with a as (select * from a), b as (select * from a, b) select * from a, b', [A, B]],
    ['with a as (select * from b) select * from a, s.a', [B, '"s"."a"']],
    ['with c as (select 1 from a) select 1 from c where exists (select 1 from c, b)', [A, B]],
    ['select * from (with a as (select * from b) select * from a) x, a', [B, A]],
    [
      'select (with a as (select 1 from b) select * from a union select * from a), 1 from a',
      [B, A],
    ],
    ['with c as (with d as (select 1 from a) select * from d) select * from c, d', [A, D]],
    ['with c as (select 1 from a) select * from c union select * from c join b on true', [A, B]],
    ['with c as (select 1) select * from c (x), "c" d, "C"', ['"C"']],
    // statements
    ['update a set x = (select y from b) where z = (select 1 from c)', [A, B, C]],
    ['update a x set y = 1', [A]],
    ['delete from a where x in (select y from b)', [A, B]],
    ['delete from a', [A]],
    ['insert into a (x) values (1)', []],
    ['insert into a values ((select max(x) from b))', [B]],
    ['insert into a (x) select y from b on conflict do nothing', [B]],
    ['insert into a select * from a where x = 1 on conflict (x) do update set y = 2', [A]],
    ['insert into a (x) (select y from b, c) returning x', [B, C]],
    ['insert into a (x) with c as (select * from b) select * from c', [B]],
    ['insert into a (x) values (1) on conflict (x) do update set y = (select 1 from b)', [B]],
    ['insert into a (x) values (1) returning (select 1 from b)', [B]],
    ['copy a to directory $1', [A]],
    [
      "copy s.a partition (p = 1) (x, y) where x is distinct from 'to' to directory 'from b'",
      ['"s"."a"'],
    ],
    ["copy a from 'file' with (format = 'json') return summary", []],
    ['create table a as select * from b', [B]],
    ['create table if not exists a as (with c as (select * from b) select * from c)', [B]],
    ['create table a (like b including all)', []],
    [
      'create table a (b text default (extract(year from now())), c text) clustered by (b) into 2 shards',
      [],
    ],
    ['create view a as select * from b', []],
    ['create or replace view a as select * from b', []],
    ['explain select * from a', []],
    ['explain verbose select * from a', []],
    ['explain (analyze false, costs) select * from a', []],
    ['explain analyze select * from a', [A]],
    ['explain (costs, analyze) select * from a', [A]],
    ['EXPLAIN (ANALYZE TRUE) with c as (select 1 from a) select * from c', [A]],
    ['declare c no scroll cursor with hold for select * from a', [A]],
    ['fetch all from c', []],
    ['close c', []],
    ['show tables from a', []],
    ['show columns from a from b', []],
    ['show create table a', []],
    ['set x = 1', []],
    ["set session search_path to 'a'", []],
    ['refresh table a', []],
    ['optimize table a', []],
    ['analyze', []],
    ['grant dql on table a to b', []],
    ['revoke dql on table a from b', []],
    ["create user a with (password = 'from b')", []],
    ["kill 'x'", []],
    ['restore snapshot r.s table a, b', []],
    ['create snapshot r.s table a', []],
    ["create repository r type fs with (location = 'from a')", []],
    ['create analyzer x (tokenizer standard)', []],
    ['create blob table a', []],
    ["create function f(text) returns text language javascript as 'select 1 from a'", []],
    ['alter table a add column b text', []],
    ['alter cluster swap table a to b', []],
    ['set x = 1; select * from a; select * from b', [A, B]],
    ['', []],
    // what only looks like SQL
    ['select \'from x\', "from y" from a -- from z\n/* from w */', [A]],
    ['select 1 /* a /* from b */ from a -- from c\r, d', [A, D]],
    ["select 'it''s from x' from a", [A]],
    ["select E'\\' from x' from a", [A]],
    ["select e'\\\\\\' from x', E'''' from a", [A]],
    ["select E'a\\\\' from b where '' = ' from a", [A]],
    ["select $$ from x ' $$, $1, $t$ from $$ y $t$ from a", [A]],
    ["select B'01' from a", [A]],
    // unreadable
    ["select 'open from a", 'unknown'],
    ["select E'open\\' from a", 'unknown'],
    ['select "open from a', 'unknown'],
    ['select $x$ from a $$', 'unknown'],
  ])('%s', (text, tables) => {
    expect(read(text)).toEqual(tables);
  });
});

describe('what a statement does to tables', () => {
  it.each<[string, string[] | 'unknown']>([
    ['insert into s.a values (1)', ['"s"."a"']],
    ['insert into a select * from b', [A]],
    ['update a x set y = 1', [A]],
    ['delete from crate.s.a', ['"s"."a"']],
    ["copy a from 'x'", [A]],
    ["copy a partition (p = 1) (x) from 'x' return summary", [A]],
    ['copy a to directory $1', []],
    ['create table a as select * from b', [A]],
    ['create table a (b text)', []],
    ['insert into a values (1); delete from b', [A, B]],
    ["insert into a values ('open", 'unknown'],
  ])('writes: %s', (text, tables) => {
    expect(written(text)).toEqual(tables);
  });

  it('tells kinds', () => {
    const kinds = {
      'with c as (select 1) select * from c': 'select',
      'values (1)': 'select',
      'insert into a values (1)': 'insert',
      "insert into a values ('open": 'insert',
      'drop table a': 'ddl',
      'insert into a values (1); delete from b': 'ddl',
      'refresh table a': 'refresh',
      "copy a from 'x'": 'other',
      'explain analyze select 1': 'other',
      'declare c cursor for select 1': 'other',
      rollback: 'transaction',
    };
    const found = Object.keys(kinds).map((text) => [text, analyzeSql(text).kind]);
    expect(Object.fromEntries(found)).toEqual(kinds);
  });

  it('REFRESH: whole tables', () => {
    const { refreshes } = analyzeSql('refresh table a, s.b partition (p = 1, q = 2), "C"');
    expect(refreshes.map(quoteTable)).toEqual([A, '"C"']);
  });

  it.each<[string, [string, string | undefined][]]>([
    ['drop table s.a', [['"s"."a"', undefined]]],
    ['drop table if exists a', [[A, undefined]]],
    ['create table a (b text)', [[A, undefined]]],
    ['create table if not exists a (b text)', []],
    ['alter table s.a rename to b', [['"s"."a"', '"s"."b"']]],
    ['alter table only a rename to s.b', [[A, '"s"."b"']]],
    ['alter table a rename column b to c', []],
    ['alter table a rename b to c', []],
    [
      'alter cluster swap table a to s.b',
      [
        [A, '"s"."b"'],
        ['"s"."b"', A],
      ],
    ],
    [
      'alter cluster swap table a to b with (drop_source = true)',
      [
        [A, B],
        [B, undefined],
      ],
    ],
    ['drop view a', []],
    ['drop blob table a', []],
  ])('moves: %s', (text, moves) => {
    expect(
      analyzeSql(text).moves.map(({ from, to }) => [quoteTable(from), to && quoteTable(to)]),
    ).toEqual(moves);
  });

  it('counts the rows of an INSERT', () => {
    expect(
      analyzeSql("insert into a values (1, f(2)), ('),(', 3) returning (x)").rawInsert,
    ).toEqual({
      rows: 2,
      arrays: [],
      ignoresConflicts: false,
    });
    expect(
      analyzeSql(
        'insert into a (select $3, * from unnest($1::text[], $2::bigint[]) as n(a, b)) on conflict do nothing',
      ).rawInsert,
    ).toEqual({ rows: undefined, arrays: [1, 2], ignoresConflicts: true });
    expect(
      analyzeSql('insert into a (select * from unnest($1::text[]) as n(a) where a > $2)').rawInsert,
    ).toBeUndefined();
  });

  it.each<[string, readonly string[] | 'all' | undefined]>([
    ['update a set x = 1 returning x, a.y as z', ['x', 'y']],
    ['update a set x = 1 returning *', 'all'],
    ['update a set x = 1 returning x + 1', 'all'],
    ['update a set x = 1', undefined],
    ['insert into a values (1) returning x', undefined],
    ['insert into a values (1) on conflict do nothing returning x', undefined],
    ['insert into a values (1) on conflict (x) do update set y = 1 returning "Y"', ['Y']],
    ['insert into a values (1) on conflict (x) do update set y = (select 1)', undefined],
  ])('returns of updated rows: %s', (text, columns) => {
    expect(analyzeSql(text).returnsUpdated).toEqual(columns);
  });
});

describe('tokens', () => {
  it('are parameters, numbers, casts and names beyond ASCII', () => {
    expect(tokenize('größe = $1::text[1.5]')?.map((token) => token.text)).toEqual([
      'größe',
      '=',
      '1',
      '::',
      'text',
      '[',
      '1.5',
      ']',
    ]);
  });
});

describe('compiled queries', () => {
  const tables = (query: { compile(): { sql: string } }) => {
    const found = read(query.compile().sql);
    return found === 'unknown' ? found : found.sort();
  };

  it('finds tables in every corner', () => {
    const query = db
      .with('c', (cte) => cte.selectFrom('runs').selectAll())
      .selectFrom('c')
      .innerJoin(
        (eb) => eb.selectFrom('params').selectAll().as('p'),
        (join) => join.onTrue(),
      )
      .select((eb) => [
        eb
          .selectFrom('metrics')
          .select((inner) => inner.fn.max('value').as('m'))
          .as('m'),
        sql<number>`(select count(*) from ${sql.table('runs')} join other.t on true)`.as('n'),
        sql<number>`(select count(*) from c)`.as('o'),
      ])
      .orderBy((eb) => eb.selectFrom('metrics').select('key').limit(1));
    expect(tables(query)).toEqual([
      '"other"."t"',
      '"s"."metrics"',
      '"s"."metrics"',
      '"s"."params"',
      '"s"."runs"',
      '"s"."runs"',
    ]);
  });

  it('a CTE hides a table only after its own definition', () => {
    const query = db
      .with('runs', (cte) => cte.selectFrom('runs').selectAll())
      .selectFrom('runs')
      .selectAll();
    expect(tables(query)).toEqual(['"s"."runs"']);
  });

  it("doesn't take a user's value for a part of the text", () => {
    const value = { kind: 'TableNode', table: { identifier: { name: 'x' } } };
    const query = db
      .updateTable('runs')
      .set({ name: sql<string>`${value}` })
      .where('run_uuid', '=', sql.lit("' from x"));
    expect(tables(query)).toEqual(['"s"."runs"']);
  });

  it('CREATE TABLE … AS reads, CREATE VIEW does not', () => {
    const query = db.selectFrom('runs').selectAll();
    expect(tables(db.schema.createTable('t').as(query))).toEqual(['"s"."runs"']);
    expect(tables(db.schema.createView('v').as(query))).toEqual([]);
  });

  it('INSERT does not read its target; UPDATE and DELETE do', () => {
    expect(tables(db.insertInto('runs').values({ run_uuid: 'x', status: 'y' }))).toEqual([]);
    expect(tables(db.updateTable('runs').set({ name: 'x' }))).toEqual(['"s"."runs"']);
    expect(tables(db.deleteFrom('params'))).toEqual(['"s"."params"']);
  });
});

describe('random queries', () => {
  const random = new Kysely<RandomDB>({
    dialect: new CrateDialect({ url: 'crate://nowhere', schema: 's' }),
  });

  it('read exactly the tables that they were made from', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const { query, reads } = randomQuery(random, seed);
      const text = query.compile().sql;
      if (seed <= 50) expectCrateGrammar(text);
      const found = analyzeSql(text).reads;
      const names = found === 'unknown' ? found : new Set(found.map(({ table }) => table.name));
      expect(names, text).toEqual(reads);
    }
  });
});
