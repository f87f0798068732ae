import { describe, expect, inject, it } from 'vitest';

import {
  applySchema,
  diffSchema,
  diffSnapshots,
  expectedSnapshot,
  isDrift,
  provision,
  SchemaMismatchError,
  SchemaReadOnlyError,
  type ColumnSnapshot,
  type SchemaSnapshot,
  type TableSnapshot,
} from '../../ddl/index.js';
import { declarationOf } from '../../ddl/snapshot/cratedb.js';
import { normalExpression } from '../../ddl/snapshot/normalize.js';
import { openCrate, openPGlite, withBackend, type Backend } from './backends.js';
import { newest } from './synthetic.js';

const crateUrl = inject('crateUrl');

const table: TableSnapshot = {
  name: 't',
  columns: [
    { name: 'a', type: 'text', notNull: true, index: 'plain', columnstore: true },
    { name: 'b', type: 'object(ignored)', notNull: false, index: 'plain', columnstore: true },
  ],
  primaryKey: ['a'],
  indexes: [],
  storage: {
    clusteredBy: 'a',
    partitionedBy: [],
    shards: 4,
    replicas: '0-1',
    columnPolicy: 'strict',
    readOnly: false,
    options: {},
  },
};
const crate = (...tables: TableSnapshot[]): SchemaSnapshot => ({ engine: 'cratedb', tables });

/** The table with changes to column b, to its storage, or to itself. */
const changed = (
  b: Partial<ColumnSnapshot>,
  storage: Partial<TableSnapshot['storage']> = {},
  own: Partial<TableSnapshot> = {},
): TableSnapshot => ({
  ...table,
  columns: table.columns.map((column) => (column.name === 'b' ? { ...column, ...b } : column)),
  storage: { ...table.storage!, ...storage },
  ...own,
});

describe('diffSnapshots', () => {
  it('finds nothing between equals', () => {
    expect(diffSnapshots(crate(table), crate(table))).toEqual([]);
  });

  it.each<[string, TableSnapshot, TableSnapshot, string, string, boolean]>([
    ['type', table, changed({ type: 'bigint' }), 'type', 'error', false],
    ['object policy', table, changed({ type: 'object(dynamic)' }), 'object-policy', 'warning', false],
    ['stricter null', table, changed({ notNull: true }), 'not-null', 'error', false],
    ['looser null', changed({ notNull: true }), table, 'not-null', 'warning', false],
    ['default', table, changed({ default: "'x'" }), 'default', 'warning', false],
    ['generated', table, changed({ generated: 'a' }), 'generated', 'error', false],
    ['index', table, changed({ index: 'off' }), 'index', 'warning', false],
    ['columnstore', table, changed({ columnstore: false }), 'columnstore', 'warning', false],
    ['routing', table, changed({}, { clusteredBy: '_id' }), 'clustered-by', 'error', false],
    ['partitions', table, changed({}, { partitionedBy: ['a'] }), 'partitioned-by', 'error', false],
    ['policy', table, changed({}, { columnPolicy: 'dynamic' }), 'column-policy', 'warning', true],
    ['read-only', table, changed({}, { readOnly: true }), 'read-only', 'error', false],
    ['shards', table, changed({}, { shards: 1 }), 'shards', 'note', false],
    ['replicas', table, changed({}, { replicas: '0' }), 'replicas', 'note', false],
    ['codec', table, changed({}, { options: { codec: 'x' } }), 'option', 'note', false],
    [
      'durability',
      table,
      changed({}, { options: { 'translog.durability': 'ASYNC' } }),
      'option',
      'warning',
      false,
    ],
    ['key', table, changed({}, {}, { primaryKey: [] }), 'primary-key', 'error', false],
    [
      'missing column',
      table,
      changed({}, {}, { columns: table.columns.slice(0, 1) }),
      'missing-column',
      'error',
      true,
    ],
    [
      'extra column',
      changed({}, {}, { columns: table.columns.slice(0, 1) }),
      table,
      'extra-column',
      'warning',
      false,
    ],
  ])('%s', (_name, expected, live, kind, severity, safe) => {
    const differences = diffSnapshots(crate(expected), crate(live));
    expect(differences).toHaveLength(1);
    expect(differences[0]).toMatchObject({ table: 't', kind, severity, safe });
    expect(differences[0]?.message).toContain('t');
    if (!safe && severity !== 'note') expect(differences[0]?.advice).toMatch(/\w/);
  });

  it('finds missing and foreign tables, and takes only the first for drift', () => {
    const other = { ...table, name: 'other' };
    const differences = diffSnapshots(crate(table), crate(other));
    expect(differences.map(({ kind, safe }) => [kind, safe])).toEqual([
      ['missing-table', true],
      ['extra-table', false],
    ]);
    const withSql = differences.map((difference) => ({ ...difference, sql: [] }));
    expect(isDrift(withSql)).toBe(true);
    expect(isDrift(withSql.slice(1))).toBe(false);
  });

  it('adds no column to rows that would be stuck without a value', () => {
    const without = { ...table, columns: table.columns.slice(0, 1) };
    for (const [b, engine] of [
      [{ notNull: true, default: "'x'" }, 'cratedb'],
      [{ generated: 'a' }, 'cratedb'],
      [{ notNull: true }, 'postgres'],
    ] as const) {
      const differences = diffSnapshots(
        { engine, tables: [changed(b)] },
        { engine, tables: [without] },
      );
      expect(differences).toMatchObject([{ kind: 'missing-column', safe: false }]);
    }
    const filled = changed({ notNull: true, default: "'x'" });
    expect(
      diffSnapshots({ engine: 'postgres', tables: [filled] }, { engine: 'postgres', tables: [without] }),
    ).toMatchObject([{ kind: 'missing-column', safe: true }]);
  });

  it('takes the order of a key on CrateDB for what it is', () => {
    const key = (clusteredBy: string, primaryKey: string[]) =>
      changed({}, { clusteredBy }, { primaryKey });
    const wanted = key('_id', ['a', 'b']);
    expect(diffSnapshots(crate(wanted), crate(key('_id', ['b', 'a'])))).toEqual([]);
    expect(diffSnapshots(crate(key('a', ['a', 'b'])), crate(key('a', ['b', 'a'])))).toMatchObject([
      { kind: 'primary-key', severity: 'warning', found: 'b, a' },
    ]);
  });

  it('does not compare what could not be read', () => {
    const unread = changed({ index: undefined, columnstore: undefined });
    expect(diffSnapshots(crate(table), crate(unread))).toEqual([]);
  });
});

describe('reading a schema', () => {
  it.each([
    ["'ACTIVE'::character varying(20)", "'ACTIVE'"],
    ['(gen_random_uuid())::text', 'gen_random_uuid()'],
    ['("a" - "b")', 'a - b'],
    ['(a) - (b)', '(a) - (b)'],
    ["'it''s ::text'", "'it''s ::text'"],
    ['FALSE', 'false'],
  ])('%s is %s', (text, normal) => {
    expect(normalExpression(text)).toBe(normal);
  });

  it('knows which column the options in SHOW CREATE TABLE belong to', () => {
    const columns = declarationOf(`CREATE TABLE IF NOT EXISTS "s"."t" (
   "o" OBJECT(STRICT) AS (
      "big" TEXT INDEX OFF
   ),
   "big" TEXT NOT NULL INDEX OFF STORAGE WITH (
      columnstore = false
   ),
   "small" TEXT,
   PRIMARY KEY ("small")
)
CLUSTERED BY ("small") INTO 1 SHARDS
WITH (
   number_of_replicas = '0'
)`);
    expect(columns('big')).toEqual({ index: 'off', columnstore: false });
    expect(columns('small')).toEqual({ index: 'plain', columnstore: true });
  });
});

function suite(open: () => Promise<Backend>): void {
  const onBackend = (work: (backend: Backend) => Promise<void>) => () => withBackend(open, work);

  it(
    'finds nothing on real tables just made',
    onBackend(async (backend) => {
      const options = { ...backend, shards: 1, replicas: 0 };
      await provision(backend, options);
      expect(await diffSchema(backend, options)).toEqual([]);
    }),
  );

  it(
    'applies what is safe, keeps rows, and tells the rest',
    onBackend(async (backend) => {
      const { engine, schema } = backend;
      const options = { engine, schema, replicas: 0 };
      await provision(backend, options, newest);
      const at = (name: string) => `"${schema}"."${name}"`;
      await backend.query(`INSERT INTO ${at('thing')} (id, name) VALUES ('a', 'one')`);
      if (engine === 'cratedb') {
        await backend.query(`REFRESH TABLE ${at('thing')}`);
        await backend.query(`ALTER TABLE ${at('thing')} SET (column_policy = 'dynamic')`);
      }
      await backend.query(`ALTER TABLE ${at('thing')} DROP COLUMN upper_name`);
      await backend.query(`DROP TABLE ${at('note')}`);
      await backend.query(`ALTER TABLE ${at('thing')} ADD COLUMN mine TEXT`);
      const changes = await diffSchema(backend, options, newest);
      const kinds = changes.flatMap((change) =>
        isDrift([change]) ? [[change.kind, change.safe]] : [],
      );
      expect(kinds).toEqual([
        ['missing-column', true],
        ['extra-column', false],
        engine === 'cratedb' ? ['column-policy', true] : ['missing-index', true],
        ['missing-table', true],
      ]);
      for (const { safe, sql } of changes) expect(sql.length > 0).toBe(safe);

      const result = await applySchema(backend, options, newest);
      expect(result.remaining).toMatchObject([{ kind: 'extra-column', column: 'mine' }]);
      const { rows } = await backend.query(`SELECT id, name, upper_name FROM ${at('thing')}`);
      expect(rows).toEqual([{ id: 'a', name: 'one', upper_name: null }]);
      const again = await applySchema(backend, options, newest);
      expect(again.statements).toEqual([]);
    }),
  );

  it(
    'tells a column of the wrong type, and makes nothing beside it where no version is recorded',
    onBackend(async (backend) => {
      const { engine, schema } = backend;
      if (engine === 'postgres') await backend.query(`CREATE SCHEMA "${schema}"`);
      const shards = engine === 'cratedb' ? 'CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)' : '';
      await backend.query(
        `CREATE TABLE "${schema}".thing (id TEXT PRIMARY KEY, name BIGINT) ${shards}`,
      );
      const message =
        `The schema "${schema}" holds tables that this program did not make:` +
        ' column thing.name is BIGINT, expected TEXT' +
        (engine === 'cratedb'
          ? '; `mlflow-cratedb ddl adopt` takes over those of the Python program'
          : '');
      for (const refused of [
        () => provision(backend, backend, newest),
        () => applySchema(backend, backend, newest),
      ]) {
        const error: unknown = await refused().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(SchemaMismatchError);
        expect((error as Error).message).toBe(message);
      }
      const names = (await diffSchema(backend, backend, newest)).map((change) => change.message);
      expect(names).toContain('column thing.name is BIGINT, expected TEXT');
      expect(names).toContain('table note is missing');
    }),
  );
}

describe('the live schema (PGlite)', () => {
  suite(openPGlite);
});

describe.skipIf(crateUrl === undefined)('the live schema (CrateDB)', () => {
  suite(() => openCrate(crateUrl!));

  it('can be compared while a table is read-only, and says so', () =>
    withBackend(() => openCrate(crateUrl!), async (backend) => {
      const options = { engine: backend.engine, schema: backend.schema, replicas: 0 };
      await provision(backend, options, newest);
      await backend.query(`ALTER TABLE "${backend.schema}".note DROP COLUMN large`);
      await backend.query(`ALTER TABLE "${backend.schema}".note SET ("blocks.read_only" = true)`);
      const drift = (await diffSchema(backend, options, newest)).filter((change) =>
        isDrift([change]),
      );
      expect(drift.map(({ kind }) => kind)).toEqual(['missing-column', 'read-only']);
      const error: unknown = await applySchema(backend, options, newest).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(SchemaReadOnlyError);
      expect((error as Error).message).toContain(`The table ${backend.schema}.note is read-only`);
    }));

  it('reads every kind of column that CrateDB has', () =>
    withBackend(() => openCrate(crateUrl!), async (backend) => {
      await backend.query(
        `CREATE TABLE "${backend.schema}".kinds (id TEXT PRIMARY KEY, v VARCHAR(9), f FLOAT_VECTOR(3),
         l ARRAY(TEXT), o OBJECT(DYNAMIC) AS (x INT), t TEXT INDEX USING FULLTEXT)
         CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`,
      );
      const live = await diffSchema(backend, backend, {
        migrations: [],
        tables: [
          {
            name: 'kinds',
            columns: ['id', 'v', 'f', 'l', 'o', 't'].map((name) => ({
              name,
              type: 'text',
              notNull: name === 'id',
            })),
            primaryKey: ['id'],
            indexes: [],
            storage: { shards: 1, replicas: '0', largeText: [] },
          },
        ],
      });
      expect(live.map(({ column, found }) => [column, found])).toEqual([
        ['v', 'VARCHAR(9)'],
        ['f', 'FLOAT_VECTOR(3)'],
        ['l', 'TEXT_ARRAY'],
        ['o', 'OBJECT(DYNAMIC)'],
        ['t', 'INDEX USING FULLTEXT'],
      ]);
    }));
});

it('the expected snapshot has the shards and replicas asked for', () => {
  const [first] = expectedSnapshot(newest.tables, { engine: 'cratedb', shards: 7, replicas: 2 }).tables;
  expect(first?.storage).toMatchObject({ shards: 7, replicas: '2', clusteredBy: 'id' });
});
