import { inspect } from 'node:util';

import { PGlite } from '@electric-sql/pglite';
import { Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import {
  CastError,
  CheckError,
  ColumnUnknownError,
  CrateConnectionError,
  CrateDialect,
  CrateError,
  CrateSyntaxError,
  DuplicateKeyError,
  fromPgError,
  NotNullError,
  NotSupportedError,
  PermissionDeniedError,
  ReadOnlyError,
  RelationExistsError,
  RelationUnknownError,
  SchemaUnknownError,
  ValueTooLongError,
} from '../../dialect/index.js';
import { type CrateTest, openCrate, type TestDB } from './database.js';
import { transports } from './transport-url.js';

const crateUrl = inject('crateUrl');
const SECRET = 'S3cr3t`"\'value';

async function failure(promise: Promise<unknown>): Promise<CrateError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CrateError);
  return error as CrateError;
}

/** Everything that a log could print of it. */
function printed(error: Error): string {
  return [
    inspect(error, { depth: 9, showHidden: true }),
    String(error),
    JSON.stringify(error),
  ].join('\n');
}

describe.skipIf(crateUrl === undefined).each(transports)('errors (CrateDB, %s)', (transport) => {
  let crate: CrateTest;
  let db: Kysely<TestDB>;

  beforeAll(async () => {
    crate = await openCrate(crateUrl!, `t_dialect_errors_${transport}`, {}, transport);
    ({ db } = crate);
    await sql`create table ${sql.table('typed')} (id bigint primary key, n bigint not null, o object(dynamic), t text, c varchar(5), d double precision constraint positive check (d > 0))`.execute(
      db,
    );
    await sql`insert into ${sql.table('typed')} (id, n) values (1, 1)`.execute(db);
  });
  afterAll(async () => {
    await crate.close();
  });

  const typed = () => sql.table('typed');

  it.each<[string, () => Promise<unknown>, new (...args: never[]) => CrateError, string]>([
    [
      'duplicate key',
      () => sql`insert into ${typed()} (id, n, t) values (1, 1, ${SECRET})`.execute(db),
      DuplicateKeyError,
      '23505',
    ],
    [
      'not null',
      () => sql`insert into ${typed()} (id, n, t) values (2, ${null}, ${SECRET})`.execute(db),
      NotNullError,
      '23502',
    ],
    [
      'null in the key',
      () => sql`insert into ${typed()} (id, n, t) values (${null}, 1, ${SECRET})`.execute(db),
      NotNullError,
      '23502',
    ],
    [
      'check',
      () => sql`insert into ${typed()} (id, n, t, d) values (3, 1, ${SECRET}, -1)`.execute(db),
      CheckError,
      '23514',
    ],
    [
      'relation unknown',
      () => sql`select * from ${sql.table('nope')}`.execute(db),
      RelationUnknownError,
      '42P01',
    ],
    [
      'schema unknown',
      () => sql`select * from nosuch.nope`.execute(db),
      SchemaUnknownError,
      '3F000',
    ],
    [
      'relation exists',
      () => sql`create table ${typed()} (id text)`.execute(db),
      RelationExistsError,
      '42P07',
    ],
    [
      'column unknown',
      () => sql`select nope from ${typed()}`.execute(db),
      ColumnUnknownError,
      '42703',
    ],
    ['syntax', () => sql`selec 1`.execute(db), CrateSyntaxError, '42601'],
    [
      'cast of a parameter',
      () => sql`insert into ${typed()} (id, n) values (4, ${SECRET})`.execute(db),
      CastError,
      '22P02',
    ],
    [
      'cast in an expression',
      () => sql`select cast(${SECRET} as bigint)`.execute(db),
      CastError,
      '22P02',
    ],
    [
      'cast of a literal',
      () => sql`select cast(${sql.lit(SECRET)} as bigint)`.execute(db),
      CastError,
      '22P02',
    ],
    [
      'an object where none is',
      () => sql`insert into ${typed()} (id, n, o) values (5, 1, ${SECRET})`.execute(db),
      CastError,
      '22P02',
    ],
    [
      'text too long for the index',
      () =>
        sql`insert into ${typed()} (id, n, t) values (6, 1, ${SECRET.repeat(4000)})`.execute(db),
      ValueTooLongError,
      '22001',
    ],
    [
      'text too long for its type',
      () => sql`insert into ${typed()} (id, n, c) values (7, 1, ${SECRET})`.execute(db),
      ValueTooLongError,
      '22001',
    ],
    [
      'read only',
      () => sql`delete from sys.nodes where name = ${SECRET}`.execute(db),
      ReadOnlyError,
      '25006',
    ],
    [
      'unknown function',
      () => sql`select nofun(${sql.lit(SECRET)})`.execute(db),
      NotSupportedError,
      '0A000',
    ],
    ['division by zero', () => sql`select 1 / 0, ${SECRET}`.execute(db), CrateError, 'XX000'],
  ])('%s', async (_name, run, type, sqlstate) => {
    const error = await failure(run());
    expect(error).toBeInstanceOf(type);
    expect(error.name).toBe(type.name);
    expect(error.sqlstate).toBe(sqlstate);
    expect(error.sql).toMatch(/^(insert|select|selec|create|delete) /);
    expect(error.message).not.toBe('');
    expect(printed(error)).not.toContain(SECRET);
    expect(printed(error)).not.toContain('S3cr3t');
  });

  it('names the column and the constraint', async () => {
    const nothing = await failure(sql`insert into ${typed()} (id, n) values (8, null)`.execute(db));
    expect(nothing).toMatchObject({ column: 'n' });
    const check = await failure(
      sql`insert into ${typed()} (id, n, d) values (9, 1, -1)`.execute(db),
    );
    expect(check).toMatchObject({ constraint: 'positive' });
  });

  it('a missing privilege', async () => {
    const name = `t_dialect_errors_${transport}`;
    const user = sql.id(name);
    await sql`drop user if exists ${user}`.execute(db);
    await sql`create user ${user} with (password = 'pw')`.execute(db);
    try {
      await sql`grant dql on table ${typed()} to ${user}`.execute(db);
      const other = new Kysely<TestDB>({
        dialect: new CrateDialect({
          url: crate.url.replace(/\/\/([^@]*@)?/, `//${name}:pw@`),
          schema: crate.schema,
        }),
      });
      try {
        const error = await failure(
          sql`insert into ${typed()} (id, n, t) values (10, 1, ${SECRET})`.execute(other),
        );
        expect(error).toBeInstanceOf(PermissionDeniedError);
        expect(printed(error)).not.toContain('S3cr3t');
      } finally {
        await other.destroy();
      }
    } finally {
      await sql`drop user ${user}`.execute(db);
    }
  });

  it('a wrong password, without telling it', async () => {
    const other = new Kysely<TestDB>({
      dialect: new CrateDialect({ url: crate.url.replace(/\/\/([^@]*@)?/, '//nobody:hunter2@') }),
    });
    const error = await failure(other.selectFrom('runs').selectAll().execute());
    expect(error).toBeInstanceOf(CrateConnectionError);
    expect(error.sqlstate).toBe('28000');
    expect(printed(error)).not.toContain('hunter2');
    await other.destroy();
  });
});

describe('connection errors', () => {
  it('nobody there', async () => {
    const db = new Kysely<TestDB>({
      dialect: new CrateDialect({ url: 'crate://u:hunter2@localhost:1' }),
    });
    const error = await failure(db.selectFrom('runs').selectAll().execute());
    expect(error).toBeInstanceOf(CrateConnectionError);
    expect(error.message).toContain('ECONNREFUSED');
    expect(printed(error)).not.toContain('hunter2');
    await db.destroy();
  });

  it('what the driver says in words', () => {
    for (const message of [
      'Connection terminated unexpectedly',
      'timeout exceeded when trying to connect',
      'Query read timeout',
      'Client has encountered a connection error and is not queryable',
    ]) {
      const error = fromPgError(new Error(message), 'select 1');
      expect(error).toBeInstanceOf(CrateConnectionError);
      expect(error).toMatchObject({ sqlstate: '08006', sql: 'select 1' });
    }
    expect(fromPgError(new Error('Connection terminated unexpectedly'))).toMatchObject({
      outcomeUnknown: true,
    });
    expect(fromPgError(new Error('timeout exceeded when trying to connect'))).toMatchObject({
      outcomeUnknown: false,
    });
  });

  it('leaves other errors and its own as they are', () => {
    const bug = new TypeError('x is not a function');
    expect(fromPgError(bug)).toBe(bug);
    const own = new NotNullError('x');
    expect(fromPgError(own)).toBe(own);
  });
});

describe("PGlite's errors are the same classes", () => {
  let pglite: PGlite;

  beforeAll(async () => {
    pglite = await PGlite.create();
    await pglite.exec(
      'create table t (id bigint primary key, n bigint not null, c varchar(3), d double precision constraint positive check (d > 0)); insert into t values (1, 1)',
    );
  });
  afterAll(async () => {
    await pglite.close();
  });

  it.each<[string, string, unknown[], new (...args: never[]) => CrateError]>([
    ['duplicate key', 'insert into t (id, n) values ($1, 1)', [1], DuplicateKeyError],
    ['not null', 'insert into t (id, n) values (2, $1)', [null], NotNullError],
    ['check', 'insert into t (id, n, d) values (3, 1, $1)', [-98765], CheckError],
    ['relation unknown', 'select * from nope', [], RelationUnknownError],
    ['relation exists', 'create table t (a text)', [], RelationExistsError],
    ['column unknown', 'select nope from t', [], ColumnUnknownError],
    ['syntax', 'selec 1', [], CrateSyntaxError],
    ['cast', 'select cast($1::text as bigint)', [SECRET], CastError],
    ['too long', 'insert into t (id, n, c) values (4, 1, $1)', [SECRET], ValueTooLongError],
  ])('%s', async (_name, text, values, type) => {
    const error = await failure(
      pglite.query(text, values).catch((reason: unknown) => {
        throw fromPgError(reason, text, values);
      }),
    );
    expect(error).toBeInstanceOf(type);
    expect(error.sql).toBe(text);
    expect(printed(error)).not.toContain('S3cr3t');
    expect(printed(error)).not.toContain('98765');
  });
});
