import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, expectTypeOf, inject, it } from 'vitest';

import { Interval } from '../../../dialect/index.js';
import {
  arrayValue,
  dateBin,
  dateFormat,
  dateTrunc,
  type DateTruncUnit,
  extract,
  type ExtractField,
  generateSeries,
  generateSubscripts,
  interval,
  regexpMatches,
  tableFunction,
} from '../../../dialect/sql/index.js';
import { expectSql } from '../expect-sql.js';
import { compilingNotes, note, type NotesTest, openNotes } from './open-notes.js';

const crateUrl = inject('crateUrl');
const db = compilingNotes();

describe('times', () => {
  it('are cut, binned and formatted, the same in SELECT and GROUP BY', () => {
    const query = db
      .selectFrom('notes')
      .select((eb) => [
        dateTrunc(eb, 'month', 'ts', 'Europe/Berlin').as('month'),
        dateBin(eb, { minutes: 15 }, 'notes.ts').as('bin'),
        dateFormat(eb, '%Y-%m', 'ts').as('text'),
        extract(eb, 'day_of_week', 'ts').as('day'),
      ])
      .groupBy((eb) => dateTrunc(eb, 'month', 'ts', 'Europe/Berlin'));
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      month: Date | null;
      bin: Date | null;
      text: string;
      day: number;
    }>();
    expectSql(
      query,
      `select date_trunc('month', 'Europe/Berlin', "ts") as "month", ` +
        `date_bin('15 minutes'::interval, "s"."notes"."ts", 0) as "bin", ` +
        `date_format('%Y-%m', "ts") as "text", extract(day_of_week from "ts") as "day" ` +
        `from "s"."notes" group by date_trunc('month', 'Europe/Berlin', "ts")`,
      [],
    );
    expect(() =>
      db.selectFrom('notes').select((eb) => dateTrunc(eb, "x'" as 'day', 'ts').as('a')),
    ).toThrow(RangeError);
  });

  it('intervals', () => {
    expectSql(
      db
        .selectFrom('notes')
        .where('ts', '>', sql<Date>`now() - ${interval({ days: 1, seconds: 0.5 })}`)
        .select('id'),
      `select "id" from "s"."notes" where "ts" > now() - '1 days 0.5 seconds'::interval`,
      [],
    );
    expect(() => interval({})).toThrow(new RangeError('interval: no parts'));
    expect(() => interval({ days: 0.5 })).toThrow(
      new RangeError('interval: days must be a whole number'),
    );
  });
});

describe('table functions', () => {
  it('have typed columns', () => {
    const numbers = db
      .selectFrom(generateSeries('s', 'n', { start: 1, stop: 9, step: 4 }))
      .select('s.n');
    expectTypeOf(() => numbers.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      n: number;
    }>();
    expectSql(
      numbers,
      'select "s"."n" from generate_series($1::integer, $2::integer, $3::integer) as "s"("n")',
      [1, 9, 4],
    );
    const [start, stop] = [new Date(0), new Date(1e9)];
    const days = db
      .selectFrom(generateSeries('s', 'day', { start, stop, step: { days: 1 } }))
      .selectAll();
    expectTypeOf(() => days.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      day: Date;
    }>();
    expectSql(
      days,
      `select * from generate_series($1::timestamp with time zone, $2::timestamp with time zone, '1 days'::interval) as "s"("day")`,
      [start, stop],
    );
    expectSql(
      db
        .selectFrom([
          generateSubscripts('i', 'position', arrayValue('text', ['a']), { reverse: true }),
          regexpMatches('m', 'groups', 'text', '(.)', 'g'),
        ])
        .selectAll(),
      'select * from generate_subscripts($1::text[], 1, true) as "i"("position"), ' +
        'regexp_matches($2::text, $3::text, $4::text) as "m"("groups")',
      [['a'], 'text', '(.)', 'g'],
    );
    expect(() => generateSeries('s', 'n', { start: 0.5, stop: 1 })).toThrow(RangeError);
  });
});

describe.skipIf(crateUrl === undefined)('times and table functions (CrateDB)', () => {
  let crate: NotesTest;
  const ts = new Date('2026-03-04T05:38:07.089Z');
  beforeAll(async () => {
    crate = await openNotes(crateUrl!, 't_sql_time');
    await crate.db
      .insertInto('notes')
      .values([note('a', { ts }), note('b', { ts: new Date('2026-03-31T23:30:00Z') })])
      .execute();
  });
  afterAll(() => crate.close());

  it('date_trunc by each unit, in a time zone, as a group', async () => {
    const starts: Record<DateTruncUnit, string> = {
      second: '2026-03-04T05:38:07.000Z',
      minute: '2026-03-04T05:38:00.000Z',
      hour: '2026-03-04T05:00:00.000Z',
      day: '2026-03-04T00:00:00.000Z',
      week: '2026-03-02T00:00:00.000Z',
      month: '2026-03-01T00:00:00.000Z',
      quarter: '2026-01-01T00:00:00.000Z',
      year: '2026-01-01T00:00:00.000Z',
    };
    for (const [unit, start] of Object.entries(starts) as [DateTruncUnit, string][]) {
      const row = await crate.db
        .selectFrom('notes')
        .select((eb) => dateTrunc(eb, unit, 'ts').as('start'))
        .where('id', '=', 'a')
        .executeTakeFirstOrThrow();
      expect(row.start, unit).toEqual(new Date(start));
    }
    const groups = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        dateTrunc(eb, 'month', 'ts', 'Europe/Berlin').as('month'),
        eb.fn.countAll().as('count'),
      ])
      .groupBy((eb) => dateTrunc(eb, 'month', 'ts', 'Europe/Berlin'))
      .orderBy('month')
      .execute();
    expect(groups.map(({ month }) => month?.toISOString())).toEqual([
      '2026-02-28T23:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ]);
  });

  it('date_bin, date_format and extract', async () => {
    const row = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        dateBin(eb, { minutes: 15 }, 'ts').as('bin'),
        dateBin(eb, '1 hour', 'ts', new Date('2026-01-01T00:10:00Z')).as('shifted'),
        dateFormat(eb, "%Y-%m-%d 'at' %H:%i", 'ts', 'Europe/Berlin').as('text'),
        eb.fn<unknown>('age', [eb.ref('ts'), eb.ref('ts')]).as('age'),
        eb(eb.ref('ts'), '+', interval({ days: 1, hours: -2 }) as never).as('later'),
        eb(
          eb.ref('ts'),
          '+',
          interval(new Interval({ hours: 1, seconds: 2, milliseconds: 11 })) as never,
        ).as('soon'),
      ])
      .where('id', '=', 'a')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      bin: new Date('2026-03-04T05:30:00Z'),
      shifted: new Date('2026-03-04T05:10:00Z'),
      text: "2026-03-04 'at' 06:38",
      later: new Date('2026-03-05T03:38:07.089Z'),
      soon: new Date('2026-03-04T06:38:09.100Z'),
    });
    const fields: Record<ExtractField, number> = {
      century: 20,
      year: 2026,
      quarter: 1,
      month: 3,
      week: 10,
      day: 4,
      day_of_week: 3,
      day_of_year: 63,
      hour: 5,
      minute: 38,
      second: 7,
      epoch: ts.getTime() / 1000,
    };
    for (const [field, value] of Object.entries(fields) as [ExtractField, number][]) {
      const found = await crate.db
        .selectFrom('notes')
        .select((eb) => extract(eb, field, 'ts').as('value'))
        .where('id', '=', 'a')
        .executeTakeFirstOrThrow();
      expect(found.value, field).toBe(value);
    }
  });

  it('series, subscripts and matches as tables', async () => {
    const numbers = async (series: { start: number; stop: number; step?: number }) =>
      (
        await crate.db
          .selectFrom(generateSeries('s', 'n', series))
          .select('s.n')
          .execute()
      ).map(({ n }) => n);
    expect(await numbers({ start: 1, stop: 3 })).toEqual([1, 2, 3]);
    expect(await numbers({ start: 5, stop: 0, step: -2 })).toEqual([5, 3, 1]);
    const days = await crate.db
      .selectFrom(
        generateSeries('s', 'day', {
          start: new Date('2026-03-03T00:00:00Z'),
          stop: new Date('2026-03-05T00:00:00Z'),
          step: { days: 1 },
        }),
      )
      .leftJoin('notes', (join) =>
        join.onRef('s.day', '=', (eb) => dateTrunc(eb, 'day', 'notes.ts') as never),
      )
      .select(['s.day', 'notes.id'])
      .orderBy('s.day')
      .execute();
    expect(days.map(({ day, id }) => [day.toISOString().slice(0, 10), id])).toEqual([
      ['2026-03-03', null],
      ['2026-03-04', 'a'],
      ['2026-03-05', null],
    ]);
    const positions = await crate.db
      .selectFrom(
        generateSubscripts('i', 'position', arrayValue('text', ['a', 'b']), { reverse: true }),
      )
      .selectAll()
      .execute();
    expect(positions).toEqual([{ position: 2 }, { position: 1 }]);
    const matches = await crate.db
      .selectFrom(regexpMatches('m', 'groups', 'foobar foobaz', 'ba(.)', 'g'))
      .select('m.groups')
      .execute();
    expect(matches).toEqual([{ groups: ['r'] }, { groups: ['z'] }]);
    const call = sql`information_schema._pg_expandarray(${arrayValue('text', ['p', 'q'])})`;
    const expanded = await crate.db
      .selectFrom(tableFunction<{ x: string; n: number }, 'e'>('e', ['x', 'n'], call))
      .select(['e.x', 'e.n'])
      .execute();
    expect(expanded).toEqual([
      { x: 'p', n: 1 },
      { x: 'q', n: 2 },
    ]);
  });
});
