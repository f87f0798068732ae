import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import { asSelect, clusteredInto, tableOptions } from '../../../dialect/schema/index.js';
import { openSchema, type SchemaTest } from './open-schema.js';

const crateUrl = inject('crateUrl');

/** What Kysely's schema builder compiles to that CrateDB takes, on a table t (id, n, k). */
const cases = {
  'create table if not exists': ({ schema }) =>
    schema.createTable('x').ifNotExists().addColumn('id', 'integer'),
  'primary key of a column': ({ schema }) =>
    schema.createTable('x').addColumn('id', 'integer', (column) => column.primaryKey()),
  'named primary key': ({ schema }) =>
    schema
      .createTable('x')
      .addColumn('id', 'integer')
      .addPrimaryKeyConstraint('pk', ['id']),
  'named check, with a parameter': ({ schema }) =>
    schema
      .createTable('x')
      .addColumn('id', 'integer', (column) => column.notNull())
      .addCheckConstraint('ck', sql`id > ${1}`),
  'default, with a parameter': ({ schema }) =>
    schema
      .createTable('x')
      .addColumn('id', 'integer', (column) => column.defaultTo(sql`${1} + 1`)),
  'generated column': ({ schema }) =>
    schema
      .createTable('x')
      .addColumn('id', 'integer')
      .addColumn('g', 'integer', (column) => column.generatedAlwaysAs(sql`id + 1`)),
  'create table as': (db) => db.schema.createTable('x').$call(asSelect(db.selectFrom('t').selectAll())),
  'add columns': ({ schema }) =>
    schema
      .alterTable('t')
      .addColumn('a', 'integer', (column) => column.defaultTo(1))
      .addColumn('b', 'text', (column) => column.notNull()),
  'drop columns': ({ schema }) =>
    schema
      .alterTable('t')
      .dropColumn('n')
      .dropColumn('nope', (column) => column.ifExists()),
  'rename a column': ({ schema }) => schema.alterTable('t').renameColumn('n', 'm'),
  'set a default': ({ schema }) =>
    schema.alterTable('t').alterColumn('n', (column) => column.setDefault('a')),
  'drop a default': ({ schema }) =>
    schema.alterTable('t').alterColumn('n', (column) => column.dropDefault()),
  'drop a check': ({ schema }) => schema.alterTable('t').dropConstraint('t_check'),
  'rename a table': ({ schema }) => schema.alterTable('t').renameTo('x'),
  'drop a table': ({ schema }) => schema.dropTable('x').ifExists(),
  'create or replace a view, with a value': (db) =>
    db.schema
      .createView('v')
      .orReplace()
      .as(db.selectFrom('t').select('id').where('n', '=', "it's")),
  'rename a view': ({ schema }) => schema.alterTable('v').renameTo('w'),
  'drop a view': ({ schema }) => schema.dropView('w').ifExists(),
  'create a schema': ({ schema }) => schema.createSchema('test_schema_kysely_2').ifNotExists(),
  'drop a schema': ({ schema }) => schema.dropSchema('test_schema_kysely_2').ifExists().cascade(),
} satisfies Record<string, (db: SchemaTest['db']) => { execute(): Promise<unknown> }>;

describe.skipIf(crateUrl === undefined)("Kysely's own DDL (CrateDB)", () => {
  let crate: SchemaTest;
  beforeAll(async () => {
    crate = await openSchema(crateUrl ?? '', 'test_schema_kysely');
  });
  afterAll(async () => {
    await crate.close();
  });
  beforeEach(async () => {
    const { schema } = crate.db;
    await schema.dropTable('x').ifExists().execute();
    await schema.dropTable('t').ifExists().execute();
    await schema
      .createTable('t')
      .addColumn('id', 'integer')
      .addColumn('n', 'text')
      .addCheckConstraint('t_check', sql`id > 0`)
      .$call(clusteredInto(1))
      .$call(tableOptions({ number_of_replicas: 0 }))
      .execute();
  });

  it.each(Object.entries(cases))('%s', async (_, make) => {
    crate.sent.length = 0;
    await make(crate.db).execute();
    // Before CREATE TABLE … AS, the table that it reads is refreshed.
    const asked = ['catalog', 'refresh'];
    const kinds = crate.sent.map(({ kind }) => kind).filter((kind) => !asked.includes(kind));
    expect(kinds).toEqual(['ddl']);
  });

  it('a view shows what its table holds', async () => {
    const { db } = crate;
    await db.insertInto('t').values([{ id: 1, n: "it's" }, { id: 2, n: 'b' }]).execute();
    await db.schema
      .createView('filtered')
      .as(db.selectFrom('t').select('id').where('n', '=', "it's"))
      .execute();
    expect(await db.selectFrom('filtered').selectAll().execute()).toEqual([{ id: 1 }]);
    await db.schema.dropView('filtered').execute();
  });
});
