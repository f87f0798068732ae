import { CamelCasePlugin, Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import {
  type CrateColumnMetadata,
  CrateDialect,
  CrateIntrospector,
  type CrateTableMetadata,
} from '../../dialect/index.js';

const crateUrl = inject('crateUrl');
const SCHEMA = 't_dialect_introspector';
const OTHER = 't_dialect_introspector_other';

describe.skipIf(crateUrl === undefined)('introspection (CrateDB)', () => {
  let db: Kysely<unknown>;
  let introspector: CrateIntrospector;

  const dropAll = async () => {
    const { rows } = await sql<{ schema: string; name: string; type: string }>`select
      table_schema as schema, table_name as name, table_type as type from information_schema.tables
      where table_schema in (${SCHEMA}, ${OTHER})`.execute(db);
    for (const { schema, name, type } of rows) {
      await sql`drop ${sql.raw(type === 'VIEW' ? 'view' : 'table')} if exists ${sql.id(schema, name)}`.execute(db);
    }
  };

  beforeAll(async () => {
    const url = crateUrl!.replace(/\?.*$/, '');
    db = new Kysely({ dialect: new CrateDialect({ url, schema: SCHEMA }) });
    introspector = new CrateIntrospector(db);
    await dropAll();
    const small = sql`clustered into 1 shards with (number_of_replicas = 0)`;
    await sql`create table everything (
      id text primary key,
      label character varying(20) default 'none' not null,
      at timestamp with time zone default current_timestamp,
      amount numeric(10, 2),
      doubled bigint generated always as 2 * length(id),
      o object(dynamic) as (a integer, "B c" object(strict) as (d text not null)),
      os array(object(ignored) as (z bigint)),
      texts array(text),
      grid array(array(integer)),
      v float_vector(4),
      bits bit(3),
      place geo_point
    ) ${small}`.execute(db);
    await sql`create table parts (
      id bigint,
      ts timestamp without time zone,
      day timestamp without time zone generated always as date_trunc('day', ts),
      n integer constraint positive check (n > 0),
      primary key (id, day)
    ) clustered by (id) into 2 shards partitioned by (day)
      with (number_of_replicas = '0-1', column_policy = 'dynamic', refresh_interval = 500)`.execute(db);
    await sql`create view seen as select o['a'], o, id from everything`.execute(db);
    await sql`create table ${sql.id(OTHER, 'elsewhere')} (a integer) ${small}`.execute(db);
    await sql`create table ${sql.id(OTHER, 'kysely_migration')} (name text) ${small}`.execute(db);
    await sql`create table kysely_migration (name text) ${small}`.execute(db);
  });
  afterAll(async () => {
    await dropAll();
    await db.destroy();
  });

  const crateTable = async (name: string): Promise<CrateTableMetadata> => {
    const tables = await introspector.getCrateTables({
      withInternalKyselyTables: false,
      schema: SCHEMA,
    });
    return tables.find((table) => table.name === name)!;
  };
  const columnOf = (table: CrateTableMetadata, name: string): CrateColumnMetadata =>
    table.columns.find((column) => column.name === name)!;

  it("Kysely's interface: schemas", async () => {
    const schemas = (await db.introspection.getSchemas()).map((schema) => schema.name);
    expect(schemas).toEqual(expect.arrayContaining([SCHEMA, OTHER, 'information_schema']));
  });

  it("Kysely's interface: tables and views of all schemas, columns as information_schema has them", async () => {
    const tables = await db.introspection.getTables();
    const named = tables.filter((table) => [SCHEMA, OTHER].includes(table.schema ?? ''));
    expect(named.map(({ schema, name, isView, isForeign }) => [schema, name, isView, isForeign])).toEqual([
      [SCHEMA, 'everything', false, false],
      [SCHEMA, 'parts', false, false],
      [SCHEMA, 'seen', true, false],
      [OTHER, 'elsewhere', false, false],
    ]);
    expect(tables.map((table) => table.schema)).not.toContain('sys');
    const column = (
      name: string,
      dataType: string,
      isNullable = true,
      hasDefaultValue = false,
    ) => ({ name, dataType, isNullable, hasDefaultValue, isAutoIncrementing: false });
    expect(named[0]?.columns).toEqual([
      column('id', 'text', false),
      column('label', 'text', false, true),
      column('at', 'timestamp with time zone', true, true),
      column('amount', 'numeric'),
      column('doubled', 'bigint', true, true),
      column('o', 'object'),
      column('os', 'object_array'),
      column('texts', 'text_array'),
      column('grid', 'integer_array_array'),
      column('v', 'float_vector'),
      column('bits', 'bit'),
      column('place', 'geo_point'),
    ]);
    expect(named[2]?.columns.map((one) => one.name)).toEqual(["o['a']", 'o', 'id']);
  });

  it('is the same through plugins, and by the name that Kysely 0.28 calls', async () => {
    const plain = await introspector.getTables();
    const camel = new CrateIntrospector(db.withPlugin(new CamelCasePlugin()));
    const mine = (tables: typeof plain) => tables.filter((table) => table.schema === SCHEMA);
    expect(mine(await camel.getTables())).toEqual(mine(plain));
    expect(mine((await introspector.getMetadata()).tables)).toEqual(mine(plain));
  });

  it("the Migrator's tables: only when asked for, and only this schema's", async () => {
    const internal = async (withInternalKyselyTables: boolean) =>
      (await introspector.getTables({ withInternalKyselyTables }))
        .filter(({ name, schema }) => name === 'kysely_migration' && schema?.startsWith(SCHEMA))
        .map(({ schema }) => schema);
    expect(await internal(false)).toEqual([]);
    expect(await internal(true)).toEqual([SCHEMA]);
  });

  it('what only CrateDB has: of a table', async () => {
    expect(await crateTable('everything')).toMatchObject({
      schema: SCHEMA,
      primaryKey: ['id'],
      clusteredBy: 'id',
      shards: 1,
      replicas: '0',
      partitionedBy: [],
      columnPolicy: 'strict',
      isClosed: false,
      checks: [],
      viewDefinition: undefined,
    });
    const parts = await crateTable('parts');
    expect(parts).toMatchObject({
      primaryKey: ['id', 'day'],
      clusteredBy: 'id',
      shards: 2,
      replicas: '0-1',
      partitionedBy: ['day'],
      columnPolicy: 'dynamic',
      checks: ['positive'],
    });
    expect(parts.options).toMatchObject({
      refresh_interval: 500,
      codec: 'default',
      'translog.durability': 'REQUEST',
      'blocks.read_only': false,
    });
  });

  it('what only CrateDB has: of a view', async () => {
    const view = await crateTable('seen');
    expect(view).toMatchObject({
      isView: true,
      primaryKey: [],
      clusteredBy: undefined,
      shards: undefined,
      columnPolicy: undefined,
      options: {},
    });
    expect(view.viewDefinition).toContain('FROM "everything"');
    expect(view.columns.map((column) => column.name)).toEqual(["o['a']", 'o', 'id']);
    expect(columnOf(view, 'o').subcolumns.map((column) => column.name)).toEqual(['a', 'B c']);
  });

  it('what only CrateDB has: of columns', async () => {
    const table = await crateTable('everything');
    expect(columnOf(table, 'label')).toMatchObject({ length: 20, defaultExpression: "'none'" });
    expect(columnOf(table, 'at')).toMatchObject({ defaultExpression: 'CURRENT_TIMESTAMP', position: 3 });
    expect(columnOf(table, 'amount')).toMatchObject({ precision: 10, length: undefined });
    expect(columnOf(table, 'doubled')).toMatchObject({
      generationExpression: '(2 * length(id))',
      defaultExpression: undefined,
    });
    expect(columnOf(table, 'grid')).toMatchObject({ elementType: 'integer', arrayDimensions: 2 });
    expect(columnOf(table, 'texts')).toMatchObject({ elementType: 'text', arrayDimensions: 1 });
    expect(columnOf(table, 'v')).toMatchObject({ length: 4, arrayDimensions: 0 });
    expect(columnOf(table, 'bits')).toMatchObject({ length: 3 });
  });

  it('columns inside of objects are beside, as a tree', async () => {
    const table = await crateTable('everything');
    expect(columnOf(table, 'o')).toMatchObject({
      objectPolicy: 'dynamic',
      subcolumns: [
        { name: 'a', dataType: 'integer', subcolumns: [] },
        {
          name: 'B c',
          objectPolicy: 'strict',
          subcolumns: [{ name: 'd', dataType: 'text', isNullable: false }],
        },
      ],
    });
    expect(columnOf(table, 'os')).toMatchObject({
      elementType: 'object',
      arrayDimensions: 1,
      objectPolicy: 'ignored',
      subcolumns: [{ name: 'z', dataType: 'bigint' }],
    });
    expect(columnOf(table, 'id').objectPolicy).toBeUndefined();
  });
});
