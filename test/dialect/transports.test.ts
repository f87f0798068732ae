/** The same values in and out, whichever way they go. */
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { type BigintMode, CrateDialect, type CrateUrlConfig } from '../../dialect/index.js';
import { transportUrl } from './transport-url.js';

const crateUrl = inject('crateUrl');
const AT = new Date('2024-02-29T12:34:56.789Z');

/** Expressions, by what comes of them with the default options. */
const VALUES: readonly (readonly [expression: string, expected: unknown])[] = [
  ['null', null],
  ["'x'::text", 'x'],
  ["'x'::char(3)", 'x  '],
  ['true', true],
  ['1::byte', 1],
  ['-3::smallint', -3],
  ['5', 5],
  ['9007199254740993::bigint', '9007199254740993'],
  ['5::bigint', '5'],
  ['1.1::real', 1.1],
  ['16777217::real', 16_777_216],
  ['3.4028235e38::real', 3.4028235e38],
  ['0.1::double precision', 0.1],
  ['1e22::double precision', 1e22],
  ["'NaN'::double precision", Number.NaN],
  ["'-Infinity'::real", -Infinity],
  ['1.50::numeric(10, 2)', '1.50'],
  ['123456789012345678901234567890::numeric', '123456789012345678901234567890'],
  ["cast('0.000000001' as numeric(20, 10))", '1.0E-9'],
  ["'2024-02-29T12:34:56.789Z'::timestamptz", AT],
  ["'2024-02-29T14:34:56.789+02:00'::timestamptz", AT],
  ["'2024-02-29T12:34:56.789'::timestamp", AT],
  ["'1969-12-31T23:59:59.999'::timestamp", new Date(-1)],
  ["'-0044-03-15'::timestamp", new Date('-000044-03-15')],
  ["'0001-01-01'::timestamptz", new Date('0001-01-01')],
  ['253402300800000::timestamp', new Date(253_402_300_800_000)],
  ["'2024-02-29'::date", new Date('2024-02-29')],
  ["'12:34:56.789+01:00'::timetz", '12:34:56.789+01:00'],
  ["'00:00:00.000001-03:30'::timetz", '00:00:00.000001-03:30'],
  ["'12:00:00+00'::timetz", '12:00:00'],
  ["B'0101'", '0101'],
  ["'192.168.0.1'::ip", '192.168.0.1'],
  ['[9.7, 47.1]::geo_point', { x: 9.7, y: 47.1 }],
  ["'POINT (1 2)'::geo_shape", { type: 'Point', coordinates: [1, 2] }],
  ['[0.1, 3.4]::float_vector(2)', [0.1, 3.4]],
  [
    "{a = 1, b = {c = 'x', at = '2024-01-01'::timestamptz}, n = 'NaN'::double precision, g = [1, 2]::geo_point}",
    { a: 1, b: { c: 'x', at: 1_704_067_200_000 }, n: 'NaN', g: [1, 2] },
  ],
  ['{big = [9007199254740993]}', { big: ['9007199254740993'] }],
  ['\'{"a": 1, "b": [9007199254740993]}\'::json', { a: 1, b: ['9007199254740993'] }],
  ['[]', []],
  ['[1, 2, null]', [1, 2, null]],
  ['[1::byte]', [1]],
  ['[9007199254740993, 2]', ['9007199254740993', '2']],
  ["[0.5, 'NaN'::double precision]", [0.5, Number.NaN]],
  ['[1.50::numeric(5, 2), null]', ['1.50', null]],
  ['[true, null]', [true, null]],
  ["['a', 'b,c', null, '']", ['a', 'b,c', null, '']],
  ["['2024-02-29T12:34:56.789Z'::timestamptz, null]", [AT, null]],
  ["['2024-02-29T12:34:56.789'::timestamp]", [AT]],
  ["['2024-02-29'::date, null]", [new Date('2024-02-29'), null]],
  ["['1.1.1.1'::ip]", ['1.1.1.1']],
  ['[[1, 2]::geo_point]', [{ x: 1, y: 2 }]],
  ["[B'01']", ['01']],
  ["[{a = 1}, {b = 'x'}]", [{ a: 1 }, { b: 'x' }]],
  ['[\'{"a":1}\'::json, null]', [{ a: 1 }, null]],
  ['[[1, 2], [3]]', [[1, 2], [3]]],
  ["[['2024-01-01'::timestamptz]]", [[1_704_067_200_000]]],
  ['[[9007199254740993::bigint]]', [['9007199254740993']]],
  ["'version'::regproc", 'version'],
  ['1::regclass', '1'],
  ["(select proargtypes from pg_catalog.pg_proc where proname = 'date_bin' limit 1)", expect.any(String)],
  ["information_schema._pg_expandarray(['a b'])", '("a b",1)'],
];

const INTERVALS: readonly (readonly [text: string, expected: object, iso: string])[] = [
  ['0 seconds', {}, 'PT0S'],
  ['1 year 2 months 3 days', { years: 1, months: 2, days: 3 }, 'P1Y2M3D'],
  ['-1 day', { days: -1 }, 'P-1D'],
  ['04:05:06.007', { hours: 4, minutes: 5, seconds: 6, milliseconds: 7 }, 'PT4H5M6.007S'],
  ['-5.25 seconds', { seconds: -5, milliseconds: -250 }, 'PT-5.25S'],
];

/** Parameters, by what comes of them. */
const PARAMETERS: readonly (readonly [expression: string, parameter: unknown, expected: unknown])[] =
  [
    ['$1::text', 5, '5'],
    ['$1::text', true, 'true'],
    ['$1::text', { a: 1 }, '{"a":1}'],
    ['$1::text', AT, '2024-02-29T12:34:56.789Z'],
    ['$1::text', undefined, null],
    ['$1::boolean', true, true],
    ['$1::integer', '5', 5],
    ['$1 + 1', 5, 6],
    ["$1 || 'a'", 5, '5a'],
    ['$1', 5, '5'],
    ['abs($1)', -5, 5],
    ['$1::bigint', 9007199254740993n, '9007199254740993'],
    ['$1::bigint', -(2n ** 63n), '-9223372036854775808'],
    ['$1::double precision', Number.NaN, Number.NaN],
    ['$1::double precision', -Infinity, -Infinity],
    ['$1::double precision', 5e-324, 5e-324],
    ['$1::numeric', '12345678901234567890.5', '12345678901234567890.5'],
    ['$1::timestamptz', AT, AT],
    ['$1::timestamp', AT, AT],
    ['$1::timestamptz', AT.getTime(), AT],
    ['$1::object', { a: 1.5, b: [1, { c: null }] }, { a: 1.5, b: [1, { c: null }] }],
    ['$1::object', { n: 9007199254740993n }, { n: '9007199254740993' }],
    ['$1::geo_shape', { type: 'Point', coordinates: [1, 2] }, { type: 'Point', coordinates: [1, 2] }],
    ['$1::float_vector(2)', [1, 2.5], [1, 2.5]],
    ['$1::bit(4)', '0101', '0101'],
    ['$1::ip', '1.1.1.1', '1.1.1.1'],
    ['$1::text[]', ['a', 'b,c', null, 'NULL', ''], ['a', 'b,c', null, 'NULL', '']],
    ['$1::text[]', [true, 1, 'x'], ['true', '1', 'x']],
    ['$1::text[]', [], []],
    ['$1::bigint[]', ['1', 2, 3n, null], ['1', '2', '3', null]],
    ['$1::bigint[]', [9007199254740993n], ['9007199254740993']],
    ['$1::double precision[]', [1, 2.5, Number.NaN, null], [1, 2.5, Number.NaN, null]],
    ['$1::boolean[]', [true, null], [true, null]],
    ['$1::timestamptz[]', [AT, null], [AT, null]],
    ['$1::timestamp[]', [AT], [AT]],
    ['$1::object[]', [{ a: 1 }, { b: '"' }], [{ a: 1 }, { b: '"' }]],
    ['1 = any($1)', [1, 2], true],
    ["'a' = any($1)", [], false],
    ["'2024-02-29T12:34:56.789Z'::timestamptz = any($1)", [AT, '2024-01-01', 5], true],
  ];

/** Refused by both: nothing is rounded, or cut off, to make it fit. */
const REFUSED: readonly (readonly [expression: string, parameter: unknown])[] = [
  ['$1::integer', 5.7],
  ['$1 + 1', 5.5],
  ['$1::integer', 2 ** 40],
  ['$1::byte', 300],
  ['$1::bigint[]', [1.5]],
  ['cast($1 as array(integer))', [1, 2.5]],
  ['$1::bigint', 'x'],
  ['$1::ip', 'x'],
];

describe.skipIf(crateUrl === undefined)('both transports (CrateDB)', () => {
  let pg: Kysely<unknown>;
  let http: Kysely<unknown>;
  const open: Kysely<unknown>[] = [];

  async function openBoth(options: Omit<CrateUrlConfig, 'url'> = {}): Promise<Kysely<unknown>[]> {
    const urls = [crateUrl!, await transportUrl(crateUrl!, 'http')];
    const both = urls.map(
      (url) => new Kysely<unknown>({ dialect: new CrateDialect({ url, max: 2, ...options }) }),
    );
    open.push(...both);
    return both;
  }

  beforeAll(async () => {
    [pg, http] = (await openBoth()) as [Kysely<unknown>, Kysely<unknown>];
  });
  afterAll(async () => {
    await Promise.all(open.map((db) => db.destroy()));
  });

  /** With the parameter in place of `$1`. */
  const read = async (db: Kysely<unknown>, expression: string, ...parameters: unknown[]) => {
    const [before = '', after] = expression.split('$1');
    const query =
      after === undefined
        ? sql<{ x: unknown }>`select ${sql.raw(before)} as x`
        : sql<{ x: unknown }>`select ${sql.raw(before)}${parameters[0]}${sql.raw(after)} as x`;
    return (await query.execute(db)).rows[0]?.x;
  };

  it.each(VALUES)('%s', async (expression, expected) => {
    expect(await read(pg, expression), 'pg').toStrictEqual(expected);
    expect(await read(http, expression), 'HTTP').toStrictEqual(expected);
  });

  it.each(INTERVALS)("interval '%s'", async (text, expected, iso) => {
    const expression = `'${text}'::interval`;
    for (const db of [pg, http]) {
      const interval = await read(db, expression);
      expect({ ...(interval as object) }).toStrictEqual(expected);
      expect((interval as { toISOString(): string }).toISOString()).toBe(iso);
      expect(await read(db, `[${expression}]`)).toStrictEqual([interval]);
    }
  });

  it.each(PARAMETERS)('%s of %o', async (expression, parameter, expected) => {
    expect(await read(pg, expression, parameter), 'pg').toStrictEqual(expected);
    expect(await read(http, expression, parameter), 'HTTP').toStrictEqual(expected);
  });

  it.each(REFUSED)('%s of %o is refused', async (expression, parameter) => {
    for (const db of [pg, http]) {
      await expect(read(db, expression, parameter)).rejects.toMatchObject({
        name: 'CastError',
        sqlstate: '22P02',
      });
    }
  });

  it.each(['string', 'bigint', 'number-or-bigint'] as const)('bigint as %s', async (bigint) => {
    const expected: Readonly<Record<BigintMode, readonly unknown[]>> = {
      string: ['5', '9007199254740993'],
      bigint: [5n, 9007199254740993n],
      'number-or-bigint': [5, 9007199254740993n],
    };
    const [small, big] = expected[bigint];
    for (const db of await openBoth({ bigint })) {
      expect(await read(db, '5::bigint')).toBe(small);
      expect(await read(db, '[5, 9007199254740993]')).toEqual([small, big]);
      expect(await read(db, '{a = 5, b = 9007199254740993}')).toEqual({ a: 5, b: big });
      // Beside a column whose digits are kept.
      const { rows } = await sql`select 1.50::numeric(5, 2) as n, 5::bigint as b, 0.5::real as r,
        {a = 5, b = 9007199254740993, c = [1.5]} as o, [[5]] as l, 7 as i`.execute(db);
      expect(rows).toEqual([
        { n: '1.50', b: small, r: 0.5, o: { a: 5, b: big, c: [1.5] }, l: [[5]], i: 7 },
      ]);
    }
  });

  it('a stored text can not pass for a number', async () => {
    const texts = ['\u0000bigint:12', '\u0000:9007199254740993', '9007199254740993', ',9007199254740993'];
    for (const db of [pg, http]) {
      const { rows } = await sql`select ${{ texts }}::object as o, 9007199254740993 as big`.execute(db);
      expect(rows).toEqual([{ o: { texts }, big: '9007199254740993' }]);
    }
  });

  it('columns of one name: the last in objects', async () => {
    for (const db of [pg, http]) {
      expect((await sql`select 1 as a, 2 as a`.execute(db)).rows).toEqual([{ a: 2 }]);
    }
  });

  it('a Buffer is refused over HTTP, as CrateDB has no binary type', async () => {
    await expect(read(http, '$1::text', Buffer.from('x'))).rejects.toThrow(/no binary type/);
  });
});
