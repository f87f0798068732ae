/** Values of drizzle's columns and of the dialect's own, to CrateDB and back. */
import { eq, getTableColumns, type InferInsertModel, type InferSelectModel, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  char,
  customType,
  date,
  doublePrecision,
  inet,
  integer,
  json,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  point,
  real,
  smallint,
  text,
  timestamp,
  uuid,
  varchar,
  vector,
} from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, expectTypeOf, inject, it } from 'vitest';

import {
  arrayOf,
  bit,
  drizzleCrate,
  floatVector,
  type GeoPoint,
  type GeoShape,
  geoPoint,
  geoShape,
  int64,
  ip,
  object,
  subscript,
} from '../../../dialect/drizzle/index.js';
import { type DrizzleTest, openDrizzle } from './tables.js';

const moment = new Date('2026-01-02T03:04:05.678Z');
const mood = pgEnum('mood', ['calm', 'wild']);

/** Drizzle's own columns: the type in CrateDB, the column, and values that come back as they went. */
const standard = {
  text: ['text', text(), ['', "a'b", 'ü\u{1F600}']],
  varchar: ['varchar(5)', varchar({ length: 5 }), ['abc']],
  char: ['char(3)', char({ length: 3 }), ['abc']],
  enumeration: ['text', mood(), ['calm']],
  boolean: ['boolean', boolean(), [true, false]],
  smallint: ['smallint', smallint(), [-32768, 32767]],
  integer: ['integer', integer(), [-2147483648, 2147483647]],
  bigintNumber: ['bigint', bigint({ mode: 'number' }), [0, -(2 ** 53 - 1), 2 ** 53 - 1]],
  bigintBigint: ['bigint', bigint({ mode: 'bigint' }), [1n, 9223372036854775806n]],
  real: ['real', real(), [1.5, Infinity]],
  double: ['double precision', doublePrecision(), [0.1, Number.NaN, -Infinity]],
  numericText: ['numeric(20, 4)', numeric({ precision: 20, scale: 4 }), ['1234567890123456.7891']],
  numericNumber: ['numeric(20, 4)', numeric({ precision: 20, scale: 4, mode: 'number' }), [1.5]],
  numericBigint: [
    'numeric(30, 0)',
    numeric({ precision: 30, scale: 0, mode: 'bigint' }),
    [123456789012345678901234567890n],
  ],
  timestampDate: ['timestamp', timestamp(), [moment, new Date(0)]],
  timestampText: ['timestamp', timestamp({ mode: 'string' }), ['2026-01-02 03:04:05.678']],
  timestamptzDate: ['timestamptz', timestamp({ withTimezone: true }), [moment, new Date(-1)]],
  timestamptzText: [
    'timestamptz',
    timestamp({ withTimezone: true, mode: 'string' }),
    ['2026-01-02 03:04:05.678+00'],
  ],
  dateText: ['timestamp', date(), ['2026-01-02', '1969-12-31']],
  dateDate: ['timestamp', date({ mode: 'date' }), [new Date('2026-01-02')]],
  uuid: ['uuid', uuid(), ['6f1e4c52-6a5e-4d0b-9c38-2f2f8c1e9a11']],
  uuidAsText: ['text', uuid(), ['6f1e4c52-6a5e-4d0b-9c38-2f2f8c1e9a11']],
  inet: ['ip', inet(), ['10.0.0.1', '::1']],
  json: ['object(ignored)', json(), [{ a: [1, 'b', null], c: { d: true } }]],
  jsonb: ['object(dynamic)', jsonb(), [{ a: { b: 'x' } }]],
  pointTuple: ['geo_point', point({ mode: 'tuple' }), [[1.5, -2.5]]],
  pointObject: ['geo_point', point({ mode: 'xy' }), [{ x: 1.5, y: -2.5 }]],
  vector: ['float_vector(3)', vector({ dimensions: 3 }), [[1, 2, 3.5]]],
  texts: ['array(text)', text().array(), [['a', 'b c', null, ''], []]],
  integers: ['array(integer)', integer().array(), [[1, null, 3]]],
  bigints: ['array(bigint)', bigint({ mode: 'bigint' }).array(), [[9007199254740993n, null]]],
  timestamps: ['array(timestamptz)', timestamp({ withTimezone: true }).array(), [[moment, null]]],
  dates: ['array(timestamp)', date().array(), [['2026-01-02', null]]],
  nested: ['array(array(integer))', integer().array().array(), [[[1, 2], [3]]]],
  booleans: ['array(boolean)', boolean().array(), [[true, false]]],
  doubles: ['array(double precision)', doublePrecision().array(), [[0.5, Infinity]]],
  points: ['array(geo_point)', point().array(), [[[1, 2], [3, 4]]]],
  jsons: ['array(object(ignored))', jsonb().array(), [[{ a: 1 }, { b: 'x,"y"' }]]],
} as const;

const address = object(
  {
    city: text().notNull(),
    place: geoPoint(),
    since: timestamp({ withTimezone: true }),
    visits: int64(),
    flags: bit(3),
    tags: text().array(),
    rooms: arrayOf(object({ name: text().notNull(), area: real() }, { policy: 'strict' })),
  },
  { policy: 'strict' },
);

/** The dialect's own: their `getSQLType()` is the type in CrateDB. */
const own = {
  objectPlain: [object(), [{ a: 1, b: { c: [1, 2] } }]],
  objectIgnored: [object(undefined, { policy: 'ignored' }), [{ any: ['x'] }]],
  address: [
    address,
    [
      {
        city: 'Dornbirn',
        place: { x: 9.74, y: 47.41 },
        since: moment,
        visits: 9007199254740993n,
        flags: '010',
        tags: ['a', 'b'],
        rooms: [{ name: 'hall', area: 12.5 }, { name: 'attic' }],
      },
      { city: 'Bregenz', visits: 3 },
    ],
  ],
  objects: [arrayOf(object({ at: timestamp(), n: integer() })), [[{ at: moment, n: 1 }, { n: 2 }]]],
  floatVector: [floatVector(3), [[1, 2, 3.5]]],
  geoPoint: [geoPoint(), [{ x: -180, y: 90 }]],
  geoPoints: [arrayOf(geoPoint()), [[{ x: 1, y: 2 }]]],
  geoShape: [
    geoShape(),
    [
      { type: 'Point', coordinates: [1, 2] },
      { type: 'Polygon', coordinates: [[[0, 0], [5, 0], [5, 5], [0, 0]]] },
    ],
  ],
  bit: [bit(4), ['0101']],
  bits: [arrayOf(bit(2)), [['01', '11']]],
  ip: [ip(), ['10.0.0.1']],
  int64: [int64(), [3, 9007199254740993n]],
  matrix: [arrayOf(arrayOf(integer())), [[[1, 2], [3]]]],
} as const;

const standardTable = pgTable('standard', {
  id: text().primaryKey(),
  ...Object.fromEntries(Object.entries(standard).map(([name, [, column]]) => [name, column])),
});
const ownTable = pgTable('own', {
  id: text().primaryKey(),
  ...Object.fromEntries(Object.entries(own).map(([name, [column]]) => [name, column])),
});

const crateUrl = inject('crateUrl');

describe.skipIf(crateUrl === undefined)('columns (CrateDB)', () => {
  let test: DrizzleTest;

  beforeAll(async () => {
    const types = Object.entries(standard).map(([name, [type]]) => `"${name}" ${type}`);
    const owns = Object.entries(getTableColumns(ownTable)).map(
      ([name, column]) => `"${name}" ${column.getSQLType()}${name === 'id' ? ' primary key' : ''}`,
    );
    test = await openDrizzle(crateUrl ?? '', 'drizzle_values', [
      `standard (id text primary key, ${types.join(', ')})`,
      `own (${owns.join(', ')})`,
      'wide (id text primary key, n bigint)',
    ]);
  });
  afterAll(() => test.close());

  async function roundTrip(
    table: typeof standardTable | typeof ownTable,
    name: string,
    values: readonly unknown[],
  ): Promise<void> {
    const column = getTableColumns(table)[name as 'id'];
    for (const [index, value] of values.entries()) {
      const id = `${name} ${String(index)}`;
      const [returned] = await test.db
        .insert(table)
        .values({ id, [name]: value })
        .returning({ value: column });
      expect(returned).toEqual({ value });
      const read = await test.db.select({ value: column }).from(table).where(eq(table.id, id));
      expect(read).toEqual([{ value }]);
    }
    const id = `${name} null`;
    const insert = test.db
      .insert(table)
      .values({ id, [name]: sql.placeholder('value') } as never)
      .prepare(id);
    await insert.execute({ value: null });
    const read = await test.db.select({ value: column }).from(table).where(eq(table.id, id));
    expect(read).toEqual([{ value: null }]);
  }

  it.each(Object.entries(standard))('%s', (name, [, , values]) =>
    roundTrip(standardTable, name, values),
  );

  it.each(Object.entries(own))('of the dialect: %s', (name, [, values]) =>
    roundTrip(ownTable, name, values),
  );

  it('a number that would be rounded is an error that names the column', async () => {
    const wide = pgTable('wide', { id: text().primaryKey(), n: bigint({ mode: 'number' }) });
    await test.db.insert(wide).values({ id: 'a', n: sql`9007199254740993` });
    await expect(test.db.select().from(wide).where(eq(wide.id, 'a'))).rejects.toThrow(
      /Column "n".*mode 'bigint'/,
    );
  });

  it('subscripts are selected and compared', async () => {
    const people = pgTable('own', { id: text().primaryKey(), address });
    await test.db.insert(people).values({ id: 'sub', address: { city: 'Lech', visits: 4 } });
    const city = subscript(people.address, 'city');
    const rows = await test.db
      .select({ city, first: subscript(people.address, 'rooms', 'name') })
      .from(people)
      .where(sql`${city} = ${'Lech'}`);
    expect(rows).toEqual([{ city: 'Lech', first: null }]);
    expectTypeOf(rows[0]!.city).toEqualTypeOf<string | null>();
  });

  it('expressions of types that no column has come as the Kysely dialect gives them', async () => {
    const { rows } = await test.db.execute(
      sql`select '12:30:00+01:00'::timetz as t, '2026-01-02'::date as d, 3::bigint as n`,
    );
    expect(rows).toEqual([
      { t: '12:30:00+01:00', d: new Date('2026-01-02T00:00:00.000Z'), n: '3' },
    ]);
  });
});

describe('types of columns', () => {
  it('are those of CREATE TABLE', () => {
    const types = Object.fromEntries(
      Object.entries(getTableColumns(ownTable)).map(([name, column]) => [name, column.getSQLType()]),
    );
    expect(types).toMatchObject({
      objectPlain: 'object',
      objectIgnored: 'object(ignored)',
      address:
        'object(strict) as ("city" text, "place" geo_point,' +
        ' "since" timestamp with time zone, "visits" bigint, "flags" bit(3), "tags" text[],' +
        ' "rooms" array(object(strict) as ("name" text, "area" real)))',
      floatVector: 'float_vector(3)',
      geoPoints: 'array(geo_point)',
      bit: 'bit(4)',
      matrix: 'array(array(integer))',
    });
  });

  it('say what a row holds', () => {
    const people = pgTable('people', {
      id: text().primaryKey(),
      address,
      home: geoPoint().notNull(),
      area: geoShape(),
      face: floatVector(2),
      size: int64(),
      params: object().$type<Record<string, string>>(),
      marks: arrayOf(object({ at: timestamp().notNull() })),
    });
    type Row = InferSelectModel<typeof people>;
    expect(Object.keys(getTableColumns(people))).toHaveLength(8);
    expectTypeOf<NonNullable<Row['address']>['city']>().toEqualTypeOf<string>();
    expectTypeOf<NonNullable<Row['address']>['place']>().toEqualTypeOf<GeoPoint | null | undefined>();
    expectTypeOf<Row['home']>().toEqualTypeOf<GeoPoint>();
    expectTypeOf<Row['area']>().toEqualTypeOf<GeoShape | null>();
    expectTypeOf<Row['face']>().toEqualTypeOf<number[] | null>();
    expectTypeOf<Row['size']>().toEqualTypeOf<number | bigint | null>();
    expectTypeOf<Row['params']>().toEqualTypeOf<Record<string, string> | null>();
    expectTypeOf<NonNullable<Row['marks']>[number]['at']>().toEqualTypeOf<Date>();
    expectTypeOf<InferInsertModel<typeof people>>().toExtend<{ home: GeoPoint }>();
  });

  it('refuse lengths, dimensions and policies that there are none', () => {
    expect(() => floatVector(0)).toThrow(RangeError);
    expect(() => floatVector(2049)).toThrow('1 to 2048');
    expect(() => bit(0)).toThrow(RangeError);
    expect(() => object({}, { policy: 'loose' as 'strict' })).toThrow(
      'policy must be one of dynamic, strict, ignored',
    );
  });

  it('a bit string of another length is refused before it is sent', () => {
    const flags = pgTable('flags', { id: text().primaryKey(), bits: bit(4) });
    const insert = drizzleCrate({ url: 'crate://nowhere' }).insert(flags);
    expect(() => insert.values({ id: 'a', bits: '01' }).toSQL()).toThrow(/bit\(4\)/);
  });

  it('leave custom types as they are', () => {
    const upper = customType<{ data: string }>({
      dataType: () => 'text',
      toDriver: (value) => value.toUpperCase(),
    });
    const table = pgTable('t', { v: upper() });
    const { params } = drizzleCrate({ url: 'crate://nowhere' })
      .insert(table)
      .values({ v: 'a' })
      .toSQL();
    expect(params).toEqual(['A']);
  });
});
