import { type Generated, Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import {
  CrateDialect,
  insertMany,
  type InsertManyProgress,
  type RejectedRow,
  RejectedRowsError,
  RelationUnknownError,
  type StatementEvent,
  UnidentifiedRowsError,
} from '../../dialect/index.js';
import { type CrateTest, openCrate } from './database.js';

const crateUrl = inject('crateUrl');
const SCHEMA = 't_dialect_insert_many';

interface Item {
  readonly id: string;
  readonly n: number;
  readonly label: Generated<string | null>;
}

interface BulkDB {
  readonly items: Item;
  readonly keyless: { readonly n: number | null };
  readonly keyed: { readonly at: Date | string | number; readonly k: number | bigint; readonly v: string };
  readonly everything: Record<string, unknown>;
}

describe.skipIf(crateUrl === undefined)('insertMany (CrateDB)', () => {
  let crate: CrateTest;
  let db: Kysely<BulkDB>;
  const sent: StatementEvent[] = [];

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, SCHEMA);
    db = new Kysely<BulkDB>({
      dialect: new CrateDialect({
        url: crate.url,
        schema: SCHEMA,
        onStatement: (event) => sent.push(event),
      }),
    });
    const storage = sql`clustered into 1 shards with (number_of_replicas = 0, refresh_interval = 0)`;
    await sql`create table items (id text primary key, n integer not null check (n >= 0),
      label text default 'none') ${storage}`.execute(db);
    await sql`create table keyless (n integer not null) ${storage}`.execute(db);
    await sql`create table keyed (at timestamp with time zone, k bigint, v text,
      primary key (at, k)) ${storage}`.execute(db);
    await sql`create table everything (id bigint primary key, o object(ignored), oa array(object(ignored)),
      ta array(text), ba array(bigint), da array(double precision), v float_vector(3), g geo_point,
      gs geo_shape, ts timestamp without time zone, b boolean, ip ip, bits bit(4), d double precision,
      r real, num numeric(20, 5), vc character varying(10), made bigint generated always as id + 1)
      ${storage}`.execute(db);
  });
  afterAll(async () => {
    await db.destroy();
    await crate.close();
  });
  beforeEach(async () => {
    await db.deleteFrom('items').execute();
    sent.length = 0;
  });

  const inserts = () => sent.filter(({ kind }) => kind === 'insert');
  const items = () => db.selectFrom('items').selectAll().orderBy('id').execute();

  it('one statement a chunk, of one text whatever the number of rows', async () => {
    const rows = Array.from({ length: 250 }, (_, n) => ({ id: `i${String(n)}`, n }));
    const progress: InsertManyProgress[] = [];
    const total = await insertMany(db, 'items', rows, {
      chunkSize: 100,
      onProgress: (one) => progress.push(one),
    });
    expect(total).toEqual({ sent: 250, written: 250, skipped: 0, rejected: 0 });
    expect(inserts().map((event) => event.sql)).toEqual(
      new Array(3).fill(
        `insert into "${SCHEMA}"."items" ("id", "n") (select "c0", "c1" from unnest($1::text[], $2::integer[]) as u("c0", "c1")) returning "id"`,
      ),
    );
    expect(progress).toHaveLength(3);
    expect(progress.at(-1)).toEqual(total);
    expect(await items()).toHaveLength(250);
  });

  it('takes from an async source no faster than the server takes from it', async () => {
    let taken = 0;
    let most = 0;
    let written = 0;
    async function* source() {
      for (; taken < 1000; taken += 1) {
        most = Math.max(most, taken - written);
        await Promise.resolve();
        yield { id: `a${String(taken)}`, n: taken };
      }
    }
    await insertMany(db, 'items', source(), {
      chunkSize: 50,
      concurrency: 2,
      onProgress: (progress) => {
        written = progress.written;
      },
    });
    expect(written).toBe(1000);
    expect(most).toBeLessThanOrEqual(150);
  });

  it('a column left out gets its default, a null stays null', async () => {
    await insertMany(db, 'items', [
      { id: 'a', n: 1 },
      { id: 'b', n: 1, label: null },
      { id: 'c', n: 1, label: 'own' },
      { n: 1, id: 'd' },
      { id: 'e', n: 1, label: undefined },
    ]);
    expect((await items()).map(({ label }) => label)).toEqual(['none', null, 'own', 'none', 'none']);
    expect(inserts()).toHaveLength(2);
  });

  it('every refused row is told with its place and reason, the others are written', async () => {
    await db.insertInto('items').values({ id: 'there', n: 0 }).execute();
    const rows = [
      { id: 'a', n: 1 },
      { id: 'there', n: 1 },
      { id: 'b', n: -1 },
      { id: 'x'.repeat(40_000), n: 1 },
      { id: 'c', n: null as unknown as number },
      { id: 'a', n: 2 },
      { id: 'd', n: 3 },
    ];
    const rejected: RejectedRow<unknown>[] = [];
    const total = await insertMany(db, 'items', rows, {
      onRejected: (row) => rejected.push(row),
    });
    expect(total).toEqual({ sent: 7, written: 2, skipped: 0, rejected: 5 });
    expect(
      rejected.sort((a, b) => a.index - b.index).map(({ index, error }) => [index, error.name]),
    ).toEqual([
      [1, 'DuplicateKeyError'],
      [2, 'CheckError'],
      [3, 'ValueTooLongError'],
      [4, 'NotNullError'],
      [5, 'DuplicateKeyError'],
    ]);
    expect(rejected[0]?.row).toBe(rows[1]);
    expect((await items()).map(({ id, n }) => [id, n])).toEqual([
      ['a', 1],
      ['d', 3],
      ['there', 0],
    ]);
  });

  it('without a listener, refused rows are an error that prints no values', async () => {
    const writing = insertMany(db, 'items', [
      { id: 'fine', n: 1 },
      { id: 'hunter2', n: -5 },
    ]);
    const error = await writing.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RejectedRowsError);
    expect(error).toMatchObject({ written: 1, expected: 2, missing: [1] });
    expect((error as RejectedRowsError).rejected[0]?.row).toEqual({ id: 'hunter2', n: -5 });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    expect(await items()).toHaveLength(1);
  });

  it('a value that is not of the type is one row refused, not all of the chunk', async () => {
    const rows = Array.from({ length: 10 }, (_, n) => ({ id: `t${String(n)}`, n }));
    const wrong = rows.map((row) => (row.n === 4 ? { ...row, n: 'four' as never } : row));
    const rejected: RejectedRow<unknown>[] = [];
    const total = await insertMany(db, 'items', wrong, { onRejected: (row) => rejected.push(row) });
    expect(total).toMatchObject({ written: 9, rejected: 1 });
    expect(rejected.map(({ index, error }) => [index, error.name])).toEqual([[4, 'CastError']]);
    expect(await items()).toHaveLength(9);
  });

  it("onConflict 'ignore' leaves what is there, and counts it", async () => {
    const rows = Array.from({ length: 20 }, (_, n) => ({ id: `k${String(n)}`, n }));
    await insertMany(db, 'items', rows.slice(5, 15));
    const again = rows.map((row) => ({ ...row, n: row.n + 100 }));
    const total = await insertMany(db, 'items', again, { onConflict: 'ignore' });
    expect(total).toEqual({ sent: 20, written: 10, skipped: 10, rejected: 0 });
    const values = (await items()).map(({ n }) => n).sort((a, b) => a - b);
    expect(values).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 100, 101, 102, 103, 104, 115, 116, 117, 118, 119]);
  });

  it("onConflict 'update' replaces, and finds the rows that fail", async () => {
    const rows = Array.from({ length: 16 }, (_, n) => ({ id: `k${String(n)}`, n }));
    await insertMany(db, 'items', rows);
    const changed = rows.map((row) => ({ ...row, n: row.n === 6 || row.n === 11 ? -1 : row.n + 100 }));
    const rejected: number[] = [];
    const total = await insertMany(db, 'items', changed, {
      onConflict: 'update',
      onRejected: ({ index }) => rejected.push(index),
    });
    expect(total).toEqual({ sent: 16, written: 14, skipped: 0, rejected: 2 });
    expect(rejected.sort((a, b) => a - b)).toEqual([6, 11]);
    const standing = (await items()).filter(({ n }) => n < 100).map(({ id }) => id);
    expect(standing.sort()).toEqual(['k11', 'k6']);
  });

  it('keys of several columns, times and 64-bit integers', async () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    const k = 9_007_199_254_740_993n;
    await insertMany(db, 'keyed', [{ at, k, v: 'first' }]);
    const total = await insertMany(
      db,
      'keyed',
      [
        { at: '2026-01-02T03:04:05.678Z', k, v: 'second' },
        { at: at.getTime() + 1, k, v: 'third' },
      ],
      { onConflict: 'ignore' },
    );
    expect(total).toEqual({ sent: 2, written: 1, skipped: 1, rejected: 0 });
    const rows = await db.selectFrom('keyed').select(['k', 'v']).orderBy('at').execute();
    expect(rows).toEqual([
      { k: String(k), v: 'first' },
      { k: String(k), v: 'third' },
    ]);
  });

  it('every type of column', async () => {
    const row = {
      id: 1,
      o: { a: { b: [1, 'x"y'] }, big: 9_007_199_254_740_993n },
      oa: [{ a: 1 }, { b: 'c,"d"' }],
      ta: ['a', 'b"c', 'd,e', ''],
      ba: [1, 9_007_199_254_740_993n],
      da: [0.5, Number.NaN],
      v: [1, 2.5, -3],
      g: { x: 1.5, y: -2.5 },
      gs: { type: 'Point', coordinates: [1, 2] },
      ts: new Date('2026-01-02T03:04:05.678Z'),
      b: false,
      ip: '10.0.0.1',
      bits: '1010',
      d: Number.POSITIVE_INFINITY,
      r: 0.25,
      num: '12345.67891',
      vc: 'short',
    };
    const nulls = Object.fromEntries(Object.keys(row).map((name) => [name, null]));
    await insertMany(db, 'everything', [row, { ...nulls, id: 2 }]);
    const plain = ['id', 'd', 'r', 'b', 'ip', 'vc', 'num', 'made', 'ts', 'v', 'da'] as const;
    const [stored, empty] = await db
      .selectFrom('everything')
      .select([...plain, 'o', 'ba', 'g', 'gs'])
      .select(sql<boolean>`bits = B'1010'`.as('bits'))
      .select(sql`ta[2]`.as('ta2'))
      .select(sql`ta[3]`.as('ta3'))
      .select(sql`oa[2]['b']`.as('oab'))
      .orderBy('id')
      .execute();
    expect(stored).toMatchObject({
      id: '1',
      o: { a: { b: [1, 'x"y'] }, big: '9007199254740993' },
      ba: ['1', '9007199254740993'],
      da: [0.5, Number.NaN],
      v: [1, 2.5, -3],
      g: { x: 1.5, y: -2.5 },
      gs: row.gs,
      ts: row.ts,
      b: false,
      ip: '10.0.0.1',
      d: Number.POSITIVE_INFINITY,
      r: 0.25,
      num: '12345.67891',
      vc: 'short',
      made: '2',
      ta2: 'b"c',
      ta3: 'd,e',
      oab: 'c,"d"',
      bits: true,
    });
    expect(empty).toMatchObject({ id: '2', o: null, ba: null, v: null, g: null, ts: null, d: null });
  });

  it('goes to the schema that withSchema names', async () => {
    const other = db.withSchema(`${SCHEMA}_other`);
    await sql`create table ${sql.table(`${SCHEMA}_other.items`)} (id text primary key, n integer, extra text)
      clustered into 1 shards with (number_of_replicas = 0)`.execute(db);
    try {
      const rows = [{ id: 'a', n: 1, extra: 'x' }];
      expect((await insertMany(other, 'items', rows)).written).toBe(1);
      expect(await other.selectFrom('items').selectAll().execute()).toEqual(rows);
    } finally {
      await sql`drop table ${sql.table(`${SCHEMA}_other.items`)}`.execute(db);
    }
  });

  it('a table without a key: says how many are missing, not which', async () => {
    expect((await insertMany(db, 'keyless', [{ n: 1 }, { n: 2 }])).written).toBe(2);
    await expect(insertMany(db, 'keyless', [{ n: 1 }, { n: null }])).rejects.toBeInstanceOf(
      UnidentifiedRowsError,
    );
  });

  it('says what is wrong before anything is sent', async () => {
    const nameless = db as unknown as Kysely<{ nowhere: { a: number } }>;
    await expect(insertMany(nameless, 'nowhere', [{ a: 1 }])).rejects.toBeInstanceOf(
      RelationUnknownError,
    );
    const typo = [{ id: 'a', n: 1, lable: 'x' }];
    await expect(insertMany(db, 'items', typo)).rejects.toThrow(
      'has no column "lable" that can be written; known: id, n, label',
    );
    await expect(insertMany(db, 'items', [], { chunkSize: 0 })).rejects.toThrow(
      'chunkSize must be a whole number, 1 or more',
    );
    expect(inserts()).toEqual([]);
  });

  it('an error of the source ends it, and what was under way is through', async () => {
    function* source() {
      for (let n = 0; n < 25; n += 1) yield { id: `s${String(n)}`, n };
      throw new Error('no more');
    }
    await expect(insertMany(db, 'items', source(), { chunkSize: 10 })).rejects.toThrow('no more');
    expect(await items()).toHaveLength(20);
  });

  it('an abort stops it between chunks', async () => {
    const abort = new AbortController();
    const rows = Array.from({ length: 100 }, (_, n) => ({ id: `s${String(n)}`, n }));
    const writing = insertMany(db, 'items', rows, {
      chunkSize: 10,
      concurrency: 1,
      signal: abort.signal,
      onProgress: ({ sent: count }) => {
        if (count === 30) abort.abort(new Error('enough'));
      },
    });
    await expect(writing).rejects.toThrow('enough');
    expect(await items()).toHaveLength(30);
  });
});
