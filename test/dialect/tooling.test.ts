/** docs/dialect-migrations.md as a project: its files, and the commands in their order. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { Kysely, sql } from 'kysely';
import * as codegen from 'kysely-codegen';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';

import { CrateDialect, crateGeneratorDialect, hasTable } from '../../dialect/index.js';

const crateUrl = inject('crateUrl');
const SCHEMA = 't_dialect_tooling';
const root = join(import.meta.dirname, '../..');
const PACKAGES = ['kysely', 'kysely-ctl', 'kysely-codegen', 'pg', 'typescript', '@types'];

const page = await readFile(join(root, 'docs/dialect-migrations.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, code]) => ({
  language: language ?? '',
  code: code ?? '',
}));
const files = blocks
  .filter(({ language }) => language === 'ts')
  .map(({ code }) => ({ path: /^\/\/ (\S+)\n/.exec(code)?.[1] ?? '', code }));
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ code }) => code.trim().split('\n'));

it('the page has files with a name, commands and queries, and nothing else', () => {
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['ts', 'sh', 'sql']));
  expect(files.map(({ path }) => path)).not.toContain('');
  expect(commands.filter((line) => !/^(node|npx kysely) /.test(line))).toEqual([]);
});

describe.skipIf(crateUrl === undefined)('docs/dialect-migrations.md, run (CrateDB)', () => {
  let folder = '';
  let db: Kysely<{ runs: { id: string } }>;
  const url = `${crateUrl?.replace(/\/?(\?.*)?$/, '') ?? ''}/?schema=${SCHEMA}`;

  const dropAll = async () => {
    const { rows } = await sql<{ name: string }>`select table_name as name
      from information_schema.tables where table_schema = ${SCHEMA}`.execute(db);
    for (const { name } of rows) await sql`drop table if exists ${sql.table(name)}`.execute(db);
  };

  /** Runs one of the page's commands, which must be there, and answers what it printed. */
  const run = async (command: string): Promise<string> => {
    expect(commands).toContain(command);
    const [program = '', ...args] = command.replace(/^npx kysely/, 'kysely').split(' ');
    const kysely = join(root, 'node_modules/kysely-ctl/dist/bin.mjs');
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      program === 'kysely' ? [kysely, ...args, '--no-outdated-check'] : args,
      {
        cwd: folder,
        // As in a shell of a user's: in a test, kysely-ctl would print nothing.
        env: { ...process.env, CRATEDB_URL: url, NO_COLOR: '1', CI: '1', NODE_ENV: '', TEST: '' },
      },
    );
    return stdout + stderr;
  };
  /** Each migration that it lists, after its mark. */
  const listed = (output: string) =>
    [...output.matchAll(/\[`?(.)`?\] (\S+)$/gm)].map(([, mark, name]) => `${mark} ${name}`);

  beforeAll(async () => {
    db = new Kysely({ dialect: new CrateDialect({ url }) });
    await dropAll();
    folder = await mkdtemp(join(tmpdir(), 'dialect-tooling-'));
    await mkdir(join(folder, 'node_modules'));
    await symlink(root, join(folder, 'node_modules/mlflow-cratedb'));
    for (const name of PACKAGES) {
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    for (const { path, code } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), code);
    }
  });
  afterAll(async () => {
    await dropAll();
    await db.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  it("Kysely's Migrator", async () => {
    expect(await run('node migrate.ts')).toBe('2026_01_runs Success\n');
    expect(await run('node migrate.ts')).toBe('');
    expect(await hasTable(db, 'runs')).toBe(true);
  });

  it('the queries on what a migration leaves', async () => {
    const queries = blocks
      .filter(({ language }) => language === 'sql')
      .flatMap(({ code }) => code.trim().split(';\n'))
      .map((query) => query.replace(/;$/, '').replaceAll('"shop"', `"${SCHEMA}"`));
    const [steps, leases] = await Promise.all(
      queries.map(async (query) => (await sql.raw(query).execute(db)).rows),
    );
    expect(steps).toMatchObject([
      { name: '2026_01_runs', direction: 'up', step: 'create runs', error: null },
      { name: '2026_01_runs', direction: 'up', step: 'add note', error: null },
    ]);
    expect(leases).toMatchObject([{ holder: null }]);
  });

  it('kysely-codegen, and the types that it writes', async () => {
    await run('node codegen.ts');
    const types = await readFile(join(folder, 'db.d.ts'), 'utf8');
    expect(types).toMatch(/interface Runs \{\n {2}id: string;\n {2}note: string \| null;/);
    expect(types).not.toContain('kysely_migration');
  });

  it('CrateIntrospector', async () => {
    expect(await run('node describe.ts')).toContain(`${SCHEMA} runs [ 'id' ]`);
  });

  it('every file of the page is TypeScript without an error', () => {
    const program = ts.createProgram(
      files.map(({ path }) => join(folder, path)),
      {
        module: ts.ModuleKind.NodeNext,
        target: ts.ScriptTarget.ES2023,
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        preserveSymlinks: false,
        types: ['node'],
      },
    );
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
    expect(messages).toEqual([]);
  });

  it('kysely-ctl: migrations and seeds', async () => {
    expect(listed(await run('npx kysely migrate list'))).toEqual(['✓ 2026_01_runs']);
    expect(await run('npx kysely migrate latest')).toContain('no new migrations found');
    expect(await run('npx kysely seed run')).toContain('Seed successful');
    const ids = await db.selectFrom('runs').select('id').orderBy('id').execute();
    expect(ids).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(await run('npx kysely migrate down')).toContain('2026_01_runs');
    expect(await hasTable(db, 'runs')).toBe(false);
    expect(listed(await run('npx kysely migrate list'))).toEqual(['  2026_01_runs']);
    expect(listed(await run('npx kysely migrate up'))).toEqual(['✓ 2026_01_runs']);
    expect(await hasTable(db, 'runs')).toBe(true);
    await run('npx kysely migrate rollback --all');
    expect(await hasTable(db, 'runs')).toBe(false);
    await run('npx kysely migrate make add_tags');
    expect(await readdir(join(folder, 'migrations'))).toHaveLength(2);
    const made = listed(await run('npx kysely migrate latest'));
    expect(made).toHaveLength(2);
    expect(made.every((line) => line.startsWith('✓'))).toBe(true);
  });
});

describe.skipIf(crateUrl === undefined)('crateGeneratorDialect (CrateDB)', () => {
  const schemas = ['t_dialect_codegen', 't_dialect_codegen_other'] as const;
  let db: Kysely<unknown>;

  const dropAll = async () => {
    await sql`drop view if exists ${sql.id(schemas[0], 'seen')}`.execute(db);
    await sql`drop table if exists ${sql.id(schemas[0], 'everything')}`.execute(db);
    await sql`drop table if exists ${sql.id(schemas[1], 'others')}`.execute(db);
  };
  const generate = async (
    options: Parameters<typeof crateGeneratorDialect>[1] = {},
    more: Partial<codegen.GenerateOptions> = {},
  ) => {
    const dialect = crateGeneratorDialect(codegen, options);
    return codegen.generate({ db, dialect, outFile: null, ...more });
  };
  const block = (text: string, name: string) =>
    new RegExp(`^export (interface ${name} \\{.*?^\\}|type ${name} = .*?;$)`, 'ms').exec(text)?.[0];

  beforeAll(async () => {
    const url = crateUrl!.replace(/\?.*$/, '');
    db = new Kysely({ dialect: new CrateDialect({ url, schema: schemas[0] }) });
    await dropAll();
    const small = sql`clustered into 1 shards with (number_of_replicas = 0)`;
    await sql`create table everything (
      id text primary key,
      label character varying(20) default 'none' not null,
      at timestamp with time zone default current_timestamp,
      big bigint not null,
      doubled bigint generated always as big * 2,
      amount numeric(10, 2),
      o object(strict) as (a integer, "B c" object(dynamic) as (at timestamp with time zone)),
      open object(dynamic),
      os array(object(strict) as (z bigint)),
      texts array(text),
      bigs array(bigint),
      grid array(array(bigint)),
      v float_vector(4),
      place geo_point,
      shape geo_shape
    ) ${small}`.execute(db);
    await sql`create view seen as select id, o from everything`.execute(db);
    await sql`create table ${sql.id(schemas[1], 'others')} (a integer) ${small}`.execute(db);
  });
  afterAll(async () => {
    await dropAll();
    await db.destroy();
  });

  it('types of all kinds of columns', async () => {
    const text = await generate();
    expect(block(text, 'Everything')).toBe(`export interface Everything {
  amount: Numeric | null;
  at: Generated<Timestamp | null>;
  big: Int8;
  bigs: ArrayType<Int8> | null;
  doubled: ColumnType<string | null, never, never>;
  grid: ArrayType<Array<number | string>> | null;
  id: string;
  label: Generated<string>;
  o: { a?: number | null; "B c"?: { at?: number | null; [key: string]: unknown } | null } | null;
  open: Record<string, unknown> | null;
  os: ArrayType<{ z?: number | string | null }> | null;
  place: GeoPoint | null;
  shape: GeoShape | null;
  texts: ArrayType<string> | null;
  v: number[] | null;
}`);
    expect(block(text, 'Seen')).toContain('  id: string | null;');
    expect(block(text, 'DB')).toBe('export interface DB {\n  everything: Everything;\n  seen: Seen;\n}');
    expect(block(text, 'Int8')).toBe(
      'export type Int8 = ColumnType<string, string | number | bigint, string | number | bigint>;',
    );
    expect(text).toContain('import type { ColumnType } from "kysely";');
  });

  it('the values that arrive are of these types', async () => {
    await sql`insert into everything (id, big, amount, o, os, bigs, grid, v, place, shape)
      values ('1', 7, 1.5, {a = 1, "B c" = {at = 5}}, [{z = 1}], [1], [[1]], [1, 2, 3, 4], [1, 2],
        'POINT (1 2)')`.execute(db);
    const { rows } = await sql<Record<string, unknown>>`select * from everything
      where id = '1'`.execute(db);
    expect(rows[0]).toMatchObject({
      amount: expect.any(String),
      at: expect.any(Date),
      big: '7',
      bigs: ['1'],
      doubled: '14',
      grid: [[1]],
      o: { a: 1, 'B c': { at: 5 } },
      os: [{ z: 1 }],
      place: { x: expect.any(Number), y: expect.any(Number) },
      shape: { type: 'Point' },
      v: [1, 2, 3, 4],
    });
  });

  it('bigint as the dialect gives it; other schemas, patterns and mappings as asked for', async () => {
    const text = await generate({ bigint: 'number-or-bigint', schemas }, { typeMapping: { geo_point: 'Point' } });
    expect(block(text, 'Int8')).toContain('ColumnType<number | bigint, ');
    expect(block(text, 'Everything')).toContain('  place: Point | null;');
    expect(block(text, 'DB')).toContain('"t_dialect_codegen_other.others": TDialectCodegenOtherOthers;');
    const some = await generate({ schemas }, { includePattern: '*.{seen,others}', excludePattern: '*.others' });
    expect(block(some, 'DB')).toBe('export interface DB {\n  seen: Seen;\n}');
  });
});
