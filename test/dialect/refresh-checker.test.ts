import { Kysely, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import {
  CrateDialect,
  type CrateDialectOptions,
  refreshTable,
  withRefresh,
} from '../../dialect/index.js';
import { refreshChecker, StaleReadError } from '../../dialect/testing/index.js';
import { RANDOM_TABLES, type RandomDB, randomQuery } from './random-queries.js';

const crateUrl = inject('crateUrl');
const schema = 't_dialect_checker';
const other = 't_dialect_checker_2';
const STORAGE = 'CLUSTERED INTO 1 SHARDS WITH (refresh_interval = 0, number_of_replicas = 0)';

describe.skipIf(crateUrl === undefined)('refresh checker (CrateDB)', () => {
  const checker = refreshChecker();
  const instances: Kysely<RandomDB>[] = [];
  let db: Kysely<RandomDB>;
  let next = 0;

  const open = (options: CrateDialectOptions) => {
    const url = crateUrl!.replace(/\?.*$/, '');
    const dialect = new CrateDialect({ url, schema, observer: checker, ...options });
    const instance = new Kysely<RandomDB>({ dialect });
    instances.push(instance);
    return instance;
  };
  const run = (text: string, on = db) => sql.raw(text).execute(on);
  const create = (name: string, more = STORAGE) =>
    run(`CREATE TABLE ${name} (id TEXT PRIMARY KEY, v TEXT) ${more}`);
  const insert = (table: keyof RandomDB, on = db) => {
    next += 1;
    return on
      .insertInto(table)
      .values({ id: `row${next}`, v: 'v' })
      .execute();
  };
  /** Tables of the findings since the last call. */
  const stale = () => {
    const tables = checker.findings.map(({ table }) => table);
    if (tables.length > 0) expect(() => checker.assertFresh()).toThrow(StaleReadError);
    return tables;
  };

  beforeAll(async () => {
    db = open({ refresh: 'manual' });
    await drop();
    for (const name of [...RANDOM_TABLES, 'd', `"${other}"."a"`]) await create(name);
    await run('CREATE VIEW one AS SELECT * FROM a');
    await run('CREATE VIEW two AS WITH b AS (SELECT * FROM one) SELECT b.id FROM b JOIN c ON true');
    await run(`CREATE VIEW "${other}"."far" AS SELECT * FROM "${schema}".two`);
  });
  afterAll(async () => {
    await drop();
    for (const instance of instances) await instance.destroy();
  });
  beforeEach(() => checker.clear());
  afterEach(() => checker.assertFresh());

  async function drop() {
    const { rows } = await sql<{ s: string; t: string; k: string }>`
      SELECT table_schema AS s, table_name AS t, table_type AS k FROM information_schema.tables
      WHERE table_schema IN (${schema}, ${other})`.execute(db);
    for (const { s, t, k } of rows) {
      await run(`DROP ${k === 'VIEW' ? 'VIEW' : 'TABLE'} "${s}"."${t}"`);
    }
  }

  it('finds a search of what was written and not refreshed', async () => {
    await insert('a');
    await db.selectFrom('a').selectAll().where('v', '=', 'secret').execute();
    const [finding] = checker.findings;
    expect(finding).toMatchObject({
      table: `"${schema}"."a"`,
      sql: `select * from "${schema}"."a" where "v" = $1`,
      write: `insert into "${schema}"."a" ("id", "v") values ($1, $2)`,
    });
    expect(finding?.stack).toContain('refresh-checker.test.ts');
    expect(() => checker.assertFresh()).toThrow(/Searched "t_dialect_checker"\."a"/);
    // Reported once.
    checker.assertFresh();
  });

  it('masks literals', async () => {
    await run(`INSERT INTO a VALUES ('secret', 'x') ON CONFLICT DO NOTHING`);
    await run(`SELECT 'secret' FROM a`);
    expect(JSON.stringify(checker.findings)).not.toContain('secret');
    expect(stale()).toEqual([`"${schema}"."a"`]);
  });

  it('a refresh covers what came before it', async () => {
    await insert('a');
    await insert('b');
    await refreshTable(db, 'a');
    await db.selectFrom('a').selectAll().execute();
    expect(stale()).toEqual([]);
    await db.selectFrom('b').selectAll().execute();
    expect(stale()).toEqual([`"${schema}"."b"`]);
  });

  it('reads by key are never stale', async () => {
    await insert('a');
    await db.selectFrom('a').selectAll().where('id', '=', 'x').execute();
    await db.updateTable('a').set({ v: 'w' }).where('id', '=', 'x').execute();
    await run(`SELECT * FROM a AS t WHERE t.id = 'x' AND v IS NOT NULL`);
    await run(`DELETE FROM a WHERE id = 'x'`);
    expect(stale()).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['SELECT 1 FROM one', ['a']],
    [`SELECT 1 FROM "${other}".far`, ['a', 'c']],
    [`SELECT 1 FROM "${other}".a`, []],
    ['WITH a AS (SELECT 1 AS x FROM b) SELECT x FROM a', ['b']],
    ['WITH a AS (SELECT * FROM a) SELECT id FROM a', ['a']],
    ['SELECT (SELECT max(id) FROM a) FROM b WHERE id IN (SELECT id FROM c)', ['a', 'b', 'c']],
    ['SELECT id FROM a UNION ALL SELECT id FROM b', ['a', 'b']],
    ['SELECT count(*) FROM b GROUP BY v HAVING count(*) > (SELECT count(*) FROM a)', ['a', 'b']],
    ['SELECT 1 FROM d ORDER BY (SELECT max(id) FROM a)', ['a']],
    ['SELECT 1 FROM d x LEFT JOIN (SELECT * FROM b) y ON x.id = y.id', ['b']],
    ['VALUES ((SELECT max(id) FROM a))', ['a']],
    ['EXPLAIN SELECT * FROM a', []],
    ['EXPLAIN ANALYZE SELECT * FROM a', ['a']],
    ['INSERT INTO d SELECT * FROM a WHERE false', ['a']],
    [`INSERT INTO a (id) VALUES ('values') ON CONFLICT DO NOTHING`, []],
    ['INSERT INTO a SELECT * FROM a WHERE false', ['a']],
    [`UPDATE d SET v = (SELECT max(v) FROM b) WHERE id = 'x'`, ['b']],
    [`UPDATE a SET v = v WHERE v = 'nothing'`, ['a']],
    [`DELETE FROM c WHERE v = 'nothing'`, ['c']],
    ['CREATE TABLE made AS SELECT * FROM a WHERE false', ['a']],
    ['DROP TABLE made', []],
    ['SHOW TABLES', []],
    ['SELECT count(*) FROM sys.shards', []],
  ])('%s', async (text, tables) => {
    for (const table of RANDOM_TABLES) await insert(table);
    await run(text);
    expect(stale()).toEqual(tables.map((table) => `"${schema}"."${table}"`));
  });

  it('is silent where the dialect refreshes', async () => {
    const reading = open({ refresh: 'before-read' });
    const writing = open({ refresh: 'after-write' });
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await insert('a', index % 2 === 0 ? db : writing);
        await reading.selectFrom('a').selectAll().execute();
        await run(`SELECT * FROM "${other}".far`, withRefresh(db, 'before-read'));
      }),
    );
    expect(stale()).toEqual([]);
    await refreshTable(db, 'a', 'c');
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        await insert('a', writing);
        await db.selectFrom('a').selectAll().execute();
      }),
    );
    await run(`INSERT INTO a (id) VALUES ('raw') ON CONFLICT DO NOTHING`, writing);
    await run('CREATE TABLE copied AS SELECT * FROM a', writing);
    await run('SELECT * FROM copied');
    await run('DROP TABLE copied');
    expect(stale()).toEqual([]);
  });

  it('random queries: the dialect refreshes all that they read, and they see it', async () => {
    const reading = open({ refresh: 'before-read' });
    for (let seed = 1; seed <= 60; seed += 1) {
      for (const table of RANDOM_TABLES) {
        await insert(table);
        await run(
          `INSERT INTO ${table} VALUES ('first', '${seed}') ON CONFLICT (id) DO UPDATE SET v = excluded.v`,
        );
      }
      const result = async (on: Kysely<RandomDB>) => {
        const rows = await randomQuery(on, seed).query.execute();
        return rows.map((row) => JSON.stringify(row)).sort();
      };
      const seen = await result(reading);
      expect(stale()).toEqual([]);
      await refreshTable(db, ...RANDOM_TABLES);
      expect(await result(db)).toEqual(seen);
      for (const table of RANDOM_TABLES) await run(`DELETE FROM ${table} WHERE id <> 'first'`);
    }
  });

  it('streams are searches, too', async () => {
    await insert('a');
    for await (const row of db.selectFrom('a').selectAll().stream(10)) expect(row).toBeDefined();
    expect(stale()).toEqual([`"${schema}"."a"`]);
  });

  it('follows what is swapped, renamed, dropped and made anew', async () => {
    const find = async (table: string) => {
      await run(`SELECT * FROM ${table}`);
      return stale();
    };
    await insert('a');
    await run('ALTER CLUSTER SWAP TABLE a TO d');
    expect(await find('a')).toEqual([]);
    expect(await find('d')).toEqual([`"${schema}"."d"`]);
    await run('ALTER CLUSTER SWAP TABLE a TO d');
    await run('ALTER TABLE a RENAME TO moved');
    expect(await find('moved')).toEqual([`"${schema}"."moved"`]);
    await create('a');
    expect(await find('a')).toEqual([]);
    await insert('a');
    await run('DROP TABLE a');
    await create('a');
    expect(await find('a')).toEqual([]);
    await run('DROP TABLE moved');
  });

  it('a refresh of one partition covers nothing', async () => {
    await run(`CREATE TABLE parted (id TEXT, p INT) PARTITIONED BY (p) ${STORAGE}`);
    await run(`INSERT INTO parted VALUES ('x', 1)`);
    await run('REFRESH TABLE parted PARTITION (p = 1)');
    await run('SELECT * FROM parted');
    expect(stale()).toEqual([`"${schema}"."parted"`]);
    await run('REFRESH TABLE parted');
    await run('SELECT * FROM parted');
    expect(stale()).toEqual([]);
    await run('DROP TABLE parted');
  });

  it('throws at the statement itself, which is not sent', async () => {
    const strict = refreshChecker({ mode: 'throw' });
    const sent: string[] = [];
    const watched = open({
      refresh: 'manual',
      observer: strict,
      onStatement: (event) => sent.push(event.kind),
    });
    await insert('a', watched);
    let error: unknown;
    try {
      await watched.updateTable('a').set({ v: 'w' }).where('v', '=', 'x').execute();
    } catch (reason) {
      error = reason;
    }
    expect(error).toBeInstanceOf(StaleReadError);
    expect((error as Error).stack).toContain('refresh-checker.test.ts');
    expect(sent.filter((kind) => kind === 'update')).toEqual([]);
    await refreshTable(watched, 'a');
    await watched.updateTable('a').set({ v: 'w' }).where('v', '=', 'x').execute();
    expect(strict.findings).toEqual([]);
  });
});

describe('refresh checker', () => {
  const statement = (about: { searches?: string[]; writes?: string[]; refreshes?: string[] }) => ({
    sql: JSON.stringify(about),
    kind: 'other' as const,
    searches: [],
    writes: [],
    refreshes: [],
    moves: [],
    ...about,
  });
  const write = statement({ writes: ['t'] });
  const refresh = statement({ refreshes: ['t'] });
  const search = statement({ searches: ['t'] });

  it('a write that came while a refresh ran is not covered', () => {
    const checker = refreshChecker();
    const sent = checker.now();
    checker.done(write, { sent: checker.now(), answered: checker.now() });
    checker.done(refresh, { sent, answered: checker.now() });
    checker.sending(search, checker.now());
    expect(checker.findings).toHaveLength(1);
    checker.done(refresh, { sent: checker.now(), answered: checker.now() });
    checker.sending(search, checker.now());
    expect(checker.findings).toHaveLength(1);
  });

  it('a search owes nothing to a write that its caller could not know', () => {
    const checker = refreshChecker();
    const arrived = checker.now();
    checker.done(write, { sent: checker.now(), answered: checker.now() });
    checker.sending(search, arrived);
    expect(checker.findings).toHaveLength(0);
  });

  it('a write may be refreshed before its caller learns of it', () => {
    const checker = refreshChecker();
    const moments = { sent: checker.now(), answered: checker.now() };
    checker.done(refresh, { sent: checker.now(), answered: checker.now() });
    checker.done(write, moments);
    checker.sending(search, checker.now());
    expect(checker.findings).toHaveLength(0);
  });
});
