import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { sqlparse } from '@cratedb/cratedb-sqlparse';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';

import { renderCrate, SCHEMA_VERSION, tableNames } from '../../ddl/index.js';
import { run } from '../../src/cli/program.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { uniqueName, withSchema } from '../helpers/stores.js';

const crateUrl = inject('crateUrl');

/** Runs a `ddl` command in this process. */
async function ddl(...args: string[]) {
  let output = '';
  let errors = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += text.toString();
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += text.toString();
    return true;
  });
  try {
    const exitCode = await run(['ddl', ...args]);
    return { exitCode, output, errors };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

/** What the user types when asked. */
function answering(text: string): void {
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([text]) as never);
}

beforeEach(() => {
  vi.stubEnv('MLFLOW_BACKEND_STORE_URI', '');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('ddl print', () => {
  it("prints the tables' SQL, which CrateDB's grammar takes", async () => {
    const { exitCode, output } = await ddl('print', '--schema', 's', '--shards', '2', '--replicas', '1');
    expect(exitCode).toBe(0);
    const expected = renderCrate({ schema: 's', shards: 2, replicas: 1 });
    expect(output).toBe(expected.map((statement) => `${statement};\n`).join(''));
    const parsed = sqlparse(output);
    expect(parsed).toHaveLength(tableNames.length);
    expect(parsed.filter((statement) => (statement.exception as unknown) instanceof Error)).toEqual([]);
  });

  it('prints for PostgreSQL, and for programs', async () => {
    const { exitCode, output } = await ddl('print', '--engine', 'postgres', '--json');
    expect(exitCode).toBe(0);
    const { engine, statements } = JSON.parse(output) as { engine: string; statements: string[] };
    expect(engine).toBe('postgres');
    expect(statements[0]).toBe('CREATE SCHEMA IF NOT EXISTS "mlflow"');
  });
});

describe('bad input of ddl', () => {
  it.each([
    [['apply', '--shards', '0'], "--shards must be a number from 1 to 1000. Got '0'."],
    [
      ['apply', '--replicas', 'x'],
      "--replicas must be a number or a range, such as 1, 0-1 or 0-all. Got 'x'.",
    ],
    [
      ['adopt', '--chunk-rows', '0'],
      "--chunk-rows must be a number from 1 to 1000000. Got '0'.",
    ],
    [
      ['adopt', '--backend-store-uri', 'pglite:memory'],
      'The tables of the schema "mlflow" are not adopted: only CrateDB has tables of the Python program',
    ],
    [['print', '--engine', 'mysql'], "--engine must be cratedb or postgres. Got 'mysql'."],
    [['print', '--schema', ''], '--schema must not be empty.'],
    [['status', '--bogus'], "unknown option '--bogus'"],
    [['stat'], "unknown command 'stat' (Did you mean status?)"],
    [
      ['status', '--backend-store-uri', 'mysql://u:secret@h/x'],
      "The backend store URI 'mysql:…' is not supported. Expected 'crate://user@host:5432/?schema=mlflow'," +
        " 'pglite:<folder>', or none for the embedded default.",
    ],
    [
      ['status', '--backend-store-uri', 'mlflow.db'],
      "The backend store URI 'mlflow.db' is not supported. Expected 'crate://user@host:5432/?schema=mlflow'," +
        " 'pglite:<folder>', or none for the embedded default.",
    ],
    [
      ['diff', '--backend-store-uri', 'crate://u:secret@127.0.0.1:1/'],
      'Cannot use crate://u:***@127.0.0.1:1/: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      ['status', '--backend-store-uri', 'pglite:memory', '--schema', 'x'],
      '--schema is for CrateDB: the embedded database has its tables in mlflow.',
    ],
    [
      ['migrate', '--backend-store-uri', 'pglite:memory'],
      'The schema "mlflow" records no version: provision it first (ddl apply)',
    ],
  ])('%j: one clear line and exit code 1', async (args, line) => {
    const { exitCode, output, errors } = await ddl(...args);
    expect(errors).toBe(`mlflow-cratedb: ${line}\n`);
    expect(output).toBe('');
    expect(exitCode).toBe(1);
  });
});

describe('ddl on the embedded default', () => {
  let data = '';
  let uri: string[] = [];
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'mlflow-ddl-'));
    uri = ['--backend-store-uri', `pglite:${join(data, 'mine')}`];
  });
  afterAll(() => rm(data, { recursive: true, force: true }));

  it('looks without making anything, makes, compares and drops', async () => {
    expect(await ddl('status', ...uri)).toMatchObject({ exitCode: 2, errors: '' });
    expect(await ddl('diff', ...uri)).toMatchObject({ exitCode: 2 });
    const planned = await ddl('apply', '--dry-run', ...uri);
    expect(planned.exitCode).toBe(2);
    expect(planned.output).toContain('CREATE TABLE IF NOT EXISTS "mlflow"."runs" (');
    expect(await readdir(data)).toEqual([]);

    const applied = await ddl('apply', ...uri);
    expect(applied).toMatchObject({ exitCode: 0, errors: '' });
    expect(applied.output).toMatch(
      new RegExp(
        `\nrecorded version ${SCHEMA_VERSION}\n` +
          `mlflow: in step at version ${SCHEMA_VERSION}, \\d+ statements\n$`,
      ),
    );
    expect(await ddl('apply', ...uri)).toEqual({
      exitCode: 0,
      output: `mlflow: in step at version ${SCHEMA_VERSION}, nothing to do\n`,
      errors: '',
    });
    expect(await ddl('diff', ...uri)).toMatchObject({ exitCode: 0, output: 'mlflow is in step\n' });
    expect(await ddl('status', ...uri)).toMatchObject({ exitCode: 0 });
    expect(await ddl('migrate', ...uri)).toMatchObject({
      exitCode: 0,
      output: `mlflow: at version ${SCHEMA_VERSION}, nothing to do\n`,
    });
    expect(await ddl('drop', '--yes', ...uri)).toMatchObject({
      exitCode: 0,
      output: `mlflow: dropped ${tableNames.length} of ${tableNames.length} tables\n`,
    });
    expect(await ddl('status', ...uri)).toMatchObject({ exitCode: 2 });
    expect(await ddl('drop', ...uri)).toEqual({
      exitCode: 0,
      output: 'mlflow: nothing to drop\n',
      errors: '',
    });
  });

  it('has nothing to drop where there is no database, and makes none', async () => {
    const none = ['--backend-store-uri', `pglite:${join(data, 'none')}`];
    expect(await ddl('drop', ...none)).toMatchObject({ exitCode: 0, errors: '' });
    expect(await readdir(data)).not.toContain('none');
  });
});

describe.skipIf(crateUrl === undefined)('ddl on CrateDB', () => {
  const schema = uniqueName('ddl_cli').replaceAll('-', '_');
  const uri = crateUrl === undefined ? '' : withSchema(crateUrl, schema);
  const place = ['--backend-store-uri', uri];
  const layout = ['--shards', '1', '--replicas', '0'];
  let admin: pg.Client;

  beforeAll(async () => {
    const { hostname: host, port } = new URL(crateUrl!);
    admin = new pg.Client({ host, port: Number(port || 5432), user: 'crate' });
    await admin.connect();
  });
  afterAll(async () => {
    await dropSchema(uri);
    await admin.end();
  });
  const alter = (text: string) => admin.query(text.replaceAll('@', `"${schema}".`));

  it('goes from nothing to in step, and tells drift on the way', async () => {
    vi.stubEnv('MLFLOW_BACKEND_STORE_URI', uri);
    expect((await ddl('status', '--json')).output).toContain('"state": "absent"');
    const planned = await ddl('apply', '--dry-run', '--json', ...layout);
    expect(planned.exitCode).toBe(2);
    const applied = await ddl('apply', '--json', ...layout);
    expect(applied).toMatchObject({ exitCode: 0, errors: '' });
    const result = JSON.parse(applied.output) as Record<string, unknown>;
    expect(result).toMatchObject({ schema, to: SCHEMA_VERSION, remaining: [] });
    expect(result['statements']).toEqual(
      (JSON.parse(planned.output) as Record<string, unknown>)['statements'],
    );
    expect(await ddl('apply', '--dry-run')).toEqual({ exitCode: 0, output: '', errors: '' });
    expect(await ddl('diff', ...layout)).toMatchObject({
      exitCode: 0,
      output: `${schema} is in step\n`,
    });

    await alter('ALTER TABLE @jobs DROP COLUMN status_details');
    await alter('DROP TABLE @params');
    const drifted = await ddl('diff', ...layout);
    expect(drifted).toEqual({
      exitCode: 2,
      output:
        'drift   table params is missing\n' +
        'drift   column jobs.status_details is missing\n' +
        `${schema}: 2 differences; \`ddl apply\` mends all of it\n`,
      errors: '',
    });
    expect((await ddl('diff', '--dry-run', ...layout)).output).toContain(
      `ALTER TABLE "${schema}"."jobs" ADD COLUMN "status_details" OBJECT(IGNORED);\n`,
    );
    const half = await ddl('status');
    expect(half.exitCode).toBe(2);
    expect(half.output).toContain('half provisioned, which `ddl apply` completes, or another program');
    expect(half.output).toContain('missing   params\n');
    // The version was recorded before, so that is no news.
    expect(await ddl('apply', ...layout)).toEqual({
      exitCode: 0,
      output:
        'create table params\n' +
        `${schema}: in step at version ${SCHEMA_VERSION}, 4 statements\n`,
      errors: '',
    });
    expect(await ddl('apply', ...layout)).toEqual({
      exitCode: 0,
      output: `${schema}: in step at version ${SCHEMA_VERSION}, nothing to do\n`,
      errors: '',
    });
    expect(await ddl('diff', ...layout)).toMatchObject({ exitCode: 0 });
  });

  it('a column of the wrong type: what and where, exit code 2', async () => {
    await alter('DROP TABLE @assessments');
    await alter('DROP TABLE @entity_associations');
    await alter('CREATE TABLE @entity_associations (source_type BIGINT PRIMARY KEY) CLUSTERED INTO 1 SHARDS');
    const { exitCode, output } = await ddl('apply', ...place, ...layout);
    expect(exitCode).toBe(2);
    expect(output).toContain(
      'error   column entity_associations.source_type is BIGINT, expected VARCHAR(36)\n' +
        '        by hand: copy the rows into a new table with the right column and swap the two\n',
    );
    expect(output).toContain('create table assessments\n');
    expect(output).toMatch(/: \d+ differences left, to be mended by hand, \d+ statements\n$/);
    await alter('DROP TABLE @assessments');
    const { output: compared } = await ddl('diff', ...place, ...layout);
    expect(compared).toContain('drift   table assessments is missing\n');
    expect(compared).toMatch(/ differences; `ddl apply` mends [1-9]\d*, [1-9]\d* by hand\n$/);
    await alter('DROP TABLE @entity_associations');
    expect(await ddl('apply', ...place, ...layout)).toMatchObject({ exitCode: 0 });
  });

  it('a read-only table: named, exit code 1, nothing lost', async () => {
    await alter('ALTER TABLE @schema_migration SET ("blocks.read_only" = true)');
    await alter('DROP TABLE @params');
    const { exitCode, errors } = await ddl('apply', ...place, ...layout);
    expect(errors).toMatch(
      new RegExp(`^mlflow-cratedb: The table ${schema}.schema_migration is read-only: .*\n$`),
    );
    expect(exitCode).toBe(1);
    const dropped = await ddl('drop', '--yes', ...place);
    expect(dropped).toMatchObject({ exitCode: 1, output: '' });
    await alter('ALTER TABLE @schema_migration RESET ("blocks.read_only")');
    expect(await ddl('apply', ...place, ...layout)).toMatchObject({ exitCode: 0 });
  });

  it('a version newer than the program: one line, exit code 1', async () => {
    await alter("UPDATE @schema_version SET version = 99 WHERE component = 'tables'");
    const line =
      `mlflow-cratedb: The schema "${schema}" is at version 99, and this program knows up to` +
      ` ${SCHEMA_VERSION}: use the program that made it, or a later one\n`;
    for (const command of ['status', 'diff', 'apply', 'migrate']) {
      expect(await ddl(command, ...place)).toMatchObject({ exitCode: 1, errors: line });
    }
    await alter(
      `UPDATE @schema_version SET version = ${SCHEMA_VERSION} WHERE component = 'tables'`,
    );
  });

  it('a user without privileges: which one is missing, without the password', async () => {
    const user = `${schema}_user`;
    await admin.query(`CREATE USER "${user}" WITH (password = 'geheim')`);
    try {
      const own = new URL(withSchema(crateUrl!, `${schema}_other`));
      own.username = user;
      own.password = 'geheim';
      const { exitCode, output, errors } = await ddl('apply', '--backend-store-uri', own.href);
      expect(errors).toBe(
        `mlflow-cratedb: The user lacks the privilege DDL on the schema "${schema}_other":` +
          ' grant it, or let another user provision the tables once\n',
      );
      expect(output).toBe('');
      expect(exitCode).toBe(1);
    } finally {
      await admin.query(`DROP USER "${user}"`);
    }
  });

  it("tables that are somebody else's: `diff` does not promise that `apply` mends them", async () => {
    const other = `${schema}_foreign`;
    const foreign = ['--backend-store-uri', withSchema(crateUrl!, other), ...layout];
    await admin.query(
      `CREATE TABLE "${other}".runs (run_uuid BIGINT PRIMARY KEY)
       CLUSTERED INTO 1 SHARDS WITH (number_of_replicas = 0)`,
    );
    try {
      const { exitCode, output } = await ddl('diff', ...foreign);
      expect(output).toContain("not this program's, so `ddl apply` leaves them alone");
      expect(output).not.toContain('mends');
      expect(exitCode).toBe(2);
      const { errors } = await ddl('apply', ...foreign);
      expect(errors).toContain('tables that this program did not make');
    } finally {
      for (const table of ['runs', 'schema_version', 'schema_migration']) {
        await admin.query(`DROP TABLE IF EXISTS "${other}".${table}`);
      }
    }
  });

  it('drops only when told the name', async () => {
    answering('something else\n');
    const refused = await ddl('drop', ...place);
    expect(refused).toMatchObject({ exitCode: 1, output: '' });
    expect(refused.errors).toContain(`Drop ${tableNames.length} tables with all their data`);
    expect(refused.errors).toContain('nothing was dropped');
    expect((await ddl('status', ...place)).exitCode).toBe(0);
    expect((await ddl('drop', '--dry-run', ...place)).output).toContain(
      `DROP TABLE IF EXISTS "${schema}"."runs";\n`,
    );

    answering(`${schema}\n`);
    expect(await ddl('drop', ...place)).toMatchObject({
      exitCode: 0,
      output: `${schema}: dropped ${tableNames.length} of ${tableNames.length} tables\n`,
    });
    expect((await ddl('status', ...place)).exitCode).toBe(2);
  });

  it('asks nothing where there is nothing to drop', async () => {
    expect(await ddl('drop', ...place)).toEqual({
      exitCode: 0,
      output: `${schema}: nothing to drop\n`,
      errors: '',
    });
    const script = await ddl('drop', '--dry-run', ...place);
    expect(script).toMatchObject({ exitCode: 0, output: '-- nothing to drop\n' });
    const { output } = await ddl('drop', '--json', ...place);
    expect(JSON.parse(output)).toEqual({ schema, statements: [], dropped: 0 });
    const planned = await ddl('drop', '--json', '--dry-run', ...place);
    expect(JSON.parse(planned.output)).toEqual({ schema, statements: [] });
  });

  it('does not take tables that the user may not see for none', async () => {
    const user = `${schema}_blind`;
    await admin.query(`CREATE USER "${user}" WITH (password = 'geheim')`);
    try {
      const own = new URL(uri);
      own.username = user;
      own.password = 'geheim';
      for (const command of [['status'], ['diff'], ['drop'], ['drop', '--dry-run'], ['adopt']]) {
        expect(await ddl(...command, '--backend-store-uri', own.href)).toEqual({
          exitCode: 1,
          output: '',
          errors:
            `mlflow-cratedb: The user lacks the privilege DQL on the schema "${schema}":` +
            ' grant it, without it the tables are not seen\n',
        });
      }
      // An empty schema is one to whoever would see its tables.
      await admin.query(`GRANT DQL ON SCHEMA "${schema}" TO "${user}"`);
      const seeing = await ddl('status', '--backend-store-uri', own.href);
      expect(seeing).toMatchObject({ exitCode: 2, errors: '' });
      expect(seeing.output).toContain('no tables');
    } finally {
      await admin.query(`DROP USER "${user}"`);
    }
  });
});
