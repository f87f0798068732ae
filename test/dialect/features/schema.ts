import { type Kysely, sql } from 'kysely';
import { expect } from 'vitest';

import { DuplicateKeyError } from '../../../dialect/index.js';
import {
  type Feature,
  type FeatureContext,
  type FeatureGroup,
  passes,
  refuses,
  spelled,
} from './feature.js';
import type { FeatureDB } from './tables.js';

/** Runs it with the name of a table that isn't there before or after. */
function withTable(
  run: (db: Kysely<FeatureDB>, table: string, context: FeatureContext) => Promise<void>,
) {
  return async (context: FeatureContext) => {
    const { db } = context;
    const table = 'made';
    try {
      await run(db, table, context);
    } finally {
      await db.schema.dropTable(table).ifExists().execute();
    }
  };
}

/** Columns of a table, as CrateDB knows them. */
async function columns(
  db: Kysely<FeatureDB>,
  schema: string,
  table: string,
): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; type: string }>`
    SELECT column_name AS name, data_type AS type FROM information_schema.columns
    WHERE table_schema = ${schema} AND table_name = ${table} ORDER BY ordinal_position`.execute(db);
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
}

const REFUSED_TYPES = [
  'serial',
  'bigserial',
  'binary',
  'bytea',
  'blob',
  'datetime',
  'time',
  'timetz',
  'date',
  'json',
  'jsonb',
  'numeric',
  'timestamp(6)',
  'int4range',
] as const;

const createTable: readonly Feature[] = [
  passes(
    'data types',
    "createTable(…).addColumn('a', 'text')",
    withTable(async (db, table, { schema }) => {
      await db.schema
        .createTable(table)
        .addColumn('a', 'varchar')
        .addColumn('b', 'varchar(4)')
        .addColumn('c', 'char(4)')
        .addColumn('d', 'text')
        .addColumn('e', 'integer')
        .addColumn('f', 'int2')
        .addColumn('g', 'int8')
        .addColumn('h', 'bigint')
        .addColumn('i', 'smallint')
        .addColumn('j', 'boolean')
        .addColumn('k', 'real')
        .addColumn('l', 'double precision')
        .addColumn('m', 'float4')
        .addColumn('n', 'float8')
        .addColumn('o', 'numeric(6, 2)')
        .addColumn('p', 'decimal(6, 2)')
        .addColumn('q', 'timestamp')
        .addColumn('r', 'timestamptz')
        .addColumn('s', 'uuid')
        .addColumn('t', sql`text[]`)
        .execute();
      expect(Object.values(await columns(db, schema, table))).toEqual([
        'text',
        'text',
        'character',
        'text',
        'integer',
        'smallint',
        'bigint',
        'bigint',
        'smallint',
        'boolean',
        'real',
        'double precision',
        'real',
        'double precision',
        'numeric',
        'numeric',
        'timestamp without time zone',
        'timestamp with time zone',
        'uuid',
        'text_array',
      ]);
    }),
  ),
  spelled(
    'timestamps of milliseconds',
    "addColumn('a', 'timestamptz(3)')",
    'timestamptz: always of milliseconds',
    withTable(async (db, table, { schema }) => {
      await db.schema
        .createTable(table)
        .addColumn('a', 'timestamptz(3)')
        .addColumn('b', 'timestamp(3)')
        .execute();
      expect(await columns(db, schema, table)).toEqual({
        a: 'timestamp with time zone',
        b: 'timestamp without time zone',
      });
    }),
  ),
  ...REFUSED_TYPES.map((type) =>
    refuses(`type ${type}`, `addColumn('a', '${type}')`, (db) =>
      db.schema.createTable('made').addColumn('a', type),
    ),
  ),
  passes(
    'NOT NULL, DEFAULT, PRIMARY KEY',
    'notNull(), defaultTo(…), primaryKey()',
    withTable(async (db, table) => {
      await db.schema
        .createTable(table)
        .addColumn('id', 'integer', (column) => column.primaryKey())
        .addColumn('a', 'text', (column) => column.notNull().defaultTo('x'))
        .addColumn('b', 'timestamptz', (column) => column.defaultTo(sql`now()`))
        .execute();
      const made = sql.table(table);
      await sql`INSERT INTO ${made} (id) VALUES (1)`.execute(db);
      const { rows } = await sql<{
        a: string;
        b: Date;
      }>`SELECT a, b FROM ${made} WHERE id = 1`.execute(db);
      expect(rows[0]?.a).toBe('x');
      expect(rows[0]?.b).toBeInstanceOf(Date);
    }),
  ),
  passes(
    'composite primary key, named',
    "addPrimaryKeyConstraint('pk', ['a', 'b'])",
    withTable(async (db, table) => {
      await db.schema
        .createTable(table)
        .addColumn('a', 'integer')
        .addColumn('b', 'text')
        .addPrimaryKeyConstraint('pk', ['a', 'b'])
        .execute();
      const made = sql.table(table);
      await sql`INSERT INTO ${made} (a, b) VALUES (1, 'x')`.execute(db);
      await expect(sql`INSERT INTO ${made} (a, b) VALUES (1, 'x')`.execute(db)).rejects.toThrow(
        DuplicateKeyError,
      );
    }),
  ),
  passes(
    'CHECK, of a column and of the table',
    "check(sql`…`), addCheckConstraint('name', sql`…`)",
    withTable(async (db, table) => {
      await db.schema
        .createTable(table)
        .addColumn('a', 'integer', (column) => column.check(sql`a > 0`))
        .addColumn('b', 'integer')
        .addCheckConstraint('ordered', sql`a < b`)
        .execute();
      const made = sql.table(table);
      await expect(sql`INSERT INTO ${made} (a, b) VALUES (0, 1)`.execute(db)).rejects.toThrow(
        /CHECK/,
      );
      await expect(sql`INSERT INTO ${made} (a, b) VALUES (2, 1)`.execute(db)).rejects.toThrow(
        /ordered/,
      );
    }),
  ),
  spelled(
    'generated column',
    'generatedAlwaysAs(sql`…`).stored()',
    'without STORED: all of them are',
    withTable(async (db, table) => {
      await db.schema
        .createTable(table)
        .addColumn('a', 'integer', (column) => column.primaryKey())
        .addColumn('b', 'integer', (column) => column.generatedAlwaysAs(sql`a * 2`).stored())
        .execute();
      const made = sql.table(table);
      await sql`INSERT INTO ${made} (a) VALUES (4)`.execute(db);
      const { rows } = await sql`SELECT b FROM ${made} WHERE a = 4`.execute(db);
      expect(rows).toEqual([{ b: 8 }]);
    }),
  ),
  passes(
    'IF NOT EXISTS',
    'createTable(…).ifNotExists()',
    withTable(async (db, table) => {
      const query = db.schema.createTable(table).ifNotExists().addColumn('a', 'integer');
      await query.execute();
      await query.execute();
    }),
  ),
  passes(
    'table from a query',
    'createTable(…).as(query)',
    withTable(async (db, table) => {
      await db.schema
        .createTable(table)
        .as(db.selectFrom('pet').select(['id', 'name']))
        .execute();
      const made = sql.table(table);
      await sql`REFRESH TABLE ${made}`.execute(db);
      const { rows } = await sql`SELECT * FROM ${made}`.execute(db);
      expect(rows).toHaveLength(3);
    }),
  ),
  refuses('table from a query, with columns', 'createTable(…).addColumn(…).as(query)', (db) =>
    db.schema.createTable('made').addColumn('a', 'integer').as(db.selectFrom('pet').select('id')),
  ),
  passes(
    'table in another schema',
    "createTable('schema.table'), db.schema.withSchema(…)",
    async ({ db, otherSchema }) => {
      const other = db.schema.withSchema(otherSchema);
      await db.schema.createTable(`${otherSchema}.made`).addColumn('a', 'integer').execute();
      await other.dropTable('made').execute();
    },
  ),
  passes(
    'storage and sharding',
    'modifyEnd(sql`CLUSTERED INTO 1 SHARDS …`)',
    withTable(async (db, table, { schema }) => {
      await db.schema
        .createTable(table)
        .addColumn('a', 'text', (column) => column.modifyEnd(sql`INDEX OFF`))
        .modifyEnd(sql`CLUSTERED INTO 2 SHARDS WITH (number_of_replicas = 0)`)
        .execute();
      const { rows } = await sql`
        SELECT number_of_shards AS n FROM information_schema.tables
        WHERE table_schema = ${schema} AND table_name = ${table}`.execute(db);
      expect(rows).toEqual([{ n: 2 }]);
    }),
  ),
  refuses('UNIQUE column', 'unique()', (db) =>
    db.schema.createTable('made').addColumn('a', 'text', (column) => column.unique()),
  ),
  refuses('UNIQUE constraint', "addUniqueConstraint('u', ['a'])", (db) =>
    db.schema.createTable('made').addColumn('a', 'text').addUniqueConstraint('u', ['a']),
  ),
  refuses('UNIQUE NULLS NOT DISTINCT', 'unique().nullsNotDistinct()', (db) =>
    db.schema
      .createTable('made')
      .addColumn('a', 'text', (column) => column.unique().nullsNotDistinct()),
  ),
  refuses('REFERENCES', "references('person.id').onDelete('cascade')", (db) =>
    db.schema
      .createTable('made')
      .addColumn('a', 'integer', (column) => column.references('person.id').onDelete('cascade')),
  ),
  refuses('FOREIGN KEY', "addForeignKeyConstraint('f', ['a'], 'person', ['id'])", (db) =>
    db.schema
      .createTable('made')
      .addColumn('a', 'integer')
      .addForeignKeyConstraint('f', ['a'], 'person', ['id']),
  ),
  refuses('deferrable constraint', 'addPrimaryKeyConstraint(…, (pk) => pk.deferrable())', (db) =>
    db.schema
      .createTable('made')
      .addColumn('a', 'integer')
      .addPrimaryKeyConstraint('pk', ['a'], (key) => key.deferrable()),
  ),
  refuses('AUTO_INCREMENT', 'autoIncrement()', (db) =>
    db.schema.createTable('made').addColumn('a', 'integer', (column) => column.autoIncrement()),
  ),
  refuses('IDENTITY', 'identity()', (db) =>
    db.schema.createTable('made').addColumn('a', 'integer', (column) => column.identity()),
  ),
  refuses('GENERATED ALWAYS AS IDENTITY', 'generatedAlwaysAsIdentity()', (db) =>
    db.schema
      .createTable('made')
      .addColumn('a', 'integer', (column) => column.generatedAlwaysAsIdentity()),
  ),
  refuses('GENERATED BY DEFAULT AS IDENTITY', 'generatedByDefaultAsIdentity()', (db) =>
    db.schema
      .createTable('made')
      .addColumn('a', 'integer', (column) => column.generatedByDefaultAsIdentity()),
  ),
  refuses('UNSIGNED', 'unsigned()', (db) =>
    db.schema.createTable('made').addColumn('a', 'integer', (column) => column.unsigned()),
  ),
  refuses('temporary table', 'createTable(…).temporary()', (db) =>
    db.schema.createTable('made').temporary().addColumn('a', 'integer'),
  ),
  refuses('ON COMMIT', "createTable(…).onCommit('drop')", (db) =>
    db.schema.createTable('made').addColumn('a', 'integer').onCommit('drop'),
  ),
  refuses('INDEX in CREATE TABLE', "addIndex('i', ['a'])", (db) =>
    db.schema.createTable('made').addColumn('a', 'integer').addIndex('i', ['a']),
  ),
];

const withColumns = (
  run: (db: Kysely<FeatureDB>, table: string, context: FeatureContext) => Promise<void>,
) =>
  withTable(async (db, table, context) => {
    await db.schema
      .createTable(table)
      .addColumn('a', 'integer')
      .addColumn('b', 'integer', (column) =>
        column.modifyEnd(sql`CONSTRAINT positive CHECK (b > 0)`),
      )
      .modifyEnd(sql`CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`)
      .execute();
    await run(db, table, context);
  });

const alterTable: readonly Feature[] = [
  passes(
    'ADD COLUMN, one and several',
    "alterTable(…).addColumn('c', 'text').addColumn(…)",
    withColumns(async (db, table, { schema }) => {
      await db.schema
        .alterTable(table)
        .addColumn('c', 'text', (column) => column.defaultTo('x').notNull())
        .addColumn('d', 'integer')
        .execute();
      expect(Object.keys(await columns(db, schema, table))).toEqual(['a', 'b', 'c', 'd']);
    }),
  ),
  refuses('ADD COLUMN IF NOT EXISTS', "addColumn('c', 'text', (c) => c.ifNotExists())", (db) =>
    db.schema.alterTable('person').addColumn('c', 'text', (column) => column.ifNotExists()),
  ),
  refuses('ADD COLUMN … UNIQUE', "addColumn('c', 'text', (c) => c.unique())", (db) =>
    db.schema.alterTable('person').addColumn('c', 'text', (column) => column.unique()),
  ),
  passes(
    'DROP COLUMN, one and several',
    "dropColumn('a')",
    withColumns(async (db, table, { schema }) => {
      await db.schema.alterTable(table).addColumn('c', 'text').addColumn('d', 'text').execute();
      await db.schema.alterTable(table).dropColumn('c').dropColumn('d').execute();
      expect(Object.keys(await columns(db, schema, table))).toEqual(['a', 'b']);
    }),
  ),
  passes(
    'RENAME COLUMN',
    "renameColumn('a', 'c')",
    withColumns(async (db, table, { schema }) => {
      await db.schema.alterTable(table).renameColumn('a', 'c').execute();
      expect(Object.keys(await columns(db, schema, table))).toEqual(['c', 'b']);
    }),
  ),
  refuses('several changes of different kinds', 'addColumn(…).dropColumn(…)', (db) =>
    db.schema.alterTable('person').addColumn('c', 'text').dropColumn('age'),
  ),
  refuses('several columns renamed', 'renameColumn(…).renameColumn(…)', (db) =>
    db.schema.alterTable('person').renameColumn('age', 'a').renameColumn('id', 'i'),
  ),
  passes(
    'SET DEFAULT, DROP DEFAULT',
    "alterColumn('a', (c) => c.setDefault(7))",
    withColumns(async (db, table) => {
      const made = sql.table(table);
      await db.schema
        .alterTable(table)
        .alterColumn('a', (column) => column.setDefault(7))
        .execute();
      await sql`INSERT INTO ${made} (b) VALUES (1)`.execute(db);
      await db.schema
        .alterTable(table)
        .alterColumn('a', (column) => column.dropDefault())
        .execute();
      await sql`INSERT INTO ${made} (b) VALUES (2)`.execute(db);
      await sql`REFRESH TABLE ${made}`.execute(db);
      const { rows } = await sql`SELECT a, b FROM ${made} ORDER BY b`.execute(db);
      expect(rows).toEqual([
        { a: 7, b: 1 },
        { a: null, b: 2 },
      ]);
    }),
  ),
  refuses('change of type', "alterColumn('age', (c) => c.setDataType('text'))", (db) =>
    db.schema.alterTable('person').alterColumn('age', (column) => column.setDataType('text')),
  ),
  refuses('SET NOT NULL', "alterColumn('age', (c) => c.setNotNull())", (db) =>
    db.schema.alterTable('person').alterColumn('age', (column) => column.setNotNull()),
  ),
  refuses('DROP NOT NULL', "alterColumn('age', (c) => c.dropNotNull())", (db) =>
    db.schema.alterTable('person').alterColumn('age', (column) => column.dropNotNull()),
  ),
  refuses('MODIFY COLUMN', "modifyColumn('age', 'text')", (db) =>
    db.schema.alterTable('person').modifyColumn('age', 'text'),
  ),
  passes(
    'RENAME TO',
    "renameTo('other')",
    withColumns(async (db, table, { schema }) => {
      await db.schema.alterTable(table).renameTo('renamed').execute();
      expect(Object.keys(await columns(db, schema, 'renamed'))).toEqual(['a', 'b']);
      await db.schema.dropTable('renamed').execute();
    }),
  ),
  refuses('SET SCHEMA', "setSchema('other')", (db) =>
    db.schema.alterTable('person').setSchema('other'),
  ),
  spelled(
    'DROP CONSTRAINT',
    "dropConstraint('positive').restrict()",
    'without RESTRICT',
    withColumns(async (db, table) => {
      await db.schema.alterTable(table).dropConstraint('positive').restrict().execute();
      await sql`INSERT INTO ${sql.table(table)} (b) VALUES (-1)`.execute(db);
    }),
  ),
  refuses('DROP CONSTRAINT IF EXISTS', "dropConstraint('c').ifExists()", (db) =>
    db.schema.alterTable('person').dropConstraint('c').ifExists(),
  ),
  refuses('DROP CONSTRAINT … CASCADE', "dropConstraint('c').cascade()", (db) =>
    db.schema.alterTable('person').dropConstraint('c').cascade(),
  ),
  refuses('RENAME CONSTRAINT', "renameConstraint('a', 'b')", (db) =>
    db.schema.alterTable('person').renameConstraint('a', 'b'),
  ),
  refuses('ADD CONSTRAINT … UNIQUE', "addUniqueConstraint('u', ['age'])", (db) =>
    db.schema.alterTable('person').addUniqueConstraint('u', ['age']),
  ),
  refuses('ADD CONSTRAINT … CHECK', "addCheckConstraint('c', sql`age > 0`)", (db) =>
    db.schema.alterTable('person').addCheckConstraint('c', sql`age > 0`),
  ),
  refuses('ADD CONSTRAINT … PRIMARY KEY', "addPrimaryKeyConstraint('pk', ['id'])", (db) =>
    db.schema.alterTable('person').addPrimaryKeyConstraint('pk', ['id']),
  ),
  refuses(
    'ADD CONSTRAINT … FOREIGN KEY',
    "addForeignKeyConstraint('f', ['id'], 'pet', ['id'])",
    (db) => db.schema.alterTable('person').addForeignKeyConstraint('f', ['id'], 'pet', ['id']),
  ),
  refuses('ADD INDEX', "addIndex('i').column('age')", (db) =>
    db.schema.alterTable('person').addIndex('i').column('age'),
  ),
  refuses('DROP INDEX in ALTER TABLE', "alterTable(…).dropIndex('i')", (db) =>
    db.schema.alterTable('person').dropIndex('i'),
  ),
];

const others: readonly Feature[] = [
  passes('DROP TABLE IF EXISTS', 'dropTable(…).ifExists()', async ({ db }) => {
    await db.schema.dropTable('nowhere').ifExists().execute();
    await expect(db.schema.dropTable('nowhere').execute()).rejects.toThrow(/unknown/);
  }),
  refuses('DROP TABLE … CASCADE', 'dropTable(…).cascade()', (db) =>
    db.schema.dropTable('person').cascade(),
  ),
  refuses('DROP TEMPORARY TABLE', 'dropTable(…).temporary()', (db) =>
    db.schema.dropTable('person').temporary(),
  ),
  refuses('CREATE INDEX', "createIndex('i').on('person').column('age')", (db) =>
    db.schema.createIndex('i').on('person').column('age'),
  ),
  refuses('CREATE UNIQUE INDEX', "createIndex('i').unique()", (db) =>
    db.schema.createIndex('i').unique().on('person').columns(['age', 'id']),
  ),
  refuses('partial index', "createIndex('i').where(…)", (db) =>
    db.schema.createIndex('i').on('person').column('age').where('age', '>', 1),
  ),
  refuses('index of a kind', "createIndex('i').using('btree')", (db) =>
    db.schema.createIndex('i').on('person').using('btree').column('age'),
  ),
  refuses('DROP INDEX', "dropIndex('i')", (db) => db.schema.dropIndex('i').ifExists()),
  passes('CREATE VIEW, DROP VIEW', "createView('v').as(query)", async ({ db }) => {
    await db.schema
      .createView('v')
      .as(db.selectFrom('person').select('first_name').where('age', '>', 40))
      .execute();
    const { rows } = await sql`SELECT * FROM ${sql.table('v')}`.execute(db);
    expect(rows).toEqual([{ first_name: 'Arnold' }]);
    await db.schema.dropView('v').execute();
    await db.schema.dropView('v').ifExists().execute();
  }),
  passes('CREATE OR REPLACE VIEW', "createView('v').orReplace()", async ({ db }) => {
    const view = db.schema.createView('v').orReplace().as(db.selectFrom('person').select('id'));
    await view.execute();
    await view.execute();
    await db.schema.dropView('v').execute();
  }),
  refuses('CREATE VIEW IF NOT EXISTS', "createView('v').ifNotExists()", (db) =>
    db.schema.createView('v').ifNotExists().as(db.selectFrom('person').select('id')),
  ),
  refuses('columns of a view', "createView('v').columns(['a'])", (db) =>
    db.schema.createView('v').columns(['a']).as(db.selectFrom('person').select('id')),
  ),
  refuses('temporary view', "createView('v').temporary()", (db) =>
    db.schema.createView('v').temporary().as(db.selectFrom('person').select('id')),
  ),
  refuses('materialized view', "createView('v').materialized()", (db) =>
    db.schema.createView('v').materialized().as(db.selectFrom('person').select('id')),
  ),
  refuses('REFRESH MATERIALIZED VIEW', "refreshMaterializedView('v')", (db) =>
    db.schema.refreshMaterializedView('v').concurrently(),
  ),
  refuses('DROP MATERIALIZED VIEW', "dropView('v').materialized()", (db) =>
    db.schema.dropView('v').materialized(),
  ),
  refuses('DROP VIEW … CASCADE', "dropView('v').cascade()", (db) =>
    db.schema.dropView('v').cascade(),
  ),
  passes(
    'CREATE SCHEMA, DROP SCHEMA',
    "createSchema('s'), dropSchema('s')",
    async ({ db, schema }) => {
      const made = `${schema}_made`;
      await db.schema.createSchema(made).ifNotExists().execute();
      await db.schema.dropSchema(made).execute();
      await db.schema.dropSchema(made).ifExists().cascade().execute();
    },
  ),
  refuses('CREATE TYPE', "createType('t').asEnum(['a', 'b'])", (db) =>
    db.schema.createType('t').asEnum(['a', 'b']),
  ),
  refuses('ALTER TYPE', "alterType('t').addValue('c')", (db) =>
    db.schema.alterType('t').addValue('c'),
  ),
  refuses('DROP TYPE', "dropType('t')", (db) => db.schema.dropType('t').ifExists()),
];

export const schema: FeatureGroup = {
  group: 'schema',
  features: [...createTable, ...alterTable, ...others],
};
