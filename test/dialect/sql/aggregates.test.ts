import { afterAll, beforeAll, describe, expect, expectTypeOf, inject, it } from 'vitest';

import {
  anyValue,
  currentRow,
  firstValue,
  following,
  hyperloglogDistinct,
  interval,
  lag,
  lastValue,
  lead,
  lttb,
  maxBy,
  minBy,
  nthValue,
  percentile,
  preceding,
  rangeBetween,
  rowsBetween,
  stringAgg,
  topK,
  type TopK,
  unboundedFollowing,
  unboundedPreceding,
  windowed,
} from '../../../dialect/sql/index.js';
import { expectSql } from '../expect-sql.js';
import { compilingNotes, note, type NotesTest, openNotes } from './open-notes.js';

const crateUrl = inject('crateUrl');
const db = compilingNotes();

describe('aggregates', () => {
  it('are typed from their columns', () => {
    const query = db
      .selectFrom('notes')
      .select((eb) => [
        anyValue(eb, 'id').as('any'),
        maxBy(eb, 'title', 'ts').as('last'),
        minBy(eb, 'id', 'n').as('first'),
        percentile(eb, 'n', 0.5).as('median'),
        percentile(eb, 'n', [0, 0.9], 100).as('several'),
        stringAgg(eb, 'title', ', ').as('titles'),
        topK(eb, 'grp').as('top'),
        topK(eb, 'grp', 3, 64).as('top_3'),
        hyperloglogDistinct(eb, 'id').filterWhere('n', '>', 1).as('ids'),
        lttb(eb, 'ts', 'n', 10).as('line'),
      ]);
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      any: string | null;
      last: string | null;
      first: string | null;
      median: number | null;
      several: number[] | null;
      titles: string | null;
      top: TopK<string | null> | null;
      top_3: TopK<string | null> | null;
      ids: number | string | bigint;
      line: { readonly x: readonly number[]; readonly y: readonly number[] } | null;
    }>();
    expectSql(
      query,
      'select any_value("id") as "any", max_by("title", "ts") as "last", min_by("id", "n") as "first", ' +
        'percentile("n", 0.5::double precision) as "median", ' +
        'percentile("n", [0::double precision, 0.9::double precision], 100::double precision) as "several", ' +
        'string_agg("title", $1) as "titles", topk("grp", 8) as "top", topk("grp", 3, 64) as "top_3", ' +
        'hyperloglog_distinct("id", 14) filter(where "n" > $2) as "ids", lttb("ts", "n", 10) as "line" ' +
        'from "s"."notes"',
      [', ', 1],
    );
    expect(() => db.selectFrom('notes').select((eb) => percentile(eb, 'n', 2).as('p'))).toThrow(
      new RangeError('percentile: a fraction must be from 0 to 1'),
    );
  });
});

describe('window functions', () => {
  it('have frames, and pass over nulls', () => {
    const query = db.selectFrom('notes').select((eb) => [
      windowed(
        eb.fn.sum<number>('n').over((over) => over.partitionBy('grp').orderBy('ts', 'desc')),
        { frame: rowsBetween(preceding(2)) },
      ).as('a'),
      windowed(
        eb.fn
          .sum<number>('n')
          .filterWhere('n', '>', 1)
          .over((over) => over.orderBy('ts')),
        {
          frame: rangeBetween(preceding({ days: 1 }), following(interval('1 hour') as never)),
        },
      ).as('b'),
      windowed(
        lag(eb, 'n', 1, 0).over((over) => over.orderBy('id')),
        { nulls: 'ignore' },
      ).as('c'),
      windowed(lastValue(eb, 'title').over(), {
        nulls: 'respect',
        frame: rowsBetween(unboundedPreceding, unboundedFollowing),
      }).as('d'),
      nthValue(eb, 'n', 2)
        .over((over) => over.orderBy('id'))
        .as('e'),
    ]);
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      a: number;
      b: number;
      c: number | null;
      d: string | null;
      e: number | null;
    }>();
    expectSql(
      query,
      'select sum("n") over(partition by "grp" order by "ts" desc rows between 2 preceding and current row) as "a", ' +
        `sum("n") filter(where "n" > 1) over(order by "ts" range between '1 days'::interval preceding and '1 hour'::interval following) as "b", ` +
        'lag("n", 1, 0) ignore nulls over(order by "id") as "c", ' +
        'last_value("title") respect nulls over(rows between unbounded preceding and unbounded following) as "d", ' +
        'nth_value("n", 2) over(order by "id") as "e" from "s"."notes"',
      [],
    );
    // @ts-expect-error -- a frame can't begin after the current row
    expect(() => rowsBetween(following(1))).not.toThrow();
    // @ts-expect-error -- nor end before it
    expect(() => rowsBetween(unboundedPreceding, preceding(1))).not.toThrow();
    expect(() => rowsBetween(preceding(1.5))).toThrow(RangeError);
    expect(() => rowsBetween(preceding({ days: 1 }))).toThrow(RangeError);
    expect(() =>
      db.selectFrom('notes').select((eb) => windowed(eb.fn.count('n'), {}).as('a')),
    ).toThrow(new RangeError('windowed: call over(…) on the function first'));
  });
});

describe.skipIf(crateUrl === undefined)('aggregates and window functions (CrateDB)', () => {
  let crate: NotesTest;
  const day = (number: number) => new Date(Date.UTC(2026, 0, number));
  beforeAll(async () => {
    crate = await openNotes(crateUrl!, 't_sql_aggregates');
    await crate.db
      .insertInto('notes')
      .values([
        note('a', { grp: 'g', n: 1, title: 'one', ts: day(1) }),
        note('b', { grp: 'g', n: 2, title: null, ts: day(2) }),
        note('c', { grp: 'h', n: 4, title: 'four', ts: day(4) }),
        note('d', { grp: 'g', n: 8, title: 'eight', ts: day(8) }),
      ])
      .execute();
  });
  afterAll(() => crate.close());

  it('aggregates', async () => {
    const row = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        anyValue(eb, 'grp').filterWhere('id', '=', 'c').as('any'),
        maxBy(eb, 'id', 'ts').as('last'),
        minBy(eb, 'id', 'n').as('first'),
        percentile(eb, 'n', 0.5).as('median'),
        percentile(eb, 'n', [0, 1], 100).as('ends'),
        stringAgg(eb, 'grp', '+').as('texts'),
        topK(eb, 'grp').as('top'),
        topK(eb, 'grp', 1, 64).as('top_1'),
        hyperloglogDistinct(eb, 'id').as('ids'),
        hyperloglogDistinct(eb, 'grp', 6).as('groups'),
        lttb(eb, 'ts', 'n', 3).as('line'),
        eb.fn.agg<number>('stddev_pop', ['n']).as('deviation'),
      ])
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      any: 'h',
      last: 'd',
      first: 'a',
      ends: [1, 8],
      top_1: { frequencies: [{ item: 'g', estimate: 3 }], maximum_error: 0 },
    });
    // Of 1, 2, 4, 8: approximate.
    expect([2, 3, 4]).toContain(row.median);
    expect(row.texts?.split('+').sort()).toEqual(['g', 'g', 'g', 'h']);
    expect(row.top?.frequencies.map(({ item }) => item)).toEqual(['g', 'h']);
    expect([Number(row.ids), Number(row.groups)]).toEqual([4, 2]);
    // The ends are always among them.
    expect([row.line?.y[0], row.line?.y.at(-1), row.line?.y.length]).toEqual([1, 8, 3]);
    expect([row.line?.x[0], row.line?.x.at(-1)]).toEqual([day(1).getTime(), day(8).getTime()]);
    expect(row.deviation).toBeCloseTo(2.6809, 3);
  });

  it('window functions', async () => {
    const rows = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        'id',
        windowed(
          eb.fn.sum('n').over((over) => over.orderBy('id')),
          { frame: rowsBetween(preceding(1)) },
        ).as('two_rows'),
        windowed(
          eb.fn
            .sum('n')
            .filterWhere('grp', '=', 'g')
            .over((over) => over.orderBy('ts')),
          { frame: rangeBetween(preceding({ days: 2 }), following({ days: 4 })) },
        ).as('days'),
        windowed(
          eb.fn.sum('n').over((over) => over.orderBy('n')),
          { frame: rangeBetween(preceding(2), currentRow) },
        ).as('by_value'),
        windowed(
          lag(eb, 'title', 1, '-').over((over) => over.orderBy('id')),
          { nulls: 'ignore' },
        ).as('title_before'),
        lead(eb, 'n')
          .over((over) => over.orderBy('id'))
          .as('next'),
        firstValue(eb, 'id')
          .over((over) => over.partitionBy('grp').orderBy('id'))
          .as('first'),
        windowed(
          lastValue(eb, 'id').over((over) => over.partitionBy('grp').orderBy('id')),
          { frame: rowsBetween(unboundedPreceding, unboundedFollowing) },
        ).as('last'),
        windowed(
          nthValue(eb, 'n', 2).over((over) => over.orderBy('id')),
          { frame: rowsBetween(currentRow, unboundedFollowing), nulls: 'respect' },
        ).as('second'),
      ])
      .orderBy('id')
      .execute();
    const column = (name: keyof (typeof rows)[number]) =>
      rows.map((row) =>
        typeof row[name] === 'string' && /^\d+$/.test(row[name]) ? Number(row[name]) : row[name],
      );
    expect(column('two_rows')).toEqual([1, 3, 6, 12]);
    expect(column('days')).toEqual([3, 3, 10, 8]);
    expect(column('by_value')).toEqual([1, 3, 6, 8]);
    expect(column('title_before')).toEqual(['-', 'one', 'one', 'four']);
    expect(column('next')).toEqual([2, 4, 8, null]);
    expect(column('first')).toEqual(['a', 'a', 'c', 'a']);
    expect(column('last')).toEqual(['d', 'd', 'c', 'd']);
    expect(column('second')).toEqual([2, 4, 8, null]);
  });
});
