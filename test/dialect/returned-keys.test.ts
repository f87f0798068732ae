import { type Kysely, sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { NotSupportedError } from '../../dialect/index.js';
import { type CrateTest, openCrate } from './database.js';

const crateUrl = inject('crateUrl');

interface Row {
  key: string;
  value: string;
  owner: string;
}

/** `routed_last` declares its routing column last, `routed_first` first. */
interface Tables {
  routed_last: Row;
  routed_first: Row;
}

describe.skipIf(crateUrl === undefined)('RETURNING of key columns (CrateDB)', () => {
  let crate: CrateTest;
  let db: Kysely<Tables>;

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, 't_dialect_returned_keys');
    db = crate.db as unknown as Kysely<Tables>;
    const clustered = 'PRIMARY KEY (owner, key)) CLUSTERED BY (owner) INTO 1 SHARDS';
    const last = `key TEXT, value TEXT, owner TEXT, ${clustered}`;
    const first = `owner TEXT, key TEXT, value TEXT, ${clustered}`;
    for (const [table, columns] of [['routed_last', last], ['routed_first', first]] as const) {
      await sql`DROP TABLE IF EXISTS ${sql.table(table)}`.execute(db);
      await sql`CREATE TABLE ${sql.table(table)} (${sql.raw(columns)}`.execute(db);
      await db.insertInto(table).values({ key: 'k', value: 'v', owner: 'o' }).execute();
    }
  });
  afterAll(async () => {
    for (const table of ['routed_last', 'routed_first'] as const) {
      await db.schema.dropTable(table).execute();
    }
    await crate.close();
  });

  const upsert = (table: keyof Tables) =>
    db
      .insertInto(table)
      .values({ key: 'k', value: 'new', owner: 'o' })
      .onConflict((conflict) =>
        conflict.columns(['owner', 'key']).doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
      );

  it('CrateDB itself interchanges them', async () => {
    const client = new Client(crate.url);
    await client.connect();
    const { rows } = await client.query(
      `UPDATE "${crate.schema}".routed_last SET value = 'w'
       WHERE owner = 'o' AND key = 'k' RETURNING owner, key`,
    );
    await client.end();
    expect(rows).toEqual([{ owner: 'k', key: 'o' }]);
  });

  it('is refused where they would be interchanged', async () => {
    await expect(upsert('routed_last').returningAll().execute()).rejects.toThrow(NotSupportedError);
    await expect(upsert('routed_last').returning('key').execute()).rejects.toThrow(/"owner"/);
    await expect(
      db
        .updateTable('routed_last')
        .set({ value: 'x' })
        .where('owner', '=', 'o')
        .where('key', '=', 'k')
        .returning('owner as of')
        .execute(),
    ).rejects.toThrow(NotSupportedError);
  });

  it('is refused in SQL by hand, too', async () => {
    const update = (returning: string) =>
      sql
        .raw(`UPDATE routed_last SET value = 'x' WHERE owner = 'o' AND key = 'k' ${returning}`)
        .execute(db);
    await expect(update('RETURNING owner AS o, value')).rejects.toThrow(NotSupportedError);
    await expect(update('returning *')).rejects.toThrow(NotSupportedError);
    expect((await update('returning value')).rows).toEqual([{ value: 'x' }]);
  });

  it('is passed where it is right: other columns, or the routing column declared first', async () => {
    expect(await upsert('routed_last').returning('value').execute()).toEqual([{ value: 'new' }]);
    expect(await upsert('routed_first').returningAll().execute()).toEqual([
      { owner: 'o', key: 'k', value: 'new' },
    ]);
  });
});
