import { expressionBuilder } from 'kysely';
import { afterAll, beforeAll, describe, expect, expectTypeOf, inject, it } from 'vitest';

import { anyOf, buildObject, mergeObjects, subscript } from '../../../dialect/sql/index.js';
import { expectSql } from '../expect-sql.js';
import {
  compilingNotes,
  type Item,
  note,
  type NotesDB,
  type NotesTest,
  openNotes,
} from './open-notes.js';

const crateUrl = inject('crateUrl');
const db = compilingNotes();

describe('objects', () => {
  it('a subscript is typed from the type of the column', () => {
    const query = db
      .selectFrom('notes')
      .select((eb) => [
        subscript(eb.ref('info'), 'author').as('author'),
        subscript(eb.ref('info'), 'engine', 'power').as('power'),
        subscript(eb.ref('info'), 'engine', 'parts', 1).as('part'),
        subscript(eb.ref('info'), 'items', 'price').as('prices'),
        subscript(eb.ref('items'), 2).as('item'),
        subscript(eb.ref('items'), 2, 'name').as('name'),
        subscript(eb.ref('tags'), 1).as('tag'),
      ])
      .where((eb) => eb(subscript(eb.ref('notes.info'), 'engine', 'power'), '>', 3))
      .orderBy((eb) => subscript(eb.ref('info'), 'author'), 'desc');
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      author: string | null;
      power: number | null;
      part: string | null;
      prices: readonly number[] | null;
      item: Item | null;
      name: string | null;
      tag: string | null;
    }>();
    expectSql(
      query,
      `select "info"['author'] as "author", "info"['engine']['power'] as "power", ` +
        `"info"['engine']['parts'][1] as "part", "info"['items']['price'] as "prices", ` +
        `"items"[2] as "item", "items"[2]['name'] as "name", "tags"[1] as "tag" ` +
        `from "s"."notes" where "s"."notes"."info"['engine']['power'] > $1 ` +
        `order by "info"['author'] desc`,
      [3],
    );
  });

  it('what the type has not is a type error', () => {
    const eb = expressionBuilder<NotesDB, 'notes'>();
    const refused = () => {
      // @ts-expect-error -- no such member
      subscript(eb.ref('info'), 'nothing');
      // @ts-expect-error -- no such member further down
      subscript(eb.ref('info'), 'engine', 'nothing');
      // @ts-expect-error -- an object has no positions
      subscript(eb.ref('info'), 1);
      // @ts-expect-error -- a text has no members
      subscript(eb.ref('title'), 'length');
    };
    expect(refused).not.toThrow();
    // @ts-expect-error -- the value's type is that of the member
    db.updateTable('notes').set((eb) => subscript(eb.ref('info'), 'engine', 'power'), 'x');
    expect(() => db.selectFrom('notes').select((eb) => subscript(eb.ref('xs'), 0).as('x'))).toThrow(
      new RangeError('subscript: a position must be a whole number, 1 or more'),
    );
  });

  it('quotes in names stay inside of them', () => {
    expectSql(
      db
        .selectFrom('notes')
        .select((eb) => [
          subscript(eb.ref('info').$castTo<{ "it's ]": number }>(), "it's ]").as('a'),
          buildObject({ 'say "x"': "it's" }).as('b'),
        ]),
      `select "info"['it''s ]'] as "a", {"say ""x""" = $1} as "b" from "s"."notes"`,
      ["it's"],
    );
  });

  it('objects are built from columns and values', () => {
    const query = db.selectFrom('notes').select((eb) =>
      buildObject({
        id: eb.ref('id'),
        text: 'a',
        n: 1.5,
        yes: true,
        none: null,
        list: [1, 'b'],
        inner: { m: eb.ref('n'), left: undefined },
      }).as('o'),
    );
    expectTypeOf(query.$castTo<unknown>()).not.toBeAny();
    expectSql(
      query,
      `select {"id" = "id", "text" = $1, "n" = 1.5, "yes" = true, "none" = null, ` +
        `"list" = [1, $2], "inner" = {"m" = "n"}} as "o" from "s"."notes"`,
      ['a', 'b'],
    );
    const typed = db
      .selectFrom('notes')
      .select((eb) => buildObject({ id: eb.ref('id'), n: eb.ref('n') }).as('o'));
    expectTypeOf(() => typed.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      o: { id: string; n: number | null };
    }>();
    expect(() => buildObject({ f: () => 1 })).toThrow(RangeError);
  });

  it('objects are merged', () => {
    const query = db
      .selectFrom('notes')
      .select((eb) => mergeObjects(eb.ref('info'), { author: 1, extra: true }).as('o'));
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toExtend<{
      o: { author: number; extra: boolean; engine: { power: number | null } };
    }>();
    expectSql(query, 'select concat("info", cast($1 as object)) as "o" from "s"."notes"', [
      { author: 1, extra: true },
    ]);
  });
});

describe.skipIf(crateUrl === undefined)('objects (CrateDB)', () => {
  let crate: NotesTest;
  beforeAll(async () => {
    crate = await openNotes(crateUrl!, 't_sql_object');
    await crate.db
      .insertInto('notes')
      .values([
        note('a', {
          n: 1,
          info: {
            author: 'Ann',
            engine: { power: 5, parts: ['x', 'y'] },
            items: [
              { price: 1, name: 'p' },
              { price: 2, name: null },
            ],
          },
          items: [{ price: 3, name: 'q' }],
        }),
        note('b', { n: 2, info: { author: 'Bob', engine: { power: 9 } } }),
      ])
      .execute();
  });
  afterAll(() => crate.close());

  it('subscripts in SELECT, WHERE, GROUP BY and ORDER BY', async () => {
    const rows = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        'id',
        subscript(eb.ref('info'), 'engine', 'parts', 1).as('part'),
        subscript(eb.ref('info'), 'items', 'price').as('prices'),
        subscript(eb.ref('items'), 1, 'name').as('name'),
      ])
      .where((eb) => eb(subscript(eb.ref('info'), 'engine', 'power'), '>=', 5))
      .orderBy((eb) => subscript(eb.ref('info'), 'engine', 'power'))
      .execute();
    expect(rows).toEqual([
      { id: 'a', part: 'x', prices: [1, 2], name: 'q' },
      { id: 'b', part: null, prices: null, name: null },
    ]);
    const groups = await crate.db
      .selectFrom('notes as t')
      .select((eb) => [
        subscript(eb.ref('t.info'), 'author').as('author'),
        eb.fn.sum('t.n').as('sum'),
      ])
      .groupBy((eb) => subscript(eb.ref('t.info'), 'author'))
      .orderBy('author')
      .execute();
    expect(groups.map(({ author, sum }) => [author, Number(sum)])).toEqual([
      ['Ann', 1],
      ['Bob', 2],
    ]);
  });

  it('an item of an array of objects, and the keys of an object, by ANY', async () => {
    const rows = await crate.db
      .selectFrom('notes')
      .select('id')
      .where((eb) =>
        eb.and([
          eb(eb.val(2), '=', anyOf(subscript(eb.ref('info'), 'items', 'price'))),
          eb(eb.val('items'), '=', anyOf(eb.fn<string[]>('object_keys', ['info']))),
          eb.not(
            eb.fn<boolean>('ignore3vl', [
              eb(eb.val(7), '=', anyOf(subscript(eb.ref('info'), 'items', 'price'))),
            ]),
          ),
        ]),
      )
      .execute();
    expect(rows).toEqual([{ id: 'a' }]);
  });

  it('members are set, alone and merged; others stay', async () => {
    const update = crate.db
      .updateTable('notes')
      .set((eb) => subscript(eb.ref('info'), 'engine', 'power'), 6)
      .set((eb) => subscript(eb.ref('info'), 'author'), 'Eve')
      .where('id', '=', 'a');
    expectSql(
      update,
      `update "t_sql_object"."notes" set "info"['engine']['power'] = $1, "info"['author'] = $2 where "id" = $3`,
      [6, 'Eve', 'a'],
    );
    const returned = await update
      .returning((eb) => subscript(eb.ref('info'), 'engine', 'power').as('power'))
      .execute();
    expect(returned).toEqual([{ power: 6 }]);
    await crate.db
      .updateTable('notes')
      .set((eb) => ({ info: mergeObjects(eb.ref('info'), { author: 'Zoe' }) }))
      .where('id', '=', 'a')
      .execute();
    const row = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        'info',
        buildObject({ id: eb.ref('id'), twice: 2, at: new Date(5), yes: true, t: ['x'] }).as('o'),
      ])
      .where('id', '=', 'a')
      .executeTakeFirstOrThrow();
    expect(row.info).toMatchObject({ author: 'Zoe', engine: { power: 6, parts: ['x', 'y'] } });
    expect(row.o).toEqual({ id: 'a', twice: 2, at: 5, yes: true, t: ['x'] });
  });

  it('a member of what is no column', async () => {
    const row = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        subscript(mergeObjects(eb.ref('info'), { author: 'X' }), 'author').as('merged'),
        subscript(buildObject({ n: eb.ref('n') }), 'n').as('n'),
      ])
      .where('id', '=', 'b')
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ merged: 'X', n: 2 });
  });
});
