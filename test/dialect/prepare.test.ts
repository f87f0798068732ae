import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { type Parameters, prepare, RowsDroppedError } from '../../dialect/index.js';
import { compilingDb, type CrateTest, openCrate, type TestDB } from './database.js';

const crateUrl = inject('crateUrl');

describe('prepare', () => {
  it('refuses an execution that lacks a value, before anything is sent', async () => {
    const db = compilingDb();
    const byId = prepare(db, (value: Parameters<{ id: string }>) =>
      db.selectFrom('runs').select('name').where('run_uuid', '=', value('id')),
    );
    await expect(byId.execute({} as never)).rejects.toThrow("The value of 'id' is missing.");
  });
});

describe.skipIf(crateUrl === undefined)('prepare (CrateDB)', () => {
  let crate: CrateTest;
  let db: Kysely<TestDB>;

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, 't_dialect_prepare');
    ({ db } = crate);
  });
  afterAll(async () => {
    await crate.close();
  });

  it('one text, many values; a lookup stays one', async () => {
    await db
      .insertInto('runs')
      .values([
        { run_uuid: 'a', status: 's', name: 'first' },
        { run_uuid: 'b', status: 's', name: 'second' },
      ])
      .execute();
    const byId = prepare(db, (value: Parameters<{ id: string; status: string }>) =>
      db
        .selectFrom('runs')
        .select('name')
        .where('run_uuid', '=', value('id'))
        .where('status', '=', value('status')),
    );
    await byId.execute({ id: 'warm', status: 's' });
    crate.clear();
    expect(await byId.execute({ id: 'a', status: 's' })).toEqual([{ name: 'first' }]);
    expect(await byId.executeTakeFirst({ id: 'b', status: 's' })).toEqual({ name: 'second' });
    expect(await byId.executeTakeFirst({ id: 'b', status: 'other' })).toBeUndefined();
    expect(crate.sent.map(({ kind }) => kind)).toEqual(['select', 'select', 'select']);
    expect(new Set(crate.sent.map((event) => event.sql)).size).toBe(1);
  });

  it('rows that CrateDB drops are an error here too', async () => {
    const insert = prepare(db, (value: Parameters<{ ids: string[]; statuses: string[] }>) =>
      db
        .insertInto('runs')
        .columns(['run_uuid', 'status'])
        .expression(
          db
            .selectFrom(
              sql<{
                run_uuid: string;
                status: string;
              }>`unnest(${value('ids')}::text[], ${value('statuses')}::text[])`.as<'n'>(
                sql`n(run_uuid, status)`,
              ),
            )
            .select(['n.run_uuid', 'n.status']),
        ),
    );
    await insert.execute({ ids: ['p', 'q'], statuses: ['s', 's'] });
    const again = insert.execute({ ids: ['q', 'r'], statuses: ['s', 's'] });
    await expect(again).rejects.toBeInstanceOf(RowsDroppedError);
    await expect(again).rejects.toMatchObject({ expected: 2, written: 1 });
  });
});
