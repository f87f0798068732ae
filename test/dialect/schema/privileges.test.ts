import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import {
  alterUser,
  clusteredInto,
  createRole,
  createUser,
  deny,
  dropRole,
  dropUser,
  grant,
  grantRole,
  resetUserSettings,
  revoke,
  revokeRole,
  tableOptions,
} from '../../../dialect/schema/index.js';
import { compilingDb } from '../database.js';
import { expectSql } from '../expect-sql.js';
import { openSchema, type SchemaTest } from './open-schema.js';

const crateUrl = inject('crateUrl');
const db = compilingDb('s');
const SECRET = "s3cr'et-of-the-test";

describe('users and roles', () => {
  it('what may be secret is a parameter', () => {
    expectSql(createUser('anna').compile(db), 'create user "anna"', []);
    expectSql(
      createUser('a"b', {
        password: SECRET,
        jwt: { iss: 'https://issuer', username: 'a@b' },
        settings: { search_path: 'app', 'memory.operation_limit': 1000 },
      }).compile(db),
      'create user "a""b" with ("password" = $1, "search_path" = $2, "memory.operation_limit" = $3, "jwt" = {"iss" = $4, "username" = $5})',
      [SECRET, 'app', 1000, 'https://issuer', 'a@b'],
    );
    expectSql(
      alterUser('anna', { password: null, jwt: null }).compile(db),
      'alter user "anna" set ("password" = $1, "jwt" = null)',
      [null],
    );
    expect(() => alterUser('anna', {})).toThrow('alterUser: no changes');
  });

  it('settings are reset, users and roles are made and dropped', () => {
    expectSql(resetUserSettings('anna').compile(db), 'alter user "anna" reset all', []);
    expectSql(
      resetUserSettings('anna', 'search_path').compile(db),
      'alter user "anna" reset "search_path"',
      [],
    );
    expectSql(dropUser('anna').compile(db), 'drop user "anna"', []);
    expectSql(dropUser('anna', { ifExists: true }).compile(db), 'drop user if exists "anna"', []);
    expectSql(createRole('readers').compile(db), 'create role "readers"', []);
    expectSql(dropRole('r', { ifExists: true }).compile(db), 'drop role if exists "r"', []);
  });
});

describe('privileges', () => {
  it('on the cluster, schemas, tables and views', () => {
    expectSql(
      grant('ALL', { to: 'admin' }).compile(db),
      'grant all privileges to "admin"',
      [],
    );
    expectSql(
      grant('DQL', { schema: ['a', 'b'], to: 'reader' }).compile(db),
      'grant DQL on schema "a", "b" to "reader"',
      [],
    );
    expectSql(
      grant(['DQL', 'DML'], { table: ['runs', 'x.y'], to: ['anna', 'writers'] }).compile(db),
      'grant DQL, DML on table "s"."runs", "x"."y" to "anna", "writers"',
      [],
    );
    expectSql(
      deny('DDL', { view: 'v', to: 'anna' }).compile(db),
      'deny DDL on view "s"."v" to "anna"',
      [],
    );
    expectSql(
      revoke('AL', { from: ['anna'] }).compile(db),
      'revoke AL from "anna"',
      [],
    );
    expectSql(
      grantRole(['r', 'q'], { to: 'anna' }).compile(db),
      'grant "r", "q" to "anna"',
      [],
    );
    expectSql(revokeRole('r', { from: 'anna' }).compile(db), 'revoke "r" from "anna"', []);
  });

  it('refuses what is none', () => {
    // @ts-expect-error not a privilege
    expect(() => grant('SELECT', { to: 'a' })).toThrow(
      'grant: privilege must be one of DQL, DML, DDL, AL',
    );
    expect(() => grant([], { to: 'a' })).toThrow('grant: no privileges');
    expect(() => deny('DQL', { to: [] })).toThrow('deny: an empty list of names');
    expect(() => revokeRole([], { from: 'a' })).toThrow('revokeRole: an empty list of names');
    // @ts-expect-error one kind at a time
    grant('DQL', { table: 't', schema: 's', to: 'a' });
    // @ts-expect-error granted to nobody
    expect(() => grant('DQL', { table: 't' })).toThrow();
  });
});

describe.skipIf(crateUrl === undefined)('users, roles and privileges (CrateDB)', () => {
  let crate: SchemaTest;
  const user = 'test_schema_user';
  const role = 'test_schema_role';

  const dropBoth = async () => {
    await dropUser(user, { ifExists: true }).execute(crate.db);
    await dropRole(role, { ifExists: true }).execute(crate.db);
  };
  const privileges = async () =>
    (
      await crate.db
        .selectFrom('sys.privileges')
        .select(['state', 'type', 'class', 'ident'])
        .where('grantee', 'in', [user, role])
        .orderBy('class')
        .orderBy('type')
        .execute()
    ).map(({ state, type, class: scope, ident }) => [state, type, scope, ident]);
  const described = async () =>
    (
      await crate.db
        .selectFrom('sys.users')
        .select(['password', 'jwt', 'session_settings', 'granted_roles'])
        .where('name', '=', user)
        .execute()
    )[0];

  beforeAll(async () => {
    crate = await openSchema(crateUrl ?? '', 'test_schema_users');
    await dropBoth();
    await crate.db.schema
      .createTable('t')
      .addColumn('id', 'integer')
      .$call(clusteredInto(1))
      .$call(tableOptions({ number_of_replicas: 0 }))
      .execute();
    await crate.db.schema
      .createView('v')
      .orReplace()
      .as(crate.db.selectFrom('t').select('id'))
      .execute();
  });
  afterAll(async () => {
    await dropBoth();
    await crate.close();
  });

  it('a user with a password, which is written down nowhere', async () => {
    crate.sent.length = 0;
    await createUser(user, {
      password: SECRET,
      jwt: { iss: 'https://issuer.example', username: user, aud: 'x' },
      settings: { search_path: 'a,b' },
    }).execute(crate.db);
    expect(await described()).toMatchObject({
      password: '********',
      jwt: { iss: 'https://issuer.example', username: user, aud: 'x' },
      session_settings: { search_path: expect.stringContaining('a') },
    });
    const again = createUser(user, { password: SECRET }).execute(crate.db);
    const error: unknown = await again.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain(
      SECRET,
    );

    await alterUser(user, { password: `${SECRET}2`, jwt: null }).execute(crate.db);
    expect(await described()).toMatchObject({ password: '********', jwt: null });
    await alterUser(user, { password: null, settings: { search_path: 'c' } }).execute(crate.db);
    expect(await described()).toMatchObject({ password: null });
    await resetUserSettings(user, 'search_path').execute(crate.db);
    await resetUserSettings(user).execute(crate.db);
    expect(await described()).toMatchObject({ session_settings: {} });

    const ddl = crate.sent.filter(({ sql: text }) => /user/i.test(text) && !/select/i.test(text));
    expect(ddl).toHaveLength(6);
    expect(ddl.every(({ kind, sql: text }) => kind === 'ddl' && !text.includes('s3cr'))).toBe(true);
    const { rows } = await sql<{
      stmt: string;
    }>`select stmt from sys.jobs_log where stmt like '%test_schema_user%'`.execute(crate.db);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ stmt }) => stmt.includes('s3cr'))).toEqual([]);
  });

  it('privileges and roles are given and taken', async () => {
    const { db: own, schema } = crate;
    await createRole(role).execute(own);
    await grant(['DQL', 'DML'], { table: 't', to: [user, role] }).execute(own);
    await revoke('DML', { table: 't', from: [user, role] }).execute(own);
    await revoke('DQL', { table: 't', from: role }).execute(own);
    await deny('DDL', { schema, to: user }).execute(own);
    await grant('DQL', { view: 'v', to: user }).execute(own);
    expect(await privileges()).toEqual([
      ['DENY', 'DDL', 'SCHEMA', schema],
      ['GRANT', 'DQL', 'TABLE', `${schema}.t`],
      ['GRANT', 'DQL', 'VIEW', `${schema}.v`],
    ]);
    await grant('ALL', { to: role }).execute(own);
    expect((await privileges()).filter(([, , scope]) => scope === 'CLUSTER')).toHaveLength(4);
    await revoke('ALL', { from: role }).execute(own);
    expect((await privileges()).filter(([, , scope]) => scope === 'CLUSTER')).toEqual([]);

    await grantRole(role, { to: user }).execute(own);
    expect(await described()).toMatchObject({ granted_roles: [{ role }] });
    await revokeRole(role, { from: user }).execute(own);
    expect(await described()).toMatchObject({ granted_roles: [] });
    await dropUser(user).execute(own);
    await dropRole(role).execute(own);
    expect(await privileges()).toEqual([]);
  });
});
