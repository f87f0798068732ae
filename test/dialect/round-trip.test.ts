/** Any value of every type, written and read again, over both transports. */
import fc from 'fast-check';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { type BigintMode, CrateDialect, insertMany } from '../../dialect/index.js';
import { type CrateTest, openCrate } from './database.js';
import { transportUrl } from './transport-url.js';

const crateUrl = inject('crateUrl');
const SCHEMA = 't_dialect_round_trip';

/** BIGINT refuses its two outermost values. */
const MAX_BIGINT = 2n ** 63n - 2n;

interface TypeCase {
  readonly name: string;
  readonly type: string;
  readonly value: fc.Arbitrary<unknown>;
  /** What comes back for what went in; the same, unless said otherwise. */
  /** A parameter of this type is spelled unlike on each transport; `insertMany` knows how. */
  readonly bulkOnly?: boolean;
  readonly back?: (value: never) => unknown;
}

const bigints = fc.bigInt({ min: -MAX_BIGINT, max: MAX_BIGINT });
/** A negative zero is written as zero. */
const doubles = fc.double().map((value) => value + 0);
const dates = fc.date({
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
  noInvalidDate: true,
});
/** Without the characters that no column takes, see the test of texts below. */
const texts = fc.string({ unit: 'grapheme', maxLength: 40 });
const json = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    texts,
    fc.integer(),
    // Integers beyond 2^53 come back as bigints do, see below.
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
    fc.boolean(),
    fc.constant(null),
    tie('object'),
    fc.array(texts, { maxLength: 3 }),
  ),
  object: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/), tie('value'), { maxKeys: 4 }),
})).object;

const CASES: readonly TypeCase[] = [
  { name: 'text', type: 'text', value: texts },
  { name: 'varchar', type: 'varchar(100)', value: texts.filter((text) => text.length <= 100) },
  { name: 'boolean', type: 'boolean', value: fc.boolean() },
  { name: 'byte', type: 'byte', value: fc.integer({ min: -127, max: 127 }) },
  { name: 'smallint', type: 'smallint', value: fc.integer({ min: -32_767, max: 32_767 }) },
  { name: 'integer', type: 'integer', value: fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 2 }) },
  { name: 'bigint', type: 'bigint', value: bigints, back: String },
  { name: 'double', type: 'double precision', value: doubles },
  { name: 'real', type: 'real', value: fc.float().map((value) => value + 0), back: single },
  {
    name: 'numeric',
    type: 'numeric(20, 5)',
    value: fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }).map((digits) => decimal(digits)),
  },
  { name: 'timestamptz', type: 'timestamp with time zone', value: dates },
  { name: 'timestamp', type: 'timestamp without time zone', value: dates },
  { name: 'ipv4', type: 'ip', value: fc.ipV4() },
  {
    name: 'geo_point',
    type: 'geo_point',
    bulkOnly: true,
    value: fc.tuple(coordinate(180), coordinate(90)),
    back: ([x, y]: [number, number]) => ({ x: expect.closeTo(x, 5), y: expect.closeTo(y, 5) }),
  },
  {
    name: 'geo_shape',
    type: 'geo_shape',
    value: fc
      .tuple(fc.integer({ min: -180, max: 180 }), fc.integer({ min: -90, max: 90 }))
      .map((coordinates) => ({ type: 'Point', coordinates })),
  },
  { name: 'vector', type: 'float_vector(3)', value: fc.tuple(vectorElement(), vectorElement(), vectorElement()), back: (vector: number[]) => vector.map(single) },
  { name: 'object', type: 'object(ignored)', value: json, back: plainJson },
  { name: 'objects', type: 'array(object(ignored))', value: fc.array(json, { maxLength: 4 }), back: plainJson },
  { name: 'bigints', type: 'array(bigint)', value: fc.array(bigints, { maxLength: 5 }), back: (list: bigint[]) => list.map(String) },
  { name: 'doubles', type: 'array(double precision)', value: fc.array(doubles, { maxLength: 5 }) },
  { name: 'booleans', type: 'array(boolean)', value: fc.array(fc.boolean(), { maxLength: 5 }) },
  { name: 'dates', type: 'array(timestamp with time zone)', value: fc.array(dates, { maxLength: 4 }) },
  {
    name: 'texts',
    type: 'array(text)',
    // Over the PostgreSQL wire, CrateDB doesn't escape quotes inside of arrays.
    value: fc.array(texts.filter((text) => !text.includes('"')), { maxLength: 5 }),
  },
];

/** Comes as the shortest decimal that stands for the same single-precision number. */
function single(value: number): unknown {
  return expect.toSatisfy((read: number) => Object.is(Math.fround(read), value));
}

function decimal(digits: bigint): string {
  const text = String(digits < 0n ? -digits : digits).padStart(6, '0');
  return `${digits < 0n ? '-' : ''}${text.slice(0, -5)}.${text.slice(-5)}`;
}

function coordinate(limit: number): fc.Arbitrary<number> {
  return fc.double({ min: -limit, max: limit, noNaN: true }).map((value) => value + 0);
}

function vectorElement(): fc.Arbitrary<number> {
  return fc.float({ min: -1000, max: 1000, noNaN: true }).map((value) => Math.fround(value) + 0);
}

/** As JSON has it: no negative zero. */
function plainJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

interface RoundTripDB {
  [table: `t_${string}`]: { readonly id: number; readonly v: unknown };
}

describe.skipIf(crateUrl === undefined).each(['pg', 'http'] as const)(
  'round trip (CrateDB, %s)',
  (transport) => {
    let crate: CrateTest;
    let db: Kysely<RoundTripDB>;
    let next = 0;

    const open = async (bigint: BigintMode) =>
      new Kysely<RoundTripDB>({
        dialect: new CrateDialect({
          url: await transportUrl(crate.url, transport),
          schema: `${SCHEMA}_${transport}`,
          bigint,
        }),
      });

    beforeAll(async () => {
      crate = await openCrate(crateUrl!, `${SCHEMA}_${transport}`);
      db = await open('string');
      for (const { name, type } of CASES) {
        await sql`create table ${sql.table(`t_${name}`)} (id integer primary key, v ${sql.raw(type)})
          clustered into 1 shards with (number_of_replicas = 0, refresh_interval = 0)`.execute(db);
      }
    });
    afterAll(async () => {
      await db.destroy();
      await crate.close();
    });

    it.each(CASES)('$name', async ({ name, value, bulkOnly = false, back = (same: never) => same }) => {
      const table = `t_${name}` as const;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.option(value, { freq: 10 }), { minLength: 1, maxLength: 25 }),
          async (values) => {
            const rows = values.map((v, index) => ({ id: next + index, v }));
            next += rows.length;
            // One row as VALUES, the others by UNNEST.
            const alone = bulkOnly ? [] : rows.slice(0, 1);
            for (const row of alone) await db.insertInto(table).values(row).execute();
            await insertMany(db, table, rows.slice(alone.length));
            const ids = rows.map(({ id }) => id);
            const read = await db
              .selectFrom(table)
              .select('v')
              .where(sql<boolean>`id = any(${ids})`)
              .orderBy('id')
              .execute();
            const expected = values.map((v) => (v === null ? null : back(v as never)));
            expect(read.map(({ v }) => v)).toEqual(expected);
          },
        ),
        // The same values each time, so that a failure is the change's; FC_SEED tries others.
        { numRuns: 12, seed: Number(process.env['FC_SEED'] ?? 20_261_124) },
      );
    });

    it.each(['bigint', 'number-or-bigint'] as const)('bigint as %s', async (mode) => {
      const typed = await open(mode);
      const expected = (value: bigint) =>
        mode === 'number-or-bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
      try {
        const values = [0n, -1n, MAX_BIGINT, -MAX_BIGINT, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n) - 1n];
        for (const v of values) {
          const id = (next += 1);
          await typed.insertInto('t_bigint').values({ id, v }).execute();
          const row = typed.selectFrom('t_bigint').select('v').where('id', '=', id);
          expect((await row.executeTakeFirstOrThrow()).v).toBe(expected(v));
        }
        const id = (next += 1);
        await typed.insertInto('t_bigints').values({ id, v: values }).execute();
        await typed.insertInto('t_object').values({ id, v: { n: { big: MAX_BIGINT } } }).execute();
        const array = typed.selectFrom('t_bigints').select('v').where('id', '=', id);
        expect((await array.executeTakeFirstOrThrow()).v).toEqual(values.map(expected));
        const object = typed.selectFrom('t_object').select('v').where('id', '=', id);
        expect((await object.executeTakeFirstOrThrow()).v).toEqual({ n: { big: MAX_BIGINT } });
      } finally {
        await typed.destroy();
      }
    });

    it('types that are computed, not stored', async () => {
      const { rows } = await sql<Record<string, unknown>>`select
        B'1010' as bits, interval '1 day 2 hours' as span, 1::bigint as big, current_date as day,
        [1, 2]::array(integer) as l, {a = {b = 1}} as o, null as nothing`.execute(db);
      expect(rows[0]).toMatchObject({ big: '1', l: [1, 2], o: { a: { b: 1 } }, nothing: null });
      expect(String(rows[0]?.['bits'])).toContain('1010');
    });
  },
);
