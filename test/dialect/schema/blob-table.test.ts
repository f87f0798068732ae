import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import {
  blobTables,
  createBlobTable,
  dropBlobTable,
  setBlobTableOptions,
} from '../../../dialect/schema/index.js';
import { compilingDb } from '../database.js';
import { expectCrateGrammar, expectSql } from '../expect-sql.js';
import { openSchema, type SchemaTest } from './open-schema.js';

const crateUrl = inject('crateUrl');

it('blob tables are in the schema blob', () => {
  const db = compilingDb('s');
  expectSql(createBlobTable('b').compile(db), 'create blob table "blob"."b"', []);
  expectSql(
    createBlobTable('b"c', {
      shards: 2,
      options: { number_of_replicas: '0-1', blobs_path: "/it's" },
    }).compile(db),
    `create blob table "blob"."b""c" clustered into 2 shards with ("number_of_replicas" = '0-1', "blobs_path" = '/it''s')`,
    [],
  );
  expectSql(
    setBlobTableOptions('b', { number_of_replicas: 1 }).compile(db),
    'alter blob table "blob"."b" set ("number_of_replicas" = 1)',
    [],
  );
  expectSql(dropBlobTable('b').compile(db), 'drop blob table "blob"."b"', []);
  expectSql(
    dropBlobTable('b', { ifExists: true }).compile(db),
    'drop blob table if exists "blob"."b"',
    [],
  );
  expectCrateGrammar(blobTables().compile(db).sql);
  expect(() => setBlobTableOptions('b', {})).toThrow('setBlobTableOptions: no options');
  expect(() => createBlobTable('b', { shards: 0 })).toThrow(RangeError);
});

describe.skipIf(crateUrl === undefined)('blob tables (CrateDB)', () => {
  let crate: SchemaTest;
  const name = 'test_schema_blobs';
  beforeAll(async () => {
    crate = await openSchema(crateUrl ?? '', 'test_schema_blob');
    await dropBlobTable(name, { ifExists: true }).execute(crate.db);
  });
  afterAll(async () => {
    await dropBlobTable(name, { ifExists: true }).execute(crate.db);
    await crate.close();
  });

  it('are made, listed, changed and dropped', async () => {
    const { db } = crate;
    const listed = async () =>
      (await blobTables().execute(db)).rows.filter((table) => table.name === name);
    crate.sent.length = 0;
    await createBlobTable(name, { shards: 1, options: { number_of_replicas: 0 } }).execute(db);
    expect(crate.sent.map(({ kind }) => kind)).toEqual(['ddl']);
    expect(await listed()).toMatchObject([
      { name, number_of_shards: 1, number_of_replicas: '0', blobs_path: expect.any(String) },
    ]);
    await setBlobTableOptions(name, { number_of_replicas: '0-1' }).execute(db);
    expect(await listed()).toMatchObject([{ number_of_replicas: '0-1' }]);

    const digest = createHash('sha1').update('').digest('hex');
    const blobs = db.selectFrom(`blob.${name}`).select('digest').where('digest', '=', digest);
    expect(await blobs.execute()).toEqual([]);

    await dropBlobTable(name).execute(db);
    expect(await listed()).toEqual([]);
    await expect(dropBlobTable(name).execute(db)).rejects.toThrow();
    await dropBlobTable(name, { ifExists: true }).execute(db);
  });
});
