import { type Expression, expressionBuilder, type SqlBool } from 'kysely';
import { afterAll, beforeAll, describe, expect, expectTypeOf, inject, it } from 'vitest';

import {
  allOf,
  anyOf,
  arrayAgg,
  arrayFrom,
  arrayValue,
  buildObject,
  slice,
} from '../../../dialect/sql/index.js';
import { expectSql } from '../expect-sql.js';
import { compilingNotes, note, type NotesDB, type NotesTest, openNotes } from './open-notes.js';

const crateUrl = inject('crateUrl');
const db = compilingNotes();

describe('arrays', () => {
  it('ANY and ALL, over columns and over parameters', () => {
    expectSql(
      db
        .selectFrom('notes')
        .select('id')
        .where((eb) => eb(eb.val('a'), '=', anyOf(eb.ref('tags'))))
        .where((eb) => eb('n', '=', anyOf(arrayValue('integer', [1, 2]))))
        .where((eb) => eb('id', '!=', allOf(arrayValue('text', ['x']))))
        .where((eb) => eb('title', 'ilike', anyOf(arrayValue('text', ['%x%']))))
        .where('tags', '&&', arrayValue('text', ['a'])),
      `select "id" from "s"."notes" where $1 = any("tags") and "n" = any($2::integer[]) ` +
        `and "id" != all($3::text[]) and "title" ilike any($4::text[]) and "tags" && $5::text[]`,
      ['a', [1, 2], ['x'], ['%x%'], ['a']],
    );
    db.selectFrom('notes').where((eb) => {
      // @ts-expect-error -- numbers are no texts
      eb(eb.val('a'), '=', anyOf(eb.ref('xs')));
      return eb.lit(true);
    });
    expect(() => arrayValue('text); drop' as 'text', [])).toThrow(RangeError);
  });

  it('slices', () => {
    const query = db
      .selectFrom('notes')
      .select((eb) => [
        slice(eb.ref('tags'), 1, 2).as('a'),
        slice(eb.ref('xs'), 2).as('b'),
        slice(eb.ref('xs'), undefined, 2).as('c'),
      ]);
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      a: string[] | null;
      b: number[] | null;
      c: number[] | null;
    }>();
    expectSql(
      query,
      'select "tags"[1:2] as "a", "xs"[2:] as "b", "xs"[:2] as "c" from "s"."notes"',
      [],
    );
    expect(() => db.selectFrom('notes').select((eb) => slice(eb.ref('xs'), 0).as('a'))).toThrow(
      new RangeError('slice: from must be a whole number, 1 or more'),
    );
  });

  it('of the rows of a subquery, and of a group', () => {
    const query = db
      .selectFrom('notes')
      .select((eb) => [
        arrayFrom(
          eb.selectFrom('other').select('other.n').whereRef('other.note', '=', 'notes.id'),
        ).as('ns'),
        arrayFrom(
          eb
            .selectFrom('other')
            .select((o) => buildObject({ id: o.ref('other.id'), n: o.ref('other.n') }).as('o')),
        ).as('os'),
      ]);
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      ns: number[];
      os: { id: string; n: number }[];
    }>();
    expectSql(
      query,
      'select array(select "s"."other"."n" from "s"."other" where "s"."other"."note" = "s"."notes"."id") as "ns", ' +
        'array(select {"id" = "s"."other"."id", "n" = "s"."other"."n"} as "o" from "s"."other") as "os" from "s"."notes"',
      [],
    );
    const groups = db
      .selectFrom('notes')
      .select((eb) => ['grp', arrayAgg(eb, 'title').filterWhere('n', '>', 1).as('titles')])
      .groupBy('grp');
    expectTypeOf(() => groups.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      grp: string | null;
      titles: (string | null)[];
    }>();
    expectSql(
      groups,
      'select "grp", array_agg("title") filter(where "n" > $1) as "titles" from "s"."notes" group by "grp"',
      [1],
    );
  });
});

describe.skipIf(crateUrl === undefined)('arrays (CrateDB)', () => {
  let crate: NotesTest;
  beforeAll(async () => {
    crate = await openNotes(crateUrl!, 't_sql_array');
    await crate.db
      .insertInto('notes')
      .values([
        note('a', { grp: 'g', n: 1, tags: ['x', "y'"], xs: [3, 4, 5] }),
        note('b', { grp: 'g', n: 2, tags: [], xs: [9] }),
      ])
      .execute();
    await crate.db
      .insertInto('other')
      .values([
        { id: 'o1', note: 'a', n: 1 },
        { id: 'o2', note: 'a', n: 2 },
      ])
      .execute();
  });
  afterAll(() => crate.close());

  it('ANY and ALL', async () => {
    const eb = expressionBuilder<NotesDB, 'notes'>();
    const ids = async (where: Expression<SqlBool>) => {
      const rows = await crate.db
        .selectFrom('notes')
        .select('id')
        .where(where)
        .orderBy('id')
        .execute();
      return rows.map(({ id }) => id);
    };
    expect(await ids(eb(eb.val("y'"), '=', anyOf(eb.ref('tags'))))).toEqual(['a']);
    expect(await ids(eb('n', '=', anyOf(arrayValue('integer', [2, 7]))))).toEqual(['b']);
    expect(await ids(eb('n', '!=', allOf(arrayValue('integer', [2, 7]))))).toEqual(['a']);
    expect(await ids(eb('n', '=', anyOf(arrayValue('integer', []))))).toEqual([]);
    expect(await ids(eb('xs', '&&', arrayValue('integer', [4, 9])))).toEqual(['a', 'b']);
    expect(await ids(eb(eb.val(5), '<', allOf(eb.ref('xs'))))).toEqual(['b']);
    expect(
      await ids(eb(eb.cast<string>('n', 'text'), 'like', anyOf(arrayValue('text', ['%2'])))),
    ).toEqual(['b']);
  });

  it('every type of items that is listed', async () => {
    const values = {
      text: ['a'],
      smallint: [1],
      integer: [1],
      bigint: [5n],
      real: [1.5],
      'double precision': [1.5],
      numeric: ['1.5'],
      boolean: [true],
      'timestamp with time zone': [new Date(7)],
      'timestamp without time zone': [new Date(7)],
      object: [{ a: 1 }],
      ip: ['127.0.0.1'],
      uuid: ['4f0f7a08-0000-4000-8000-000000000000'],
    } as const;
    for (const type of Object.keys(values) as (keyof typeof values)[]) {
      const row = await crate.db
        .selectFrom('other')
        .select(arrayValue<unknown>(type, values[type]).as('list'))
        .limit(1)
        .executeTakeFirstOrThrow();
      expect(row.list, type).toHaveLength(1);
      if (type !== 'bigint') expect(row.list, type).toEqual(values[type]);
    }
  });

  it('slices, also as groups', async () => {
    const rows = await crate.db
      .selectFrom('notes')
      .select((eb) => [slice(eb.ref('xs'), 1, 2).as('first'), eb.fn.countAll().as('count')])
      .groupBy((eb) => slice(eb.ref('xs'), 1, 2))
      .orderBy('count')
      .execute();
    expect(rows.map(({ first }) => first).sort()).toEqual([[3, 4], [9]]);
    const row = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        slice(eb.ref('xs'), 2).as('rest'),
        slice(eb.ref('xs'), undefined, 1).as('head'),
        slice(eb.ref('xs'), 7, 9).as('none'),
      ])
      .where('id', '=', 'a')
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ rest: [4, 5], head: [3], none: [] });
  });

  it('of subqueries, which are refreshed before', async () => {
    const rows = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        'id',
        arrayFrom(
          eb
            .selectFrom('other')
            .select((o) => buildObject({ id: o.ref('other.id'), n: o.ref('other.n') }).as('o'))
            .whereRef('other.note', '=', 'notes.id'),
        ).as('others'),
        arrayAgg(eb, 'n').over().as('ns'),
      ])
      .orderBy('id')
      .execute();
    expect(rows.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(rows[0]?.others.sort((x, y) => x.n - y.n)).toEqual([
      { id: 'o1', n: 1 },
      { id: 'o2', n: 2 },
    ]);
    expect(rows[1]?.others).toEqual([]);
    expect([...(rows[1]?.ns ?? [])].sort()).toEqual([1, 2]);
  });
});
