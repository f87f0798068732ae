import { setTimeout as sleep } from 'node:timers/promises';

import { Kysely, sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';

import {
  CrateConnectionError,
  CrateDialect,
  type CrateUrlConfig,
  PoolExhaustedError,
  StatementCancelledError,
  StatementTimeoutError,
  withRetry,
} from '../../dialect/index.js';
import { type BreakableProxy, openProxy } from './breakable-proxy.js';
import { type CrateTest, openCrate, type TestDB } from './database.js';
import { transports } from './transport-url.js';

const crateUrl = inject('crateUrl');
/** Long enough to be met under way, and short enough for a test that isn't. */
const SLOW = `select count(*) as n from generate_series(1, 20000) a(i), generate_series(1, 20000) b(j)
  where a.i % 7 = b.j % 5`;

describe.skipIf(crateUrl === undefined).each(transports)('faults (CrateDB, %s)', (transport) => {
  const schema = `t_dialect_faults_${transport}`;
  let crate: CrateTest;
  let proxy: BreakableProxy;
  const open: Kysely<TestDB>[] = [];

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, schema, {}, transport);
  });
  afterAll(async () => {
    await crate.close();
  });
  beforeEach(async () => {
    proxy = await openProxy(crate.url);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((db) => db.destroy()));
    await proxy.close();
  });

  function through(more: Partial<CrateUrlConfig> = {}) {
    const sent: string[] = [];
    const db = new Kysely<TestDB>({
      dialect: new CrateDialect({
        url: proxy.url,
        schema,
        refresh: 'manual',
        onStatement: ({ sql: text }) => sent.push(text),
        ...more,
      }),
    });
    open.push(db);
    return { db, sent };
  }

  const running = async () => {
    const { rows } = await sql<{ stmt: string }>`select stmt from sys.jobs`.execute(crate.db);
    return rows.filter(({ stmt }) => stmt.startsWith(SLOW)).length;
  };
  const untilRunning = async (count: number) => {
    for (let tries = 0; (await running()) !== count; tries += 1) {
      if (tries > 200) throw new Error(`not ${String(count)} statements under way`);
      await sleep(25);
    }
  };

  it('a read whose connection breaks is sent again on another', async () => {
    const { db, sent } = through();
    await sql`select 1`.execute(db);
    const reading = sql<{ n: string }>`${sql.raw(SLOW)}`.execute(db);
    await untilRunning(1);
    proxy.breakAll();
    expect(Number((await reading).rows[0]?.n)).toBeGreaterThan(0);
    expect(sent.filter((text) => text === SLOW)).toHaveLength(2);
    expect(proxy.accepted()).toBe(2);
  });

  it('a read on an idle connection that broke is sent on a new one', async () => {
    const { db } = through({ max: 1 });
    await sql`select 1`.execute(db);
    proxy.breakAll();
    expect((await sql`select 2 as two`.execute(db)).rows).toEqual([{ two: 2 }]);
  });

  /** Cuts the connection after the server has done the work, and before its answer. */
  async function breakOnceWritten(key: string): Promise<void> {
    const row = crate.db.selectFrom('runs').select('name').where('run_uuid', '=', key);
    for (let tries = 0; (await row.executeTakeFirst()) === undefined; tries += 1) {
      if (tries > 200) throw new Error(`${key} was not written`);
      await sleep(25);
    }
    proxy.breakAll();
  }

  it('a write whose connection breaks is not sent again, and says so', async () => {
    const { db, sent } = through();
    await sql`select 1`.execute(db);
    proxy.holdAnswers();
    const writing = db.insertInto('runs').values({ run_uuid: 'once', status: 's' }).execute();
    const outcome = writing.catch((error: unknown) => error);
    await breakOnceWritten('once');
    expect(await outcome).toMatchObject({ name: 'CrateConnectionError', outcomeUnknown: true });
    expect(sent.filter((text) => text.startsWith('insert'))).toHaveLength(1);
  });

  it('withRetry: a write that may run twice is sent again', async () => {
    const { db, sent } = through();
    await sql`select 1`.execute(db);
    proxy.holdAnswers();
    const writing = withRetry(db)
      .insertInto('runs')
      .values({ run_uuid: 'twice', status: 's' })
      .onConflict((conflict) => conflict.column('run_uuid').doUpdateSet({ name: 'x' }))
      .executeTakeFirstOrThrow();
    await breakOnceWritten('twice');
    expect((await writing).numInsertedOrUpdatedRows).toBe(1n);
    expect(sent.filter((text) => text.startsWith('insert'))).toHaveLength(2);
  });

  it('waits for a server that went away, as long as it may', async () => {
    const { db } = through();
    await sql`select 1`.execute(db);
    await proxy.goAway();
    const reading = sql`select 2 as two`.execute(db);
    await sleep(300);
    await proxy.comeBack();
    expect((await reading).rows).toEqual([{ two: 2 }]);

    const hasty = through({ retry: { timeoutMs: 100 } });
    await sql`select 1`.execute(hasty.db);
    await proxy.goAway();
    await expect(sql`select 2`.execute(hasty.db)).rejects.toBeInstanceOf(CrateConnectionError);
    const never = through({ retry: false });
    await expect(sql`select 2`.execute(never.db)).rejects.toBeInstanceOf(CrateConnectionError);
  });

  it('the first connection is not waited for', async () => {
    await proxy.goAway();
    const { db } = through();
    await expect(sql`select 1`.execute(db)).rejects.toMatchObject({
      name: 'CrateConnectionError',
      outcomeUnknown: false,
    });
  });

  it('passes over a host that does not answer', async () => {
    const other = await openProxy(crate.url);
    const list = [proxy.port, 1, other.port].map((port) => `127.0.0.1:${String(port)}`);
    const url = proxy.url.replace(`127.0.0.1:${String(proxy.port)}`, list.join(','));
    const { db } = through({ url, max: 8 });
    const many = () => Promise.all(Array.from({ length: 8 }, () => sql`select 1`.execute(db)));
    try {
      await many();
      expect(proxy.accepted()).toBeGreaterThan(0);
      expect(other.accepted()).toBeGreaterThan(0);
      await other.goAway();
      await many();
      await proxy.goAway();
      await other.comeBack();
      await many();
    } finally {
      await other.close();
    }
  });

  it('a pool whose connections are all held gives an error, not a hang', async () => {
    const { db } = through({ max: 1, acquireTimeoutMs: 100 });
    await db.connection().execute(async (held) => {
      await sql`select 1`.execute(held);
      const waiting = sql`select 2`.execute(db);
      await expect(waiting).rejects.toBeInstanceOf(PoolExhaustedError);
      await expect(waiting).rejects.toThrow(/All 1 connections of the pool are in use/);
    });
    expect((await sql`select 3 as three`.execute(db)).rows).toEqual([{ three: 3 }]);
  });

  it('an abort ends the statement on the server', async () => {
    const { db } = through();
    const abort = new AbortController();
    const reading = sql`${sql.raw(SLOW)}`.execute(db, { signal: abort.signal });
    const outcome = expect(reading).rejects.toThrow('enough');
    await untilRunning(1);
    abort.abort(new Error('enough'));
    await outcome;
    await untilRunning(0);
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });

  it('a statement that another session kills is a StatementCancelledError', async () => {
    const { db } = through();
    const reading = sql`${sql.raw(SLOW)}`.execute(db);
    const outcome = expect(reading).rejects.toMatchObject({
      name: StatementCancelledError.name,
      sqlstate: '57014',
    });
    await untilRunning(1);
    const jobs = await sql<{ id: string; stmt: string }>`select id, stmt from sys.jobs`.execute(
      crate.db,
    );
    for (const { id, stmt } of jobs.rows) {
      if (stmt === SLOW) await sql`kill ${sql.lit(id)}`.execute(crate.db);
    }
    await outcome;
  });

  it('statementTimeoutMs ends a statement on the server', async () => {
    const { db } = through({ statementTimeoutMs: 100 });
    await expect(sql`${sql.raw(SLOW)}`.execute(db)).rejects.toBeInstanceOf(StatementTimeoutError);
    await untilRunning(0);
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }]);
  });
});
