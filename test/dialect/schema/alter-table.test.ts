import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import {
  closeTable,
  clusteredBy,
  clusteredInto,
  columnPath,
  indexOff,
  object,
  openTable,
  partitionedBy,
  resetTableOptions,
  setTableOptions,
  swapTables,
  tableOptions,
} from '../../../dialect/schema/index.js';
import { compilingDb } from '../database.js';
import { expectSql } from '../expect-sql.js';
import { expectNewerSql } from './newer-grammar.js';
import { openSchema, type SchemaTest } from './open-schema.js';

const crateUrl = inject('crateUrl');
const db = compilingDb('s');

describe('columns of objects', () => {
  it("by their path, in Kysely's builder", () => {
    expect(columnPath('o', 'a', "it's")).toBe("o['a']['it''s']");
    expectSql(
      db.schema
        .alterTable('t')
        .addColumn(columnPath('o', 'a'), object('strict', { b: 'text' }))
        .addColumn(columnPath('o', 'a', 'c'), 'integer', indexOff),
      `alter table "s"."t" add column "o['a']" object(strict) as ("b" text), add column "o['a']['c']" integer index off`,
      [],
    );
    expectSql(
      db.schema.alterTable('t').dropColumn(columnPath('o', 'q"', 'r')),
      `alter table "s"."t" drop column "o['q""']['r']"`,
      [],
    );
    expectSql(
      db.schema.alterTable('t').renameColumn(columnPath('o', 'a'), columnPath('o', 'b')),
      `alter table "s"."t" rename column "o['a']" to "o['b']"`,
      [],
    );
  });
});

describe('table options', () => {
  it('are set and reset, on tables, on one partition, and on those to come', () => {
    expectSql(
      setTableOptions('t', { number_of_replicas: '0-1', 'translog.durability': 'ASYNC' }).compile(
        db,
      ),
      `alter table "s"."t" set ("number_of_replicas" = '0-1', "translog.durability" = 'ASYNC')`,
      [],
    );
    expectNewerSql(
      setTableOptions('x.t', { number_of_shards: 8 }, { only: true, timeout: '90s' }).compile(db),
      `alter table only "x"."t" set ("number_of_shards" = 8) with ("timeout" = '90s')`,
      [],
    );
    const day = new Date('2026-01-01T00:00:00Z');
    expectSql(
      setTableOptions(
        { table: 't', partition: { day, [columnPath('o', 'k')]: "it's" } },
        { 'blocks.write': true },
      ).compile(db),
      `alter table "s"."t" partition ("day" = 1767225600000, "o['k']" = 'it''s') set ("blocks.write" = true)`,
      [],
    );
    expectSql(
      resetTableOptions('t', ['refresh_interval', 'translog.durability']).compile(db),
      'alter table "s"."t" reset ("refresh_interval", "translog.durability")',
      [],
    );
  });

  it('belong to the configured schema, whatever withSchema says', () => {
    const text = setTableOptions('t', { codec: 'default' }).compile(db.withSchema('x')).sql;
    expect(text).toBe(`alter table "s"."t" set ("codec" = 'default')`);
  });

  it('refuses what would say nothing', () => {
    expect(() => setTableOptions('t', {})).toThrow('setTableOptions: no options');
    expect(() => resetTableOptions('t', [])).toThrow('resetTableOptions: no options');
    expect(() => closeTable({ table: 't', partition: {} })).toThrow('partition: no columns');
    const partition = { table: 't', partition: { day: 1 } };
    expect(() => setTableOptions(partition, { codec: 'default' }, { only: true })).toThrow(
      'only: not for a single partition',
    );
  });
});

it('tables are swapped, closed and opened', () => {
  expectSql(
    swapTables('a', 'x.b').compile(db),
    'alter cluster swap table "s"."a" to "x"."b"',
    [],
  );
  expectSql(
    swapTables('a', 'b', { drop_source: true }).compile(db),
    'alter cluster swap table "s"."a" to "s"."b" with ("drop_source" = true)',
    [],
  );
  expectSql(closeTable('t').compile(db), 'alter table "s"."t" close', []);
  expectSql(
    openTable({ table: 't', partition: { day: null } }).compile(db),
    'alter table "s"."t" partition ("day" = null) open',
    [],
  );
});

describe.skipIf(crateUrl === undefined)('ALTER TABLE (CrateDB)', () => {
  let crate: SchemaTest;
  beforeAll(async () => {
    crate = await openSchema(crateUrl ?? '', 'test_schema_alter');
    await crate.db.schema
      .createTable('t')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('o', object('strict', { a: 'integer' }))
      .$call(clusteredInto(1))
      .$call(tableOptions({ number_of_replicas: 0 }))
      .execute();
  });
  afterAll(async () => {
    await crate.close();
  });

  it('columns of objects are added, renamed and dropped', async () => {
    const alter = () => crate.db.schema.alterTable('t');
    await alter()
      .addColumn(columnPath('o', 'deep'), object('dynamic', { b: 'text' }))
      .addColumn(columnPath('o', 'deep', "it's"), 'text', indexOff)
      .addColumn(columnPath('o', 'gone'), 'text')
      .execute();
    await alter().renameColumn(columnPath('o', 'a'), columnPath('o', 'z')).execute();
    await alter().dropColumn(columnPath('o', 'gone')).execute();
    await alter()
      .alterColumn(columnPath('o', 'z'), (column) => column.setDefault(7))
      .execute();
    expect(await crate.showCreate('t')).toContain(
      `"o" OBJECT(STRICT) AS ("z" INTEGER DEFAULT 7, "deep" OBJECT(DYNAMIC) AS ("b" TEXT, "it's" TEXT INDEX OFF))`,
    );
    await crate.db.insertInto('t').values({ id: 1, o: { z: 1, deep: { b: 'x' } } }).execute();
    const rows = await crate.db.selectFrom('t').select('o').where('id', '=', 1).execute();
    expect(rows).toEqual([{ o: { z: 1, deep: { b: 'x' } } }]);
  });

  it('options change, and go back', async () => {
    await setTableOptions(
      't',
      { refresh_interval: 700, 'translog.durability': 'ASYNC' },
      { timeout: '20s' },
    ).execute(crate.db);
    expect(await crate.showCreate('t')).toContain('refresh_interval = 700');
    expect(crate.sent.some(({ sql, kind }) => sql.includes('set (') && kind === 'ddl')).toBe(true);
    await resetTableOptions('t', ['refresh_interval', 'translog.durability']).execute(crate.db);
    expect(await crate.showCreate('t')).not.toContain('refresh_interval');
    expect(await crate.showCreate('t')).not.toContain('ASYNC');
  });

  it('one partition, or those to come', async () => {
    const { db: own } = crate;
    await own.schema
      .createTable('p')
      .addColumn('id', 'integer')
      .addColumn('day', 'timestamptz')
      .$call(clusteredBy('id', { shards: 1 }))
      .$call(partitionedBy('day'))
      .$call(tableOptions({ number_of_replicas: 0 }))
      .execute();
    await own
      .insertInto('p')
      .values([
        { id: 1, day: new Date(86_400_000) },
        { id: 2, day: new Date(172_800_000) },
      ])
      .execute();
    const first = { table: 'p', partition: { day: new Date(86_400_000) } };
    await setTableOptions(first, { 'blocks.write': true }).execute(own);
    await setTableOptions('p', { refresh_interval: 900 }, { only: true }).execute(own);

    const partitions = async () =>
      (
        await own
          .selectFrom('information_schema.table_partitions')
          .select(['values', 'settings', 'closed'])
          .where('table_schema', '=', crate.schema)
          .where('table_name', '=', 'p')
          .orderBy('partition_ident')
          .execute()
      ).map(({ settings, closed, values }) => ({ settings, closed, values }));
    expect(await partitions()).toMatchObject([
      { values: { day: 86_400_000 }, settings: { blocks: { write: true } } },
      { values: { day: 172_800_000 }, settings: { blocks: { write: false } } },
    ]);
    expect((await partitions()).map(({ settings }) => settings)).not.toMatchObject([
      { refresh_interval: 900 },
      { refresh_interval: 900 },
    ]);
    expect(await crate.showCreate('p')).toContain('refresh_interval = 900');
    await setTableOptions(first, { 'blocks.write': false }).execute(own);

    await closeTable(first).execute(own);
    expect((await partitions()).map(({ closed }) => closed)).toEqual([true, false]);
    await openTable(first).execute(own);
    expect((await partitions()).map(({ closed }) => closed)).toEqual([false, false]);
  });

  it('tables change places', async () => {
    const { db: own } = crate;
    for (const [name, id] of [
      ['old', 1],
      ['new', 2],
    ] as const) {
      await own.schema
        .createTable(name)
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .$call(clusteredInto(1))
        .$call(tableOptions({ number_of_replicas: 0 }))
        .execute();
      await own.insertInto(name).values({ id }).execute();
    }
    await swapTables('new', 'old').execute(own);
    expect(await own.selectFrom('old').select('id').execute()).toEqual([{ id: 2 }]);
    await swapTables('new', 'old', { drop_source: true }).execute(own);
    expect(await own.selectFrom('old').select('id').execute()).toEqual([{ id: 1 }]);
    await expect(own.selectFrom('new').select('id').execute()).rejects.toThrow();
  });
});
