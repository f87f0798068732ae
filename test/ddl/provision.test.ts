import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import pg from 'pg';
import { describe, expect, inject, it } from 'vitest';

import {
  provision,
  SCHEMA_VERSION,
  SchemaPrivilegeError,
  tableNames,
  type DB,
} from '../../ddl/index.js';
import { openCrate, openPGlite, tablesOf, withBackend, type Backend } from './backends.js';
import { counting } from './runners.js';

const crateUrl = inject('crateUrl');
const allTables = [...tableNames].sort();

async function recordedVersions({ query, schema }: Backend): Promise<unknown[]> {
  const { rows } = await query(
    `SELECT component, version FROM "${schema}".schema_version WHERE component = 'tables'`,
  );
  return rows;
}

function suite(open: () => Promise<Backend>): void {
  it('makes all tables and records the version', () =>
    withBackend(open, async (backend) => {
      await provision(backend, backend);
      expect(await tablesOf(backend)).toEqual(allTables);
      expect(await recordedVersions(backend)).toEqual([
        { component: 'tables', version: SCHEMA_VERSION },
      ]);
    }));

  it('leaves rows alone, and costs two reads, when called again', () =>
    withBackend(open, async (backend) => {
      await provision(backend, backend);
      await backend.query(`INSERT INTO "${backend.schema}".workspaces (name) VALUES ('kept')`);
      const runner = counting(backend);
      await provision(runner, backend);
      expect(runner.sent).toHaveLength(2);
      const { rows } = await backend.query(
        `SELECT name FROM "${backend.schema}".workspaces WHERE name = 'kept'`,
      );
      expect(rows).toEqual([{ name: 'kept' }]);
    }));

  it('completes what was left half made', () =>
    withBackend(open, async (backend) => {
      const options = { ...backend, leaseMs: 100 };
      await expect(provision(counting(backend, 20), options)).rejects.toThrow('killed');
      expect((await tablesOf(backend)).length).toBeLessThan(allTables.length);
      await provision(backend, options);
      expect(await tablesOf(backend)).toEqual(allTables);
      await backend.query(`DROP TABLE "${backend.schema}".tags`);
      await provision(backend, backend);
      expect(await tablesOf(backend)).toEqual(allTables);
    }));

  it('may be called by ten at once, each of whom can read and write right after', () =>
    withBackend(open, async (backend) => {
      const { schema, query } = backend;
      await Promise.all(
        Array.from({ length: 10 }, async (_, i) => {
          await provision(backend, backend);
          await query(`INSERT INTO "${schema}".sequences (name, value) VALUES ('s${i}', ${i})`);
          for (const name of tableNames) await query(`SELECT * FROM "${schema}"."${name}" LIMIT 1`);
        }),
      );
      expect(await tablesOf(backend)).toEqual(allTables);
      expect(await recordedVersions(backend)).toHaveLength(1);
    }));
}

describe('provision (PGlite)', () => {
  suite(openPGlite);

  it('takes a Kysely', async () => {
    const db = new Kysely<DB>({ dialect: new PGliteDialect({ pglite: await PGlite.create() }) });
    await provision(db, { engine: 'postgres', schema: 'other' });
    const inserted = db
      .withSchema('other')
      .insertInto('registered_models')
      .values({ name: 'm', creation_time: 1n })
      .returning(['workspace', 'key'])
      .executeTakeFirstOrThrow();
    expect(await inserted).toEqual({
      workspace: 'default',
      key: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await db.destroy();
  });
});

describe.skipIf(crateUrl === undefined)('provision (CrateDB)', () => {
  suite(() => openCrate(crateUrl!));

  it('makes the tables with the shards and replicas asked for', () =>
    withBackend(() => openCrate(crateUrl!), async (backend) => {
      await provision(backend, { ...backend, shards: 2, replicas: 0 });
      const { rows } = await backend.query(
        `SELECT DISTINCT number_of_shards, number_of_replicas FROM information_schema.tables
         WHERE table_schema = $1`,
        [backend.schema],
      );
      expect(rows).toEqual([{ number_of_shards: 2, number_of_replicas: '0' }]);
    }));

  it('names the privilege that the user lacks', () =>
    withBackend(() => openCrate(crateUrl!), async (backend) => {
      const user = `${backend.schema}_user`;
      const { hostname: host, port } = new URL(crateUrl!);
      await backend.query(`CREATE USER "${user}" WITH (password = 'secret')`);
      try {
        for (const grant of [undefined, `GRANT DQL ON SCHEMA "${backend.schema}" TO "${user}"`]) {
          if (grant !== undefined) await backend.query(grant);
          const client = new pg.Client({ host, port: Number(port), user, password: 'secret' });
          await client.connect();
          const provisioned = provision({ execute: (text) => client.query(text) }, backend);
          const error: unknown = await provisioned.catch((reason: unknown) => reason);
          await client.end();
          expect(error).toBeInstanceOf(SchemaPrivilegeError);
          expect(error).toMatchObject({ privilege: 'DDL', schema: backend.schema });
          expect((error as Error).message).not.toContain('\n');
        }
      } finally {
        await backend.query(`DROP USER "${user}"`);
      }
    }));
});
