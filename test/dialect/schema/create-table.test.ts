import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, expectTypeOf, inject, it } from 'vitest';

import {
  arrayOf,
  asSelect,
  bit,
  character,
  characterVarying,
  clusteredBy,
  clusteredInto,
  columnPath,
  columnStorage,
  createTableLike,
  floatVector,
  fulltextIndex,
  generatedAs,
  geoPoint,
  geoShape,
  geoShapeIndex,
  indexOff,
  ip,
  namedFulltextIndex,
  object,
  partitionedBy,
  plainIndex,
  subColumn,
  tableOptions,
  timestampWithoutTimeZone,
  timestampWithTimeZone,
} from '../../../dialect/schema/index.js';
import { compilingDb } from '../database.js';
import { expectCrateGrammar, expectSql } from '../expect-sql.js';
import { expectNewerSql } from './newer-grammar.js';
import { openSchema, type SchemaTest } from './open-schema.js';

const crateUrl = inject('crateUrl');
const { schema } = compilingDb('s');
const one = () => schema.createTable('t').addColumn('id', 'integer');

/** Nothing else in the tests needs replicas or many shards. */
const small = tableOptions({ number_of_replicas: 0 });

describe('data types', () => {
  it.each([
    ['array(text)', arrayOf('text')],
    ['array(array(double precision))', arrayOf(arrayOf('double precision'))],
    ['float_vector(384)', floatVector(384)],
    ['bit(8)', bit(8)],
    ['character varying(40)', characterVarying(40)],
    ['character varying', characterVarying()],
    ['character(3)', character(3)],
    ['timestamp with time zone', timestampWithTimeZone()],
    ['timestamp without time zone', timestampWithoutTimeZone()],
    ['ip', ip()],
    ['geo_point', geoPoint()],
    ['geo_shape', geoShape()],
    ['object', object()],
    ['object(ignored)', object('ignored')],
    ['object as ("a" ip)', object(undefined, { a: ip() })],
    ['array(object(dynamic) as ("a" real))', arrayOf(object('dynamic', { a: 'real' }))],
  ])('%s', (text, type) => {
    const table = schema.createTable('t').addColumn('c', type);
    expectSql(table, `create table "s"."t" ("c" ${text})`, []);
  });

  it('objects hold columns with constraints, to any depth', () => {
    const type = object('strict', {
      'p"q': 'text',
      zip: subColumn('varchar(9)', (column) => column.notNull().defaultTo('?')),
      place: object('dynamic', { point: geoPoint(), note: subColumn('text', indexOff) }),
    });
    expectSql(
      schema.createTable('t').addColumn('o', type, (column) => column.notNull()),
      'create table "s"."t" ("o" object(strict) as ("p""q" text, ' +
        `"zip" varchar(9) default '?' not null, ` +
        '"place" object(dynamic) as ("point" geo_point, "note" text index off)) not null)',
      [],
    );
  });

  it('refuses what is none', () => {
    expect(() => floatVector(0)).toThrow(
      'floatVector: dimensions must be a whole number, 1 or more',
    );
    expect(() => bit(1.5)).toThrow(RangeError);
    // @ts-expect-error not a policy
    expect(() => object('loose')).toThrow('object: policy must be one of dynamic, strict, ignored');
    // @ts-expect-error it is not a type
    expect(() => object('strict', { a: 'text); drop table x' })).toThrow(RangeError);
    // @ts-expect-error CrateDB stores no jsonb
    arrayOf('jsonb');
    // @ts-expect-error nor dates: they are timestamps
    object('strict', { day: 'date' });
    // @ts-expect-error nor numeric without precision
    object('strict', { amount: subColumn('numeric', (column) => column) });
  });
});

describe('column options', () => {
  it.each([
    ['index off', indexOff],
    ['index using plain', plainIndex],
    ['index using fulltext', fulltextIndex()],
    [`index using fulltext with ("analyzer" = 'o''ne')`, fulltextIndex("o'ne")],
    ['storage with ("columnstore" = false)', columnStorage({ columnstore: false })],
    ['generated always as (lower("a"))', generatedAs(sql`lower(${sql.ref('a')})`)],
    ['index using bkdtree', geoShapeIndex('bkdtree')],
    [
      `index using quadtree with ("precision" = '1km', "distance_error_pct" = 0.1)`,
      geoShapeIndex('quadtree', { precision: '1km', distance_error_pct: 0.1 }),
    ],
  ])('%s', (text, option) => {
    const table = schema.createTable('t').addColumn('c', 'text', option);
    expectSql(table, `create table "s"."t" ("c" text ${text})`, []);
  });

  it("go with each other and with Kysely's own", () => {
    expectSql(
      one().addColumn('c', 'text', (column) =>
        column
          .$call(indexOff)
          .defaultTo("it's")
          .$call(columnStorage({ columnstore: false }))
          .check(sql`c <> 'x'`)
          .notNull(),
      ),
      `create table "s"."t" ("id" integer, "c" text default 'it''s' not null check (c <> 'x') index off storage with ("columnstore" = false))`,
      [],
    );
  });

  it('refuses an index that there isn’t', () => {
    // @ts-expect-error not a method
    expect(() => geoShapeIndex('rtree')).toThrow('must be one of geohash, quadtree, bkdtree');
    // @ts-expect-error CrateDB has no such option
    columnStorage({ rowstore: false });
  });
});

describe('table clauses', () => {
  it('in the order of the calls, with WITH last', () => {
    const table = schema
      .createTable('t')
      .ifNotExists()
      .addColumn('id', 'text')
      .addColumn('day', 'timestamptz')
      .addColumn('o', object('strict', { a: 'text', b: 'text' }))
      .addPrimaryKeyConstraint('pk', ['id', 'day']);
    const columns =
      'create table if not exists "s"."t" ("id" text, "day" timestamptz, "o" object(strict) as ("a" text, "b" text), constraint "pk" primary key ("id", "day"))';
    expectSql(
      table
        .$call(clusteredBy('id', { shards: 4 }))
        .$call(partitionedBy('day', columnPath('o', 'a')))
        .$call(tableOptions({ number_of_replicas: '0-1', 'write.wait_for_active_shards': 1 })),
      `${columns} clustered by ("id") into 4 shards partitioned by ("day", "o['a']") with ("number_of_replicas" = '0-1', "write.wait_for_active_shards" = 1)`,
      [],
    );
    expectSql(
      table.$call(partitionedBy('day')).$call(clusteredInto(2)),
      `${columns} partitioned by ("day") clustered into 2 shards`,
      [],
    );
    expectSql(table.$call(clusteredBy('id')), `${columns} clustered by ("id")`, []);
    expectSql(table.$call(tableOptions({})), columns, []);
  });

  it('takes a schema from the name of the table or from withSchema', () => {
    const text = 'create table "x"."t" ("id" integer) clustered into 1 shards';
    expectSql(
      schema.createTable('x.t').addColumn('id', 'integer').$call(clusteredInto(1)),
      text,
    );
    expectSql(
      schema.withSchema('x').createTable('t').addColumn('id', 'integer').$call(clusteredInto(1)),
      text,
    );
  });

  it('a named fulltext index stands between the columns and the constraints', () => {
    expectSql(
      schema
        .createTable('t')
        .addColumn('title', 'text')
        .addColumn('o', object('dynamic', { body: 'text' }))
        .$call(
          namedFulltextIndex('ft', ['title', columnPath('o', 'body')], { analyzer: 'english' }),
        )
        .addCheckConstraint('ck', sql`title <> ''`)
        .$call(clusteredInto(1)),
      `create table "s"."t" ("title" text, "o" object(dynamic) as ("body" text), index "ft" using fulltext ("title", "o['body']") with ("analyzer" = 'english'), constraint "ck" check (title <> '')) clustered into 1 shards`,
      [],
    );
  });

  it('options of all kinds, by any name', () => {
    expectSql(
      one().$call(
        tableOptions({
          refresh_interval: 1000,
          codec: 'best_compression',
          'blocks.write': true,
          'routing.allocation.include.zone': 'a,b',
          'a"b': 1.5,
          left_out: undefined,
        }),
      ),
      `create table "s"."t" ("id" integer) with ("refresh_interval" = 1000, "codec" = 'best_compression', "blocks.write" = true, "routing.allocation.include.zone" = 'a,b', "a""b" = 1.5)`,
      [],
    );
    expect(() => tableOptions({ refresh_interval: Number.NaN })).toThrow(RangeError);
    // @ts-expect-error that is for objects alone
    tableOptions({ column_policy: 'ignored' });
    // @ts-expect-error in upper case
    tableOptions({ 'translog.durability': 'async' });
    // @ts-expect-error not a codec
    tableOptions({ codec: 'zip' });
  });

  it('refuses what the grammar would', () => {
    const before = 'call tableOptions(…) last';
    expect(() => one().$call(small).$call(clusteredInto(1))).toThrow(before);
    expect(() => one().$call(small).$call(partitionedBy('id'))).toThrow(before);
    expect(() => one().$call(small).$call(small)).toThrow('CREATE TABLE takes WITH once');
    expect(() => one().$call(clusteredInto(1)).$call(clusteredBy('id'))).toThrow(
      'CREATE TABLE takes CLUSTERED once',
    );
    expect(() => one().modifyEnd(sql`with (codec = 'default')`).$call(small)).toThrow('once');
    expect(() => clusteredInto(0)).toThrow('clusteredInto: shards must be a whole number');
    expect(() => clusteredBy('id', { shards: 1.5 })).toThrow(RangeError);
    expect(() => namedFulltextIndex('ft', [])).toThrow('namedFulltextIndex: no columns');
  });

  it('does not compile for a column that the table does not have', () => {
    const table = schema.createTable('t').addColumn('id', 'integer').addColumn('o', object());
    const good = table.$call(clusteredBy('id')).$call(partitionedBy('id', columnPath('o', 'a')));
    expectTypeOf(good).toEqualTypeOf(table);
    // @ts-expect-error no such column
    table.$call(clusteredBy('di'));
    // @ts-expect-error one of two
    table.$call(partitionedBy('id', 'day'));
    // @ts-expect-error in no such column
    table.$call(partitionedBy(columnPath('p', 'a')));
    // @ts-expect-error no such column
    table.$call(namedFulltextIndex('ft', ['body']));
    // @ts-expect-error no column at all
    expect(() => partitionedBy()).toThrow('partitionedBy: no columns');
  });
});

describe('CREATE TABLE from something', () => {
  const query = () =>
    compilingDb('s')
      .selectFrom('runs')
      .select(['run_uuid', 'name'])
      .where('name', '=', "it's")
      .where('status', 'in', ['a', 'b']);

  it('AS writes the values of the query into it', () => {
    expectSql(
      schema.createTable('t').ifNotExists().$call(asSelect(query())),
      `create table if not exists "s"."t" as select "run_uuid", "name" from "s"."runs" where "name" = 'it''s' and "status" in ('a', 'b')`,
      [],
    );
    expect(() => schema.createTable('t').$call(asSelect(query())).$call(small)).toThrow(
      'CREATE TABLE … AS takes no WITH',
    );
    expect(() => schema.createTable('t').$call(clusteredInto(1)).$call(asSelect(query()))).toThrow(
      'asSelect: CREATE TABLE … AS takes neither columns nor clauses',
    );
  });

  it('LIKE copies what is asked for', () => {
    const db = compilingDb('s');
    expectNewerSql(
      createTableLike('a', 'x.b').compile(db),
      'create table "s"."a" (like "x"."b")',
      [],
    );
    expectNewerSql(
      createTableLike('a', 'b', {
        ifNotExists: true,
        including: ['all'],
        excluding: ['defaults', 'storage'],
      }).compile(db),
      'create table if not exists "s"."a" (like "s"."b" including all excluding defaults excluding storage)',
      [],
    );
    // @ts-expect-error not an option
    expect(() => createTableLike('a', 'b', { including: ['rows'] })).toThrow(RangeError);
  });
});

describe.skipIf(crateUrl === undefined)('CREATE TABLE (CrateDB)', () => {
  let crate: SchemaTest;
  beforeAll(async () => {
    crate = await openSchema(crateUrl ?? '', 'test_schema_create');
  });
  afterAll(async () => {
    await crate.close();
  });

  it('types, options and clauses are what the server says that it has', async () => {
    const table = crate.db.schema
      .createTable('everything')
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('ts', timestampWithTimeZone())
      .addColumn('day', 'timestamptz', generatedAs(sql`date_trunc('day', ts)`))
      .addColumn('title', 'text', fulltextIndex())
      .addColumn('short', characterVarying(40))
      .addColumn('body', 'text', fulltextIndex('english'))
      .addColumn('raw', 'text', (column) =>
        column
          .defaultTo("it's")
          .check(sql`raw <> 'x'`)
          .$call(indexOff)
          .$call(columnStorage({ columnstore: false })),
      )
      .addColumn('plain', 'text', plainIndex)
      .addColumn('flags', bit(8))
      .addColumn('code', character(3))
      .addColumn('host', ip())
      .addColumn('point', geoPoint())
      .addColumn('shape', geoShape(), geoShapeIndex('quadtree', { precision: '1km' }))
      .addColumn('exact', geoShape(), geoShapeIndex('bkdtree'))
      .addColumn('local', timestampWithoutTimeZone())
      .addColumn('vector', floatVector(3))
      .addColumn('tags', arrayOf('text'))
      .addColumn(
        'o',
        object('strict', {
          zip: subColumn('varchar(9)', (column) => column.notNull()),
          text: 'text',
          deep: object('dynamic', { note: subColumn('text', fulltextIndex('german')) }),
          list: arrayOf(object('ignored')),
        }),
      )
      .addPrimaryKeyConstraint('pk', ['id', 'day'])
      .$call(namedFulltextIndex('ft', ['body', columnPath('o', 'text')], { analyzer: 'simple' }))
      .$call(clusteredBy('id', { shards: 1 }))
      .$call(partitionedBy('day'))
      .$call(
        tableOptions({ number_of_replicas: 0, refresh_interval: 500, column_policy: 'dynamic' }),
      );
    expectCrateGrammar(table.compile().sql);
    await table.execute();

    const text = await crate.showCreate('everything');
    for (const part of [
      '"ts" TIMESTAMP WITH TIME ZONE',
      `"day" TIMESTAMP WITH TIME ZONE GENERATED ALWAYS AS date_trunc('day', "ts")`,
      `"title" TEXT INDEX USING FULLTEXT WITH (analyzer = 'standard')`,
      '"short" VARCHAR(40)',
      `"body" TEXT INDEX USING FULLTEXT WITH (analyzer = 'english')`,
      `"raw" TEXT DEFAULT 'it''s' INDEX OFF STORAGE WITH (columnstore = false)`,
      '"plain" TEXT,',
      '"flags" BIT(8)',
      '"code" CHARACTER(3)',
      '"host" IP',
      '"point" GEO_POINT',
      '"shape" GEO_SHAPE INDEX USING QUADTREE WITH (',
      '"exact" GEO_SHAPE INDEX USING BKDTREE',
      '"local" TIMESTAMP WITHOUT TIME ZONE',
      '"vector" FLOAT_VECTOR(3)',
      '"tags" ARRAY(TEXT)',
      '"o" OBJECT(STRICT) AS ("zip" VARCHAR(9) NOT NULL',
      `"deep" OBJECT(DYNAMIC) AS ("note" TEXT INDEX USING FULLTEXT WITH (analyzer = 'german'))`,
      '"list" ARRAY(OBJECT(IGNORED))',
      'PRIMARY KEY ("id", "day")',
      `INDEX "ft" USING FULLTEXT ("body", "o"['text']) WITH (analyzer = 'simple')`,
      `CHECK("raw" <> 'x')`,
      'CLUSTERED BY ("id") INTO 1 SHARDS PARTITIONED BY ("day")',
      "column_policy = 'dynamic'",
      "number_of_replicas = '0'",
      'refresh_interval = 500',
    ]) {
      expect(text).toContain(part);
    }
    expect(crate.sent.at(-2)).toMatchObject({ kind: 'ddl' });
  });

  it('an object and its columns hold rows', async () => {
    await crate.db.schema
      .createTable('rows')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('o', object('strict', { a: 'integer', list: arrayOf('text') }))
      .$call(clusteredInto(1))
      .$call(small)
      .execute();
    await crate.db
      .insertInto('rows')
      .values({ id: 1, o: { a: 3, list: ['x', 'y'] } })
      .execute();
    const found = await crate.db.selectFrom('rows').selectAll().where('id', '=', 1).execute();
    expect(found).toEqual([{ id: 1, o: { a: 3, list: ['x', 'y'] } }]);
    await expect(
      crate.db
        .insertInto('rows')
        .values({ id: 2, o: { b: 3 } })
        .execute(),
    ).rejects.toThrow();
  });

  it('every option of the type is one that CrateDB knows', async () => {
    await crate.db.schema
      .createTable('options')
      .addColumn('id', 'integer')
      .$call(clusteredInto(1))
      .$call(
        tableOptions({
          number_of_replicas: '0-1',
          number_of_routing_shards: 8,
          refresh_interval: '10s',
          column_policy: 'strict',
          codec: 'best_compression',
          'write.wait_for_active_shards': 'all',
          'blocks.read_only': false,
          'blocks.read_only_allow_delete': false,
          'blocks.read': false,
          'blocks.write': false,
          'blocks.metadata': false,
          'translog.flush_threshold_size': '100mb',
          'translog.sync_interval': 4000,
          'translog.durability': 'ASYNC',
          'routing.allocation.total_shards_per_node': -1,
          'routing.allocation.enable': 'all',
          'routing.allocation.exclude.zone': 'nowhere',
          'allocation.max_retries': 4,
          'unassigned.node_left.delayed_timeout': 1000,
          'soft_deletes.retention_lease.period': '1h',
          'mapping.total_fields.limit': 2000,
          'mapping.depth.limit': 10,
          'merge.scheduler.max_thread_count': 1,
          'store.type': 'fs',
          max_ngram_diff: 2,
          max_shingle_diff: 4,
        }),
      )
      .execute();
    const text = await crate.showCreate('options');
    expect(text).toContain("codec = 'best_compression'");
    expect(text).toContain(`"translog.durability" = 'ASYNC'`);
    expect(text).toContain(`"routing.allocation.exclude.zone" = 'nowhere'`);
    expect(text).toContain('refresh_interval = 10000');
  });

  it('AS and LIKE make tables', async () => {
    const { db } = crate;
    await db.schema
      .createTable('source')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.defaultTo('n'))
      .$call(clusteredInto(1))
      .$call(small)
      .execute();
    await db
      .insertInto('source')
      .values([
        { id: 1, name: "it's" },
        { id: 2, name: 'b' },
      ])
      .execute();

    const query = db.selectFrom('source').select(['id', 'name']).where('name', '=', "it's");
    await db.schema.createTable('copied').$call(asSelect(query)).execute();
    expect(await db.selectFrom('copied').selectAll().execute()).toEqual([{ id: 1, name: "it's" }]);

    await createTableLike('bare', 'source').execute(db);
    expect(await crate.showCreate('bare')).toContain(
      '"bare" ("id" INTEGER NOT NULL, "name" TEXT) CLUSTERED BY ("id") INTO 1 SHARDS',
    );
    await createTableLike('whole', 'source', {
      ifNotExists: true,
      including: ['all'],
      excluding: ['defaults'],
    }).execute(db);
    expect(await crate.showCreate('whole')).toContain('PRIMARY KEY ("id")');
    expect(await crate.showCreate('whole')).not.toContain('DEFAULT');
  });
});
