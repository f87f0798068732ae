import { afterAll, beforeAll, describe, expect, expectTypeOf, inject, it } from 'vitest';

import {
  distance,
  type GeoShapeValue,
  intersects,
  matchShape,
  pointValue,
  shapeValue,
  within,
} from '../../../dialect/sql/index.js';
import { expectSql } from '../expect-sql.js';
import { compilingNotes, note, type NotesTest, openNotes } from './open-notes.js';

const crateUrl = inject('crateUrl');
const db = compilingNotes();

const SQUARE: GeoShapeValue = {
  type: 'Polygon',
  coordinates: [
    [
      [5, 5],
      [30, 5],
      [30, 30],
      [5, 30],
      [5, 5],
    ],
  ],
};
const POINT = '[$1::double precision, $2::double precision]::geo_point';

describe('geography', () => {
  it('points and distances', () => {
    const query = db
      .selectFrom('notes')
      .select((eb) => ['id', distance(eb, 'at', { lon: 9.5, lat: 47 }).as('metres')]);
    expectTypeOf(() => query.executeTakeFirstOrThrow()).returns.resolves.toEqualTypeOf<{
      id: string;
      metres: number | null;
    }>();
    expectSql(
      query,
      `select "id", distance("at", ${POINT}) as "metres" from "s"."notes"`,
      [9.5, 47],
    );
    for (const point of [{ lon: 1, lat: 2 }, { x: 1, y: 2 }, [1, 2, 500]] as const) {
      expectSql(
        db.updateTable('notes').set({ at: pointValue(point) }),
        `update "s"."notes" set "at" = ${POINT}`,
        [1, 2],
      );
    }
    expect(() => pointValue({ lon: 181, lat: 0 })).toThrow(
      new RangeError("a point's longitude must be from -180 to 180 degrees"),
    );
    expect(() => pointValue([0, NaN])).toThrow(
      new RangeError("a point's latitude must be from -90 to 90 degrees"),
    );
  });

  it('shapes', () => {
    expectSql(
      db
        .selectFrom('notes')
        .select((eb) => [
          within(eb, 'at', SQUARE).as('a'),
          intersects(eb, 'area', "POINT (1 '2)").as('b'),
          within(eb, 'at', eb.ref('area')).as('c'),
        ])
        .where((eb) => matchShape(eb, 'area', SQUARE, 'within')),
      `select within("at", cast($1 as object)::geo_shape) as "a", ` +
        `intersects("area", 'POINT (1 ''2)'::geo_shape) as "b", within("at", "area") as "c" ` +
        `from "s"."notes" where match("area", cast($2 as object)::geo_shape) using within`,
      [SQUARE, SQUARE],
    );
    expect(() =>
      db.selectFrom('notes').where((eb) => matchShape(eb, 'area', SQUARE, 'x' as 'within')),
    ).toThrow(new RangeError('matchShape: relation must be one of intersects, disjoint, within'));
    // @ts-expect-error -- a polygon is a list of rings
    expect(shapeValue({ type: 'Polygon', coordinates: [[1, 2]] })).toBeDefined();
  });
});

describe.skipIf(crateUrl === undefined)('geography (CrateDB)', () => {
  let crate: NotesTest;
  beforeAll(async () => {
    crate = await openNotes(crateUrl!, 't_sql_geo');
    await crate.db
      .insertInto('notes')
      .values([
        { ...note('a'), at: pointValue({ lon: 9.5, lat: 20 }), area: shapeValue(SQUARE) },
        {
          ...note('b'),
          at: pointValue([100, 60]),
          area: shapeValue('POLYGON ((50 50, 60 50, 60 60, 50 60, 50 50))'),
        },
      ])
      .execute();
  });
  afterAll(() => crate.close());

  it('distances are in metres', async () => {
    const rows = await crate.db
      .selectFrom('notes')
      .select((eb) => ['id', distance(eb, 'at', { lon: 9.5, lat: 21 }).as('metres')])
      .where((eb) => eb(distance(eb, 'at', { lon: 9.5, lat: 21 }), '<', 200_000))
      .orderBy((eb) => distance(eb, 'at', { lon: 9.5, lat: 21 }))
      .execute();
    expect(rows.map(({ id }) => id)).toEqual(['a']);
    expect(Math.abs((rows[0]?.metres ?? 0) - 111_000)).toBeLessThan(1_000);
  });

  it('what a column gives can go back in', async () => {
    const { at } = await crate.db
      .selectFrom('notes')
      .select('at')
      .where('id', '=', 'a')
      .executeTakeFirstOrThrow();
    const rows = await crate.db
      .selectFrom('notes')
      .select('id')
      .where((eb) => eb(distance(eb, 'at', at!), '<', 1))
      .execute();
    expect(rows).toEqual([{ id: 'a' }]);
  });

  it('within and intersects', async () => {
    const row = await crate.db
      .selectFrom('notes')
      .select((eb) => [
        within(eb, 'at', SQUARE).as('in_square'),
        within(eb, 'at', eb.ref('area')).as('in_area'),
        within(eb, 'at', 'POLYGON ((50 50, 60 50, 60 60, 50 60, 50 50))').as('elsewhere'),
        intersects(eb, 'area', { type: 'Point', coordinates: [6, 6] }).as('touches'),
        eb.fn<number>('latitude', ['at']).as('latitude'),
        eb.fn<string>('geohash', ['at']).as('geohash'),
        eb.fn<number>('area', ['area']).as('size'),
      ])
      .where('id', '=', 'a')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ in_square: true, in_area: true, elsewhere: false, touches: true });
    expect(row.latitude).toBeCloseTo(20, 6);
    expect(row.geohash).toMatch(/^s/);
    expect(row.size).toBeGreaterThan(0);
  });

  it('MATCH on shapes, by each relation', async () => {
    const ids = async (...given: [GeoShapeValue | string, ('disjoint' | 'within')?]) => {
      const rows = await crate.db
        .selectFrom('notes')
        .select('id')
        .where((eb) => matchShape(eb, 'area', ...given))
        .orderBy('id')
        .execute();
      return rows.map(({ id }) => id);
    };
    expect(await ids({ type: 'Point', coordinates: [6, 6] })).toEqual(['a']);
    expect(await ids('POINT (55 55)')).toEqual(['b']);
    expect(await ids('POINT (55 55)', 'disjoint')).toEqual(['a']);
    expect(await ids('POLYGON ((0 0, 40 0, 40 40, 0 40, 0 0))', 'within')).toEqual(['a']);
    expect(
      await ids({
        type: 'GeometryCollection',
        geometries: [
          { type: 'Point', coordinates: [6, 6] },
          {
            type: 'LineString',
            coordinates: [
              [40, 55],
              [70, 55],
            ],
          },
        ],
      }),
    ).toEqual(['a', 'b']);
  });
});
