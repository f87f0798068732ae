import { inspect } from 'node:util';

import fc from 'fast-check';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import {
  CheckError,
  CrateConnectionError,
  CrateDialect,
  CrateError,
  type CrateUrlConfig,
  DuplicateKeyError,
  NotNullError,
  NotSupportedError,
  parseCrateUrl,
  PermissionDeniedError,
  PoolExhaustedError,
  RelationUnknownError,
  StatementTimeoutError,
} from '../../dialect/index.js';
import { Hosts } from '../../dialect/transport/hosts.js';
import { HttpTransport } from '../../dialect/transport/http/http-transport.js';
import { RowSplitter } from '../../dialect/transport/http/row-splitter.js';
import { Slots } from '../../dialect/transport/http/slots.js';
import { type CrateTest, openCrate, type TestDB } from './database.js';

const crateUrl = inject('crateUrl');
const PASSWORD = 'hunter2';
const SLOW = `select count(*) from generate_series(1, 20000) a(i), generate_series(1, 20000) b(j)
  where a.i % 7 = b.j % 5`;

async function failure(promise: Promise<unknown>): Promise<CrateError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CrateError);
  return error as CrateError;
}

/** A database behind a fetch that answers so. */
function answering(answer: () => Promise<Response>, options: Partial<CrateUrlConfig> = {}) {
  const requests: { readonly url: string; readonly init: RequestInit }[] = [];
  const db = new Kysely<TestDB>({
    dialect: new CrateDialect({
      url: `crate://me:${PASSWORD}@h1:4200,h2:4200/?schema=s`,
      refresh: 'manual',
      retry: false,
      fetch: (url, init) => {
        requests.push({ url: url as string, init: init ?? {} });
        return answer();
      },
      ...options,
    }),
  });
  return { db, requests };
}

const result = (body: object) => () => Promise.resolve(new Response(JSON.stringify(body)));
const ROW = { cols: ['a'], col_types: [9], rows: [[1]], rowcount: 1, duration: 0.1 };

describe('a fetch of your own', () => {
  it('gets the requests, spread over the hosts, without the password in the URL', async () => {
    const { db, requests } = answering(result(ROW));
    for (const value of ['x', 'y']) {
      expect((await sql`select ${value} as a`.execute(db)).rows).toEqual([{ a: 1 }]);
    }
    expect(requests.map(({ url }) => url).sort()).toEqual([
      'http://h1:4200/_sql?types',
      'http://h2:4200/_sql?types',
    ]);
    expect(requests[0]?.init).toMatchObject({
      method: 'POST',
      headers: { 'Default-Schema': 's', authorization: `Basic ${btoa(`me:${PASSWORD}`)}` },
      body: '{"stmt":"select $1 as a","args":["x"]}',
    });
  });

  it('user and password of any characters', async () => {
    const login = `${encodeURIComponent('jö')}:${encodeURIComponent('p:ä/€')}`;
    const { db, requests } = answering(result(ROW), { url: `crate://${login}@[::1]:4200/` });
    await sql`select 1`.execute(db);
    expect(requests[0]?.url).toBe('http://[::1]:4200/_sql?types');
    const { authorization } = requests[0]?.init.headers as Record<string, string>;
    expect(Buffer.from(authorization!.slice(6), 'base64').toString()).toBe('jö:p:ä/€');
  });

  it.each([
    ['refused', 'ECONNREFUSED', false],
    ['an unknown name', 'ENOTFOUND', false],
    ['no connection in time', 'UND_ERR_CONNECT_TIMEOUT', false],
    ['a wrong certificate', 'SELF_SIGNED_CERT_IN_CHAIN', false],
    ['closed before the answer', 'UND_ERR_SOCKET', true],
    ['reset', 'ECONNRESET', true],
    ['no answer in time', 'UND_ERR_HEADERS_TIMEOUT', true],
  ])('%s', async (_name, code, outcomeUnknown) => {
    const cause = Object.assign(new Error(`it failed: ${code}`), { code });
    const { db } = answering(() => Promise.reject(new TypeError('fetch failed', { cause })));
    const error = await failure(sql`select 1`.execute(db));
    expect(error).toBeInstanceOf(CrateConnectionError);
    expect(error).toMatchObject({ sqlstate: '08006', outcomeUnknown, sql: 'select 1' });
    expect(error.message).toContain(code);
    expect(inspect(error, { depth: 9 })).not.toContain(PASSWORD);
  });

  it.each([
    ['a proxy without a server', 502, '<html>Bad Gateway</html>', CrateConnectionError, '08006'],
    ['another web site', 200, '<html>Hello</html>', CrateConnectionError, '08006'],
    ['a redirect', 302, '', CrateConnectionError, '08006'],
    ['a login refused', 401, 'password authentication failed', CrateConnectionError, '28000'],
    ['too large a request', 413, '', CrateError, '54000'],
  ])('%s', async (_name, status, body, type, sqlstate) => {
    const { db } = answering(() => Promise.resolve(new Response(body, { status })));
    const error = await failure(sql`select 1`.execute(db));
    expect(error).toBeInstanceOf(type);
    expect(error.sqlstate).toBe(sqlstate);
    expect(error.message).not.toContain('<html>');
  });

  it('a cluster that is not ready is tried again; the statement was not executed', async () => {
    const message =
      'ClusterBlockException[blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];]';
    const blocked = JSON.stringify({ error: { message, code: 5035 } });
    const answers = [new Response(blocked, { status: 503 }), new Response(JSON.stringify(ROW))];
    const { db } = answering(() => Promise.resolve(answers.shift()!), { retry: {} });
    expect((await sql`insert into t values (1)`.execute(db)).rows).toEqual([{ a: 1 }]);
  });

  it('an answer that is cut off', async () => {
    const whole = JSON.stringify({ ...ROW, rows: [[1], [2], [3]] });
    const cut = answering(() => Promise.resolve(new Response(whole.slice(0, -40))));
    const rows: unknown[] = [];
    const reading = async () => {
      for await (const row of cut.db.selectFrom('runs').selectAll().stream(1)) rows.push(row);
    };
    expect(await failure(reading())).toMatchObject({ outcomeUnknown: true });
    expect(rows.length).toBeLessThan(3);
  });

  it('a server that sends no types first is not streamed from', async () => {
    const { db } = answering(result({ cols: ['a'], rows: [[1]], rowcount: 1 }));
    const reading = async () => {
      for await (const row of db.selectFrom('runs').selectAll().stream()) expect(row).toBeUndefined();
    };
    expect(await failure(reading())).toBeInstanceOf(NotSupportedError);
  });
});

describe('rows that come bit by bit', () => {
  it('are cut out whole, wherever the bits end', () => {
    const rows = fc.array(fc.array(fc.jsonValue(), { minLength: 1, maxLength: 3 }), { maxLength: 6 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (given, size, bits) => {
        const splitter = new RowSplitter(size);
        const text = `${JSON.stringify(given).slice(1)},"rowcount":1}`;
        const portions: unknown[][] = [];
        for (let at = 0; at < text.length; ) {
          const length = bits.next().value as number;
          for (const json of splitter.push(text.slice(at, at + length))) {
            portions.push(JSON.parse(json) as unknown[]);
          }
          at += length;
        }
        expect(portions.flat()).toEqual(JSON.parse(JSON.stringify(given)));
        expect(Math.max(0, ...portions.map((portion) => portion.length))).toBeLessThanOrEqual(size);
        expect(splitter.ended).toBe(true);
      }),
    );
  });
});

describe('slots', () => {
  it('let in so many, the others in the order they came, and nobody who left', async () => {
    const slots = new Slots(1, 50);
    const abort = new AbortController();
    const entered: string[] = [];
    await slots.take(undefined);
    const second = slots.take(undefined).then(() => entered.push('second'));
    const left = slots.take(abort.signal);
    const third = slots.take(undefined).then(() => entered.push('third'));
    abort.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    slots.give();
    await second;
    slots.give();
    await third;
    expect(entered).toEqual(['second', 'third']);
    await expect(slots.take(undefined)).rejects.toBeInstanceOf(PoolExhaustedError);
    const free = slots.whenFree();
    slots.give();
    await free;
  });
});

describe.skipIf(crateUrl === undefined)('HTTP (CrateDB)', () => {
  const SCHEMA = 't_dialect_http';
  let crate: CrateTest;

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, SCHEMA, {}, 'http');
  });
  afterAll(async () => {
    await crate.close();
  });

  it('names in raw SQL belong to the schema of each instance', async () => {
    const other = new Kysely<TestDB>({
      dialect: new CrateDialect({ url: crate.url, schema: 't_dialect_http_none' }),
    });
    const count = () => sql`select count(*) as n from runs`;
    expect((await count().execute(crate.db)).rows).toEqual([{ n: '0' }]);
    await expect(count().execute(other)).rejects.toBeInstanceOf(RelationUnknownError);
    expect((await count().execute(crate.db)).rows).toEqual([{ n: '0' }]);
    await other.destroy();
  });

  it('by the global fetch as well', async () => {
    const db = new Kysely<TestDB>({
      dialect: new CrateDialect({ url: crate.url, schema: SCHEMA, fetch }),
    });
    const numbers = db
      .selectFrom(sql<{ i: number }>`generate_series(1, 50000)`.as(sql<{ i: number }>`s(i)`))
      .select(sql<number>`i`.as('i'));
    let last = 0;
    for await (const { i } of numbers.stream(1000)) {
      if (i !== last + 1) throw new Error(`row ${String(i)}`);
      last = i;
    }
    expect(last).toBe(50_000);
    for await (const { i } of numbers.stream(10)) if (i === 15) break;
    expect((await sql`select 'ü' as x`.execute(db)).rows).toEqual([{ x: 'ü' }]);
    await expect(sql`select * from nope`.execute(db)).rejects.toBeInstanceOf(RelationUnknownError);
    await db.destroy();
  });

  function openTransport(options: Partial<CrateUrlConfig> = {}, url = crate.url): HttpTransport {
    const parsed = parseCrateUrl(url);
    return new HttpTransport(parsed, new Hosts(parsed.hosts), {
      bigint: 'string',
      acquireTimeoutMs: 1000,
      config: options,
      schema: SCHEMA,
    });
  }

  it('executeMany: each row is answered for itself', async () => {
    const transport = openTransport();
    const session = await transport.acquire();
    const insert = 'insert into typed (id, n, value) values ($1, $2, $3)';
    const create = sql`create table ${sql.table('typed')} (id bigint primary key, n bigint not null,
      value double precision check (value > -1000)) clustered into 1 shards`;
    await create.execute(crate.db);
    const rows = [
      [1n, 1, 0.5],
      [1n, 1, 0.5],
      [2n, null, 1],
      [2n ** 60n, 2n ** 60n, Number.NaN],
      [3n, 1, -5000],
    ];
    const outcomes = await session.executeMany(insert, rows);
    expect(outcomes).toEqual([
      1,
      expect.any(DuplicateKeyError),
      expect.any(NotNullError),
      1,
      expect.any(CheckError),
    ]);
    const skipped = await session.executeMany(`${insert} on conflict do nothing`, rows.slice(0, 1));
    expect(skipped).toEqual([0]);
    const cast = session.executeMany(insert, [['x', 1, 1]]).catch((error: unknown) => {
      throw transport.toError(error, insert, ['x']);
    });
    expect(await failure(cast)).toMatchObject({ name: 'CastError', sql: insert });
    session.release();
    await transport.end();
  });

  it('what was not sent to be cancelled can not be, and goes on', async () => {
    const transport = openTransport();
    const session = await transport.acquire();
    await session.cancel();
    const reading = session.execute({ sql: 'select sleep(1) as x', values: [] }).catch(() => undefined);
    await expect(session.cancel()).rejects.toBeInstanceOf(NotSupportedError);
    await reading;
    session.release();
    await transport.end();
  });

  it('a user who may not see sys.jobs: a timeout is one all the same, a cancel says what is missing', async () => {
    const { db } = crate;
    await sql`drop user if exists t_dialect_http`.execute(db);
    await sql`create user t_dialect_http with (password = 'p:ä€')`.execute(db);
    const url = crate.url.replace(/\/\/[^@]*@/, `//t_dialect_http:${encodeURIComponent('p:ä€')}@`);
    const transport = openTransport({}, url);
    const limited = openTransport({ statementTimeoutMs: 50 }, url);
    try {
      const session = await transport.acquire();
      const running = session.execute({ sql: SLOW, values: [], cancellable: true });
      await expect(session.cancel()).rejects.toBeInstanceOf(PermissionDeniedError);
      await sql`grant dql on table sys.jobs to t_dialect_http`.execute(db);
      const outcome = expect(running).rejects.toThrow('500');
      await session.cancel();
      await outcome;
      session.release();

      await sql`revoke dql on table sys.jobs from t_dialect_http`.execute(db);
      const other = await limited.acquire();
      const late = other.execute({ sql: SLOW, values: [] }).catch((error: unknown) => {
        throw limited.toError(error, SLOW);
      });
      expect(await failure(late)).toBeInstanceOf(StatementTimeoutError);
      other.release();
    } finally {
      const jobs = await sql<{ id: string }>`select id from sys.jobs where username = 't_dialect_http'`.execute(db);
      for (const { id } of jobs.rows) await sql`kill ${sql.lit(id)}`.execute(db);
      await transport.end();
      await limited.end();
      await sql`drop user t_dialect_http`.execute(db);
    }
  });

  it('the connection of an ended instance is refused', async () => {
    const transport = openTransport();
    await transport.end();
    await expect(transport.acquire()).rejects.toThrow('The connection pool is closed.');
  });
});
