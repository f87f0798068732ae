import type { RootOperationNode } from 'kysely';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';

import { analyze } from '../../dialect/analysis/analyze.js';
import { analyzeRawSql } from '../../dialect/analysis/raw-sql.js';
import { tokenize } from '../../dialect/analysis/tokens.js';
import { quoteTable } from '../../dialect/table-name.js';
import { compilingDb } from './database.js';

const db = compilingDb('s');

/** Names of the tables that raw SQL reads; `unknown` where it can't be told. */
function read(text: string): string[] | 'unknown' {
  const { reads } = analyzeRawSql(text);
  return reads === 'unknown' ? reads : reads.map(({ table }) => quoteTable(table));
}

describe('raw SQL', () => {
  it.each<[string, string[] | 'unknown']>([
    ['select 1', []],
    ['select * from a', ['"a"']],
    [
      'SELECT * FROM A, b AS x, s."C d" y WHERE z IN (SELECT q FROM s.e)',
      ['"a"', '"b"', '"s"."C d"', '"s"."e"'],
    ],
    [
      'select * from a x join b y on x.i = y.i left join (select * from c) z on true',
      ['"a"', '"b"', '"c"'],
    ],
    ['select * from (a join b on a.x = b.x)', ['"a"', '"b"']],
    ['select \'from x\', "from y" from a -- from z\n/* from w */', ['"a"']],
    ["select 'it''s from x' from a", ['"a"']],
    ['select "a""b" from "q""t"', ['"q""t"']],
    ['with c (x, y) as (select 1 from a), d as (select 2 from c) select * from d, c', ['"a"']],
    ['select * from unnest($1::text[]) as n(x)', []],
    ['select * from generate_series(1, 2) g, a', ['"a"']],
    [
      'select 1 from (select x from a) q, b join c on q.x = c.x and (c.y, 1) is not null, d',
      ['"a"', '"b"', '"c"', '"d"'],
    ],
    ['select extract(year from x), trim(both from y) from a where x is distinct from y', ['"a"']],
    ['select x, y from a group by x, z order by x, w', ['"a"']],
    ['(select * from a) union all (select * from b)', ['"a"', '"b"']],
    ['update a set x = (select y from b) where z = 1', ['"a"', '"b"']],
    ['delete from a where x in (select y from b)', ['"a"', '"b"']],
    ['insert into a (x) values (1)', []],
    ['insert into a (x) select y from b', ['"b"']],
    ['copy a to directory $1', ['"a"']],
    ['create table a as select * from b', ['"b"']],
    ['create view a as select * from b', []],
    ['create table a (b text, c text) clustered by (b) into 2 shards', []],
    ['alter table a add column b text', []],
    ['set x = 1', []],
    ['explain select * from a', []],
    ['show tables', []],
    ["select E'\\' from x' from a", 'unknown'],
    ['select $$ from x $$ from a', ['"a"']],
    ["select 'open from a", 'unknown'],
    ['set x = 1; select * from a', 'unknown'],
    ['select * from a;', ['"a"']],
  ])('%s', (text, tables) => {
    expect(read(text)).toEqual(tables);
  });

  it('tells kinds and targets', () => {
    expect(analyzeRawSql('insert into s.a values (1)')).toMatchObject({
      kind: 'insert',
      writes: [{ schema: 's', name: 'a' }],
    });
    expect(analyzeRawSql('update a set x = 1').writes).toEqual([{ schema: undefined, name: 'a' }]);
    expect(analyzeRawSql('delete from only_a').writes).toEqual([
      { schema: undefined, name: 'only_a' },
    ]);
    expect(analyzeRawSql('drop table a').kind).toBe('ddl');
    expect(analyzeRawSql('refresh table a').kind).toBe('refresh');
    expect(analyzeRawSql('rollback').kind).toBe('transaction');
  });

  it('counts the rows of an INSERT', () => {
    expect(
      analyzeRawSql("insert into a values (1, f(2)), ('),(', 3) returning (x)").rawInsert,
    ).toEqual({
      rows: 2,
      arrays: [],
      ignoresConflicts: false,
    });
    expect(
      analyzeRawSql(
        'insert into a (select $3, * from unnest($1::text[], $2::bigint[]) as n(a, b)) on conflict do nothing',
      ).rawInsert,
    ).toEqual({ rows: undefined, arrays: [1, 2], ignoresConflicts: true });
    expect(
      analyzeRawSql('insert into a (select * from unnest($1::text[]) as n(a) where a > $2)')
        .rawInsert,
    ).toBeUndefined();
  });

  it('the tokenizer reads parameters, numbers, casts and names beyond ASCII', () => {
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
  const tables = (node: RootOperationNode) => {
    const { reads } = analyze(node, '', 's');
    return reads === 'unknown' ? reads : reads.map(({ table }) => quoteTable(table)).sort();
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
      ])
      .orderBy((eb) => eb.selectFrom('metrics').select('key').limit(1));
    expect(tables(query.toOperationNode())).toEqual([
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
    expect(tables(query.toOperationNode())).toEqual(['"s"."runs"']);
  });

  it("doesn't take a user's value for a node", () => {
    const value = { kind: 'TableNode', table: { identifier: { name: 'x' } } };
    const query = db
      .updateTable('runs')
      .set({ name: sql<string>`${value}` })
      .where('run_uuid', '=', 'x');
    expect(tables(query.toOperationNode())).toEqual(['"s"."runs"']);
  });

  it('CREATE TABLE … AS reads, CREATE VIEW does not', () => {
    const query = db.selectFrom('runs').selectAll();
    expect(tables(db.schema.createTable('t').as(query).toOperationNode())).toEqual(['"s"."runs"']);
    expect(tables(db.schema.createView('v').as(query).toOperationNode())).toEqual([]);
  });

  it('INSERT does not read its target; UPDATE and DELETE do', () => {
    const values = db.insertInto('runs').values({ run_uuid: 'x', status: 'y' });
    expect(tables(values.toOperationNode())).toEqual([]);
    expect(tables(db.updateTable('runs').set({ name: 'x' }).toOperationNode())).toEqual([
      '"s"."runs"',
    ]);
    expect(tables(db.deleteFrom('params').toOperationNode())).toEqual(['"s"."params"']);
  });
});
