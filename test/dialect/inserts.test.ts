import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import { CrateError, DuplicateKeyError, RowsDroppedError, unnest } from '../../dialect/index.js';
import { type CrateTest, openCrate, type TestDB } from './database.js';
import { transports } from './transport-url.js';

const crateUrl = inject('crateUrl');

async function dropped(promise: Promise<unknown>): Promise<RowsDroppedError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(RowsDroppedError);
  return error as RowsDroppedError;
}

describe.skipIf(crateUrl === undefined).each(transports)(
  'multi-row INSERTs lose nothing in silence (CrateDB, %s)',
  (transport) => {
    let crate: CrateTest;
    let db: Kysely<TestDB>;
    let next = 0;
    let run: string;

    beforeAll(async () => {
      crate = await openCrate(crateUrl!, `t_dialect_inserts_${transport}`, {}, transport);
      ({ db } = crate);
    });
    afterAll(async () => {
      await crate.close();
    });
    beforeEach(() => {
      next += 1;
      run = `run${next}`;
      crate.clear();
    });

    /** value -5000 fails a CHECK. */
    const metric = (key: string, value = 1) => ({ run_uuid: run, key, step: 1, value });
    const bulk = (rows: { key: string; value: number }[]) =>
      db
        .insertInto('metrics')
        .columns(['run_uuid', 'key', 'step', 'value'])
        .expression(
          db
            .selectFrom(
              unnest('n', {
                key: { type: 'text', values: rows.map((row) => row.key) },
                value: { type: 'double precision', values: rows.map((row) => row.value) },
              }),
            )
            .select((eb) => [
              eb.val(run).as('run_uuid'),
              'n.key',
              eb.cast<number>(eb.val(1), 'bigint').as('step'),
              'n.value',
            ]),
        );

    it('costs one statement where nothing is lost', async () => {
      const result = await db
        .insertInto('metrics')
        .values([metric('a'), metric('b')])
        .executeTakeFirstOrThrow();
      expect(result.numInsertedOrUpdatedRows).toBe(2n);
      await bulk([{ key: 'c', value: 1 }]).execute();
      expect(crate.sent).toHaveLength(2);
    });

    it('VALUES: says which rows were refused, and how many were duplicates', async () => {
      await db.insertInto('metrics').values(metric('there')).execute();
      const error = await dropped(
        db
          .insertInto('metrics')
          .values([metric('a'), metric('bad', -5000), metric('there'), metric('b')])
          .execute(),
      );
      expect(error).toMatchObject({
        expected: 4,
        written: 2,
        missing: [1],
        table: `"${crate.schema}"."metrics"`,
      });
      expect(error.message).toContain('index 1');
      expect(error.message).toContain('Duplicate keys: 1');
      expect(error.sql).toMatch(/^insert into/);
    });

    it('UNNEST: the same, also when all are refused', async () => {
      const error = await dropped(
        bulk([
          { key: 'a', value: 1 },
          { key: 'b', value: -5000 },
          { key: 'c', value: 2 },
        ]).execute(),
      );
      expect(error).toMatchObject({ expected: 3, written: 2, missing: [1] });
      const one = await dropped(bulk([{ key: 'z', value: -5000 }]).execute());
      expect(one).toMatchObject({ expected: 1, written: 0, missing: [0] });
    });

    it('a text that is too long for its column', async () => {
      const error = await dropped(
        db
          .insertInto('params')
          .values([
            { run_uuid: run, key: 'a', value: 'x'.repeat(40_000) },
            { run_uuid: run, key: 'b', value: 'x' },
          ])
          .execute(),
      );
      expect(error).toMatchObject({ expected: 2, written: 1, missing: [0] });
    });

    it('a null in the key', async () => {
      const error = await dropped(
        db
          .insertInto('params')
          .columns(['run_uuid', 'key'])
          .expression(
            db
              .selectFrom(
                unnest('n', {
                  a: { type: 'text', values: [run, run] },
                  b: { type: 'text', values: ['x', null] },
                }),
              )
              .select(['a', sql<string>`b`.as('b')]),
          )
          .execute()
          .then(() => undefined),
      );
      // `b` is raw SQL: its values aren't looked into
      expect(error).toMatchObject({ expected: 2, written: 1, missing: undefined });
    });

    it('DO NOTHING: conflicts are normal, a refused row is not', async () => {
      await bulk([
        { key: 'a', value: 1 },
        { key: 'b', value: 1 },
      ]).execute();
      const again = bulk([
        { key: 'a', value: 1 },
        { key: 'b', value: 1 },
        { key: 'c', value: 1 },
      ]);
      const rows = await again
        .onConflict((conflict) => conflict.columns(['run_uuid', 'key', 'step']).doNothing())
        .returning('key')
        .execute();
      expect(rows).toEqual([{ key: 'c' }]);
      // without columns it is the primary key's
      const none = await again
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      expect(none.numInsertedOrUpdatedRows).toBe(0n);
      const error = await dropped(
        db
          .insertInto('metrics')
          .values([metric('a'), metric('bad', -5000), metric('d')])
          .onConflict((conflict) => conflict.doNothing())
          .execute(),
      );
      expect(error).toMatchObject({ expected: 3, written: 1, missing: [1] });
    });

    it('DO NOTHING of rows that are all there costs two statements more', async () => {
      const rows = Array.from({ length: 500 }, (_, index) => ({ key: `k${index}`, value: index }));
      const insert = bulk(rows).onConflict((conflict) => conflict.doNothing());
      await insert.execute();
      crate.clear();
      await insert.execute();
      expect(crate.sent.map((event) => event.kind)).toEqual(['insert', 'refresh', 'select']);
    });

    it('DO UPDATE: every row counts', async () => {
      await bulk([{ key: 'a', value: 1 }]).execute();
      const upsert = (rows: { key: string; value: number }[]) =>
        bulk(rows).onConflict((conflict) =>
          conflict
            .columns(['run_uuid', 'key', 'step'])
            .doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
        );
      await upsert([
        { key: 'a', value: 2 },
        { key: 'b', value: 2 },
        { key: 'b', value: 3 },
      ]).execute();
      const error = await dropped(
        upsert([
          { key: 'a', value: 4 },
          { key: 'bad', value: -5000 },
        ])
          .returning(['key', 'value'])
          .execute(),
      );
      expect(error).toMatchObject({ expected: 2, written: 1, missing: [1] });
    });

    it('keys that come back in another form are found all the same', async () => {
      await sql`create table ${sql.table('timed')} (at timestamp with time zone, d double precision, b boolean, n bigint, primary key (at, d, b, n)) with (refresh_interval = 0)`.execute(
        db,
      );
      const typed = db as unknown as Kysely<{
        timed: { at: Date | string | number; d: number | string; b: boolean; n: bigint | number };
      }>;
      const rows = [
        { at: new Date(1700000000000), d: 0.1, b: true, n: 9007199254740993n },
        { at: '2024-01-01T00:00:00Z', d: '1.0', b: false, n: 2 },
        { at: 1600000000000, d: 1e300, b: false, n: -2 },
      ];
      await typed.insertInto('timed').values(rows).execute();
      const again = await typed
        .insertInto('timed')
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      expect(again.numInsertedOrUpdatedRows).toBe(0n);
    });

    it('single rows raise by themselves', async () => {
      await db.insertInto('metrics').values(metric('a')).execute();
      await expect(db.insertInto('metrics').values(metric('a')).execute()).rejects.toBeInstanceOf(
        DuplicateKeyError,
      );
    });

    it('rows of a table, or filtered ones, are not counted', async () => {
      await db
        .insertInto('params')
        .columns(['run_uuid', 'key'])
        .expression(
          db
            .selectFrom(unnest('n', { k: { type: 'text', values: ['x', 'y', 'z'] } }))
            .select((eb) => [eb.val(run).as('r'), 'n.k'])
            .where('n.k', '!=', 'y'),
        )
        .execute();
      const count = await sql<{
        n: string;
      }>`select count(*) as n from ${sql.table('params')} where run_uuid = ${run}`.execute(db);
      expect(count.rows).toEqual([{ n: '2' }]);
    });

    it('raw SQL: VALUES and UNNEST are counted', async () => {
      const table = sql.table('metrics');
      const values = await dropped(
        sql`insert into ${table} values (${run}, 'f(a', 1, 1), (${run}, 'b', 1, -5000) returning key`.execute(
          db,
        ),
      );
      expect(values).toMatchObject({ expected: 2, written: 1, missing: undefined });
      const arrays = await dropped(
        sql`insert into ${table} (run_uuid, key, step, value) (select ${run}, k, 1, v from unnest(${['c', 'd']}::text[], ${[1, -5000]}::double precision[]) as n(k, v))`.execute(
          db,
        ),
      );
      expect(arrays).toMatchObject({ expected: 2, written: 1 });
    });

    it('after-write: what was written is refreshed although rows were lost', async () => {
      const after = crate.another({ refresh: 'after-write' });
      await dropped(
        after
          .insertInto('metrics')
          .values([metric('a'), metric('bad', -5000)])
          .execute(),
      );
      const rows = await after
        .selectFrom('metrics')
        .select('key')
        .where('run_uuid', '=', run)
        .execute();
      expect(rows).toEqual([{ key: 'a' }]);
    });

    it('is a CrateError without values', async () => {
      const error = await dropped(
        db
          .insertInto('metrics')
          .values([metric('secret-key', -5000), metric('fine')])
          .execute(),
      );
      expect(error).toBeInstanceOf(CrateError);
      expect(JSON.stringify([error.message, error.sql, error.stack])).not.toContain('secret-key');
    });
  },
);
