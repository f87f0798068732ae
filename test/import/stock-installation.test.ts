import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tableNames } from '../../ddl/index.js';
import { openDatabase } from '../../src/db/open.js';
import { openSource, runImport } from '../../src/import/index.js';
import { OWN_TABLES } from '../../src/import/order.js';
import { textOf } from '../../src/import/text.js';
import { openStore } from '../../src/index.js';
import { CrashPlugin } from '../helpers/crash-plugin.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { pythonWithMlflow } from '../helpers/python.js';
import { startStockServer } from '../helpers/server.js';
import { type Backend, crateBackend } from '../helpers/stores.js';
import { importInto, totals } from './import-into.js';
import { copyIntoPostgres, postgresServer, type PostgresServer } from './postgres-server.js';
import { dump, dumpOfOurs, fill } from './stock.js';

const python = await pythonWithMlflow();
let folder = '';
/** A copy that no server has open. */
let sqlite = '';
let stockSees: unknown;
const byRest: Record<string, unknown> = {};

/** Points beside those of the stock client, so that there is more than one batch. */
const MANY = 3_000;

describe.skipIf(python === undefined)("an installation that MLflow's own client filled", { timeout: 240_000 }, () => {
  const backends: readonly Backend[] = [{ name: 'embedded', uri: undefined }, crateBackend()];
  const uris = new Map<string, string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mlflow-import-'));
    const stock = await startStockServer({ python: python!, cwd: folder });
    try {
      await fill(python!, stock.url, folder);
      const database = new DatabaseSync(join(folder, 'mlflow.db'));
      addPoints(database);
      addSecret(database);
      database.close();
      stockSees = await dump(python!, stock.url, folder);
      // While the server is there: the same through its REST API.
      const target = `pglite:${join(folder, 'by-rest')}`;
      byRest['first'] = totals(await importInto(target, stock.url));
      byRest['again'] = totals(await importInto(target, stock.url));
      byRest['sees'] = await dumpOfOurs(python!, target, folder);
      byRest['tables'] = await allRows(target);
    } finally {
      await stock.stop();
    }
    sqlite = join(folder, 'source.db');
    await copyFile(join(folder, 'mlflow.db'), sqlite);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await dropSchema(backends[1]?.uri);
  });

  for (const backend of backends) {
    describe.skipIf(backend.name === 'CrateDB' && backend.uri === undefined)(backend.name, () => {
      const uri = () => backend.uri ?? `pglite:${join(folder, 'embedded')}`;

      it('is completed by the same call after being killed at any statement', async () => {
        const killed = backend.name === 'embedded' ? `pglite:${join(folder, 'killed')}` : uri();
        uris.set(backend.name, killed);
        for (const statements of [3, 9, 20, 45, 80, 110]) {
          expect(await diesAfter(killed, statements), String(statements)).toBe(true);
        }
        const report = await importInto(killed, `sqlite:///${sqlite}`);
        const { read, written, same, missing } = totals(report);
        expect(missing).toBe(0);
        expect(written + same).toBe(read);
        expect(same).toBeGreaterThan(0);
        expect(written).toBeGreaterThan(0);
      });

      it('has every row, column by column', async () => {
        const database = new DatabaseSync(sqlite, { readOnly: true });
        const rows = await allRows(uris.get(backend.name)!);
        let compared = 0;
        for (const [table, found] of Object.entries(rows)) {
          const statement = database.prepare(`SELECT * FROM "${table}"`);
          statement.setReadBigInts(true);
          const expected = statement.all();
          expect(found.map(plainRow(expected[0] ?? {})).sort(), table).toEqual(
            expected.map(plainRow(expected[0] ?? {})).sort(),
          );
          compared += expected.length;
        }
        database.close();
        expect(compared).toBeGreaterThan(MANY);
      });

      it('changes nothing when it is imported again', async () => {
        const report = totals(await importInto(uris.get(backend.name)!, `sqlite:///${sqlite}`));
        expect(report).toMatchObject({ written: 0, replaced: 0, missing: 0, same: report.read });
      });

      it("looks the same to MLflow's client, entity by entity", async () => {
        expect(await dumpOfOurs(python!, uris.get(backend.name)!, folder)).toEqual(stockSees);
      });

      it('goes on with new ids and versions', async () => {
        const store = await openStore(uris.get(backend.name));
        try {
          expect(await store.createExperiment({ name: 'next' })).toBe('3');
          const version = await store.createModelVersion({ name: 'reg', source: 's3://bucket/z' });
          expect(version.version).toBe(3);
          await expect(store.createExperiment({ name: 'gone' })).rejects.toThrow(/already exists/);
        } finally {
          await store.close();
        }
      });
    });
  }

  it('comes through the REST API', () => {
    expect(byRest['first']).toMatchObject({ missing: 0, same: 0 });
    expect(byRest['again']).toMatchObject({ missing: 0, written: 0 });
    expect(byRest['sees']).toEqual(stockSees);
    const rows = byRest['tables'] as Record<string, Record<string, unknown>[]>;
    const database = new DatabaseSync(sqlite, { readOnly: true });
    for (const table of ['spans', 'assessments', 'trace_info', 'trace_tags', 'trace_metrics']) {
      const statement = database.prepare(`SELECT * FROM "${table}"`);
      statement.setReadBigInts(true);
      const expected = statement.all();
      const plain = plainRow(expected[0] ?? {});
      expect(rows[table]?.map(plain).sort(), table).toEqual(expected.map(plain).sort());
    }
    database.close();
  });

  describe('in PostgreSQL', () => {
    let server: PostgresServer | undefined;
    beforeAll(async () => {
      server = await postgresServer(folder);
    });
    afterAll(async () => {
      await server?.stop();
    });

    it('comes from there too, with every row', async (context) => {
      if (server === undefined) return context.skip('no executable `postgres`');
      await copyIntoPostgres(python!, sqlite, server.url);
      const target = `pglite:${join(folder, 'from-postgres')}`;
      const report = totals(await importInto(target, server.url));
      expect(report).toMatchObject({ missing: 0, written: report.read });
      const fromSqlite = totals(await importInto(target, `sqlite:///${sqlite}`));
      expect(fromSqlite).toMatchObject({ missing: 0, written: 0, same: report.read });
    });
  });
});

function addPoints(database: DatabaseSync): void {
  const run = database.prepare("SELECT run_uuid FROM runs WHERE name = 'first'").get()!;
  const insert = database.prepare('INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)');
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all('metrics');
  expect(columns.map(({ name }) => name)).toEqual([
    'key',
    'value',
    'timestamp',
    'run_uuid',
    'step',
    'is_nan',
  ]);
  database.exec('BEGIN');
  for (let step = 0; step < MANY; step++) {
    insert.run('many', step / 7, 2_000 + step, run['run_uuid']!, step, 0);
  }
  database.exec(
    `INSERT INTO latest_metrics SELECT key, value, timestamp, step, is_nan, run_uuid FROM metrics
     WHERE key = 'many' AND step = ${MANY - 1}`,
  );
  database.exec('COMMIT');
}

/** Of the gateway, with the bytes that make trouble as text. */
function addSecret(database: DatabaseSync): void {
  database.exec(
    `INSERT INTO secrets (secret_id, secret_name, encrypted_value, wrapped_dek, kek_version, masked_value,
       created_at, last_updated_at, workspace)
     VALUES ('s1', 'key', x'0001feff5c78', x'', 1, '{}', 1, 2, 'default')`,
  );
}

/** Imports in a process that dies after so many statements; answers whether it died. */
async function diesAfter(uri: string, statements: number): Promise<boolean> {
  const source = await openSource(`sqlite:///${sqlite}`);
  const database = await openDatabase(uri);
  try {
    await runImport(source, {
      ...database,
      db: database.db.withPlugin(new CrashPlugin(statements)),
    });
    return false;
  } catch (error) {
    if (error instanceof Error && error.message === CrashPlugin.message) return true;
    throw error;
  } finally {
    await source.close();
    await database.close();
  }
}

/** All rows of MLflow's tables. */
async function allRows(uri: string): Promise<Record<string, Record<string, unknown>[]>> {
  const database = await openDatabase(uri);
  try {
    const tables: Record<string, Record<string, unknown>[]> = {};
    for (const table of tableNames) {
      if (!OWN_TABLES.has(table))
        tables[table] = await database.db.selectFrom(table).selectAll().execute();
    }
    return tables;
  } finally {
    await database.close();
  }
}

const JSON_COLUMNS =
  /^(inputs|outputs|expectations|tags|source|dimension_attributes|status_details)$/;

/** A row as one text: the columns of `like`, whichever database it came from. */
function plainRow(like: Record<string, unknown>) {
  return (row: Record<string, unknown>): string =>
    JSON.stringify(
      Object.keys(like)
        .sort()
        .map((column) => [column, plainValue(row[column], column)]),
    );
}

function plainValue(value: unknown, column: string): string | null {
  if (value === null || value === undefined || value === 'null') return null;
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (typeof value === 'object') return sortedJson(value);
  const text = textOf(value);
  // Of a span's or an assessment's JSON, the blanks are Python's.
  const isJson = column === 'content' || column === 'value' || JSON_COLUMNS.test(column);
  if (!isJson || !/^[[{"]/.test(text)) return text;
  try {
    return sortedJson(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Whose members have no order of their own. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
