import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { type KeyValue, unnest, wholeKeys, withRefresh } from '../../dialect/index.js';
import { type CrateTest, openCrate } from './database.js';
import { transports } from './transport-url.js';

const crateUrl = inject('crateUrl');

interface HelperDB {
  six: { a: string; b: string; c: number | string; d: number | string; e: number; f: boolean };
}

const COLUMNS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const KEY = 'primary key (a, b, c, d, e, f)';
const TYPES = 'a text, b text, c bigint, d bigint, e double precision, f boolean';
const key = (index: number, run = 'run'): KeyValue[] => [
  run,
  `b'${index % 7}`,
  1700000000000 + index,
  index,
  index * 0.1,
  index % 2 === 0,
];

/** The same on both databases. */
function suite(open: () => Promise<{ db: Kysely<HelperDB>; close(): Promise<void> }>) {
  let db: Kysely<HelperDB>;
  let opened: { db: Kysely<HelperDB>; close(): Promise<void> };
  const COUNT = 300;

  beforeAll(async () => {
    opened = await open();
    ({ db } = opened);
    const keys = Array.from({ length: COUNT }, (_, index) => key(index));
    const column = <Value>(index: number) => keys.map((one) => one[index] as Value);
    const insert = db
      .insertInto('six')
      .columns([...COLUMNS])
      .expression(
        db
          .selectFrom(
            unnest('n', {
              b: { type: 'text', values: column<string>(1) },
              c: { type: 'bigint', values: column<number>(2) },
              d: { type: 'bigint', values: column<number>(3) },
              e: { type: 'double precision', values: column<number>(4) },
              f: { type: 'boolean', values: column<boolean>(5) },
            }),
          )
          .select((eb) => [eb.val('run').as('a'), 'n.b', 'n.c', 'n.d', 'n.e', 'n.f']),
      )
      .onConflict((conflict) => conflict.columns([...COLUMNS]).doNothing());
    const first = await insert.executeTakeFirstOrThrow();
    expect(first.numInsertedOrUpdatedRows).toBe(BigInt(COUNT));
    const again = await insert.executeTakeFirstOrThrow();
    expect(again.numInsertedOrUpdatedRows).toBe(0n);
  });
  afterAll(async () => {
    await opened.close();
  });

  it.each([0, 1, 2, 3, 5, 20, 100, 300])(
    'wholeKeys finds %i keys, each once, and no other',
    async (size) => {
      const wanted = Array.from({ length: size }, (_, index) => key(index));
      const rows = await db
        .selectFrom('six')
        .select(['d'])
        .where((eb) => wholeKeys(eb, [...COLUMNS], [...wanted, ...(size > 0 ? [key(9999)] : [])]))
        .execute();
      expect(rows.map((row) => Number(row.d)).sort((x, y) => x - y)).toEqual(
        wanted.map((_, index) => index),
      );
    },
  );

  it('wholeKeys by one differing column, with quotes in it', async () => {
    for (const size of [2, 40]) {
      const wanted = Array.from({ length: size }, (_, index) => {
        const [a, , ...rest] = key(3);
        return [a!, `b'${index}`, ...rest];
      });
      const rows = await db
        .selectFrom('six as s')
        .select(['s.b'])
        .where((eb) => wholeKeys(eb, ['s.a', 's.b', 's.c', 's.d', 's.e', 's.f'], wanted))
        .execute();
      expect(rows).toEqual(size > 3 ? [{ b: "b'3" }] : []);
    }
  });

  it('withRefresh is harmless', async () => {
    const rows = await withRefresh(db, 'manual')
      .selectFrom('six')
      .select('d')
      .where((eb) => wholeKeys(eb, [...COLUMNS], [key(1)]))
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('a key with too few values is refused', () => {
    expect(() =>
      db
        .selectFrom('six')
        .select('d')
        .where((eb) => wholeKeys(eb, [...COLUMNS], [['a', 'b']]))
        .compile(),
    ).toThrow(RangeError);
  });
}

describe('helpers on PGlite', () => {
  suite(async () => {
    const pglite = await PGlite.create();
    await pglite.exec(`create table six (${TYPES}, ${KEY})`);
    const db = new Kysely<HelperDB>({ dialect: new PGliteDialect({ pglite }) });
    return { db, close: () => db.destroy() };
  });
});

describe.skipIf(crateUrl === undefined).each(transports)('helpers (CrateDB, %s)', (transport) => {
  suite(async () => {
    const schema = `t_dialect_helpers_${transport}`;
    const crate: CrateTest = await openCrate(crateUrl!, schema, {}, transport);
    await sql`create table ${sql.table('six')} (${sql.raw(TYPES)}, ${sql.raw(KEY)}) with (refresh_interval = 0)`.execute(
      crate.db,
    );
    return { db: crate.db as unknown as Kysely<HelperDB>, close: () => crate.close() };
  });
});
