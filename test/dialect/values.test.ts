import { Pool } from 'pg';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { CrateDialect, parseCrateUrl, unnest } from '../../dialect/index.js';
import { type CrateTest, openCrate, type TestDB } from './database.js';
import { transports } from './transport-url.js';

const crateUrl = inject('crateUrl');
const BEYOND = 9007199254740993n;
const TEXTS = [
  'a"b',
  'c\\d',
  'e,f',
  'NULL',
  '',
  ' sp ',
  'ü\n',
  "q'q",
  '\\"',
  '\\\\',
  '\t',
  '💩',
  '{x}',
];

describe.skipIf(crateUrl === undefined).each(transports)('values (CrateDB, %s)', (transport) => {
  let crate: CrateTest;
  let db: Kysely<TestDB>;

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, `t_dialect_values_${transport}`, {}, transport);
    ({ db } = crate);
    await sql`create table ${sql.table('all_types')} (
      id bigint primary key, t text, b boolean, i integer, d double precision,
      tz timestamp with time zone, ts timestamp without time zone, o object(ignored),
      ta array(text), ba array(bigint), da array(double precision), oa array(object(ignored))
    )`.execute(db);
  });
  afterAll(async () => {
    await crate.close();
  });

  const read = async (from: Kysely<TestDB>, expression: ReturnType<typeof sql>) =>
    (await sql<{ x: unknown }>`select ${expression} as x`.execute(from)).rows[0]?.x;

  it('bigint by option: columns, count(*), arrays, in objects', async () => {
    const cases = [
      ['string', '5', '9007199254740993', '-9223372036854775808'],
      ['bigint', 5n, BEYOND, -9223372036854775808n],
      ['number-or-bigint', 5, BEYOND, -9223372036854775808n],
    ] as const;
    for (const [bigint, small, big, smallest] of cases) {
      const one = crate.another({ bigint });
      expect(await read(one, sql`5::bigint`)).toBe(small);
      expect(await read(one, sql`(select count(*) from unnest([1,2,3,4,5]))`)).toBe(small);
      expect(await read(one, sql`${BEYOND}::bigint`)).toBe(big);
      expect(await read(one, sql`${'-9223372036854775808'}::bigint`)).toBe(smallest);
      expect(await read(one, sql`[5, ${BEYOND}::bigint, null]`)).toEqual([small, big, null]);
      expect(await read(one, sql`[[${BEYOND}::bigint]]`)).toEqual([[big]]);
      expect(
        await read(one, sql`{a = {b = [${BEYOND}::bigint, 5::bigint]}, s = '9007199254740993'}`),
      ).toEqual({
        a: { b: [big, 5] },
        s: '9007199254740993',
      });
    }
  });

  it('all types, in and out', async () => {
    const at = new Date('2024-02-29T12:34:56.789Z');
    const object = { s: 'x"y\\z', n: 1.5, list: [1, null, { deep: true }], none: null };
    await sql`insert into ${sql.table('all_types')} values (
      ${1n}, ${'x'}, ${true}, ${7}, ${0.1}, ${at}, ${at.toISOString()}, ${object}, ${TEXTS},
      ${[1n, 2n]}, ${[0.5, Number.NaN, -Infinity]}, ${[{ a: 1 }, { b: '"' }]}
    )`.execute(db);
    const { rows } = await sql`select * from ${sql.table('all_types')} where id = 1`.execute(db);
    expect(rows).toEqual([
      {
        id: '1',
        t: 'x',
        b: true,
        i: 7,
        d: 0.1,
        tz: at,
        ts: at,
        o: object,
        ta: TEXTS,
        ba: ['1', '2'],
        da: [0.5, Number.NaN, -Infinity],
        oa: [{ a: 1 }, { b: '"' }],
      },
    ]);
  });

  it('objects with bigints go in whole', async () => {
    await sql`insert into ${sql.table('all_types')} (id, o) values (2, ${{ n: BEYOND, s: 'bigint:1', list: [BEYOND] }})`.execute(
      db,
    );
    const { rows } = await sql`select o from ${sql.table('all_types')} where id = 2`.execute(
      crate.another({ bigint: 'bigint' }),
    );
    expect(rows).toEqual([{ o: { n: BEYOND, s: 'bigint:1', list: [BEYOND] } }]);
  });

  it('doubles: NaN and the infinities, by parameter and by unnest', async () => {
    const values = [Number.NaN, Infinity, -Infinity, 1.7976931348623157e308, 5e-324, 0.1];
    for (const value of values) expect(await read(db, sql`${value}::double precision`)).toBe(value);
    const rows = await db
      .selectFrom(unnest('n', { x: { type: 'double precision', values } }))
      .select('n.x')
      .execute();
    expect(new Set(rows.map((row) => row.x))).toEqual(new Set(values));
  });

  it('texts by unnest', async () => {
    const rows = await db
      .selectFrom(unnest('n', { x: { type: 'text', values: TEXTS } }))
      .select('n.x')
      .execute();
    expect(rows.map((row) => row.x)).toEqual(TEXTS);
  });
});

describe.skipIf(crateUrl === undefined)("a pool of the user's (CrateDB)", () => {
  it("keeps its own parsers", async () => {
    const { hosts, user, password } = parseCrateUrl(crateUrl!);
    const { host, port } = hosts[0];
    const pool = new Pool({ host, port, user, password: password ?? '' });
    const own = new Kysely<TestDB>({
      dialect: new CrateDialect({ pool, bigint: 'bigint' }),
    });
    expect((await sql`select 5::bigint as x`.execute(own)).rows).toEqual([{ x: 5n }]);
    expect((await pool.query('select 5::bigint as x')).rows).toEqual([{ x: '5' }]);
    await own.destroy();
    await expect(pool.connect()).rejects.toThrow();
  });
});
