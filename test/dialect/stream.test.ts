import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { CrateDialect, CrateError, NotSupportedError } from '../../dialect/index.js';
import { type CrateTest, openCrate, type TestDB } from './database.js';
import { transports } from './transport-url.js';

const crateUrl = inject('crateUrl');

interface Numbers {
  readonly i: number;
  readonly name: string;
}

describe.skipIf(crateUrl === undefined).each(transports)('stream (CrateDB, %s)', (transport) => {
  const schema = `t_dialect_stream_${transport}`;
  let crate: CrateTest;
  let db: Kysely<TestDB>;

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, schema, {}, transport);
    db = new Kysely<TestDB>({
      dialect: new CrateDialect({ url: crate.url, schema, max: 1, acquireTimeoutMs: 5000 }),
    });
  });
  afterAll(async () => {
    await db.destroy();
    await crate.close();
  });

  const numbers = (count: number) =>
    db
      .selectFrom(sql<Numbers>`generate_series(1, ${count}::integer)`.as(sql<Numbers>`s(i)`))
      .select([sql<number>`i`.as('i'), sql<string>`'name ' || i`.as('name')]);

  it.each([1, 7, 100, 1000, 10_000, 60_000])('every row once and in order, in portions of %d', async (size) => {
    let expected = 0;
    for await (const { i, name } of numbers(size === 1 ? 500 : 50_000).stream(size)) {
      expected += 1;
      if (i !== expected || name !== `name ${String(i)}`) throw new Error(`row ${String(expected)}`);
    }
    expect(expected).toBe(size === 1 ? 500 : 50_000);
  });

  it('no rows', async () => {
    const rows: unknown[] = [];
    for await (const row of numbers(0).stream()) rows.push(row);
    expect(rows).toEqual([]);
  });

  it('sees what was written before it', async () => {
    await db.insertInto('runs').values({ run_uuid: 'fresh', status: 'streamed' }).execute();
    const rows: unknown[] = [];
    const query = db.selectFrom('runs').select('run_uuid').where('status', '=', 'streamed');
    for await (const row of query.stream()) rows.push(row);
    expect(rows).toEqual([{ run_uuid: 'fresh' }]);
  });

  it('leaving early gives the connection back', async () => {
    let count = 0;
    for await (const row of numbers(2_000_000).stream(100)) {
      expect(row.i).toBe(count + 1);
      count += 1;
      if (count === 150) break;
    }
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
    const { rows } = await sql<{ stmt: string }>`select stmt from sys.jobs`.execute(crate.db);
    expect(rows.filter(({ stmt }) => stmt.includes("'name '"))).toEqual([]);
  });

  it('an error on the way reaches the reader, and the connection stays of use', async () => {
    const failing = db
      .selectFrom(sql<Numbers>`generate_series(1, 30000)`.as(sql<Numbers>`s(i)`))
      .select(sql<number>`1000 / (20000 - i)`.as('i'));
    let read = 0;
    const reading = async () => {
      for await (const row of failing.stream(100)) {
        if (typeof row.i === 'number') read += 1;
      }
    };
    await expect(reading()).rejects.toBeInstanceOf(CrateError);
    // Over HTTP, the answer is whole before it is sent.
    if (transport === 'pg') expect(read).toBeGreaterThan(0);
    else expect(read).toBe(0);
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  it('an abort ends it', async () => {
    const abort = new AbortController();
    const reading = async () => {
      for await (const row of numbers(2_000_000).stream({
        chunkSize: 100,
        signal: abort.signal,
      })) {
        if (row.i === 300) abort.abort(new Error('enough'));
      }
    };
    await expect(reading()).rejects.toThrow('enough');
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  it('refuses what is no SELECT, and portions of no rows', async () => {
    const read = async (rows: AsyncIterable<unknown>) => {
      for await (const row of rows) expect(row).toBeDefined();
    };
    const insert = db.insertInto('runs').values({ run_uuid: 'x', status: 's' }).returning('run_uuid');
    await expect(read(insert.stream())).rejects.toBeInstanceOf(NotSupportedError);
    await expect(read(numbers(1).stream(0))).rejects.toBeInstanceOf(RangeError);
  });
});
