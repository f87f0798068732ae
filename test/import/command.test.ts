import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { progressOutput } from '../../src/cli/progress.js';
import { run } from '../../src/cli/program.js';

let folder: string;
let target: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlflow-import-command-'));
  target = `pglite:${join(folder, 'target')}`;
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Runs `import` in this process. */
async function importing(...args: string[]) {
  let output = '';
  let errors = '';
  vi.stubEnv('MLFLOW_BACKEND_STORE_URI', target);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += text.toString();
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += text.toString();
    return true;
  });
  try {
    return { exitCode: await run(['import', ...args]), output, errors };
  } finally {
    vi.restoreAllMocks();
  }
}

const HEAD = '7d34483879f0';

/** A SQLite database with a few of MLflow's tables. */
function sqliteOf(name: string, statements: string, revision: string | undefined = HEAD): string {
  const path = join(folder, name);
  const database = new DatabaseSync(path);
  if (revision !== '') {
    database.exec(
      `CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('${revision}')`,
    );
  }
  database.exec(statements);
  database.close();
  return `sqlite:///${path}`;
}

const TAGS = `
  CREATE TABLE tags (run_uuid, key, value, mood);
  INSERT INTO tags VALUES ('r', 'a', 'x', NULL), ('r', 'b', 'y', 'fine')`;

describe('import', () => {
  it('prints a count for each table, and names columns and tables that have no place', async () => {
    const from = sqliteOf(
      'newer.db',
      `${TAGS}; CREATE TABLE moods (m); INSERT INTO moods VALUES (1)`,
      'abc',
    );
    const { exitCode, output, errors } = await importing('--from', from);
    expect(output).toMatch(/^tags {2,}2 +2 +0 +0 +2$/m);
    expect(output).toContain('not moved: the column tags.mood, 1 value');
    expect(output).toContain('not moved: the table moods, 1 row\n');
    expect(output).toContain(
      'note: the source has the tables of another MLflow than 3.12 (revision abc)',
    );
    expect(output).toContain('missing: 1 row\n');
    expect(errors).toContain('tags: 2 rows\n');
    expect(exitCode).toBe(2);
  });

  it('prints one document for programs, and exits 0 when all is there', async () => {
    const { exitCode, output } = await importing('--from', sqliteOf('tags.db', TAGS), '--json');
    const report = JSON.parse(output) as Record<string, unknown>;
    expect(report).toMatchObject({
      missing: 0,
      leftOut: [{ table: 'tags', column: 'mood', rows: 1 }],
    });
    expect(report['tables']).toMatchObject([
      { table: 'tags', source: 2, same: 2, missing: 0, target: 2 },
    ]);
    expect(exitCode).toBe(0);
  });

  it('only counts with --dry-run', async () => {
    const from = sqliteOf(
      'dry.db',
      "CREATE TABLE params (run_uuid, key, value); INSERT INTO params VALUES ('r', 'k', 'v')",
    );
    const { exitCode, output } = await importing('--from', from, '--dry-run');
    expect(output).toMatch(/^params {2,}1$/m);
    expect(output).toContain('nothing was written\n');
    expect(exitCode).toBe(0);
    const { output: after } = await importing('--from', from, '--json');
    expect(JSON.parse(after)).toMatchObject({ tables: [{ table: 'params', written: 1 }] });
  });

  it('ends with one line and exit code 1 for what it cannot read', async () => {
    await writeFile(
      join(folder, 'text.db'),
      'no database, however long this text may be, and so on',
    );
    await mkdir(join(folder, 'none'));
    const cases: readonly (readonly [string[], RegExp])[] = [
      [[], /required option '--from <source>' not specified/],
      [['--from', ''], /--from must not be empty\./],
      [['--from', 'mysql://u:secret@h/d'], /Nothing can be imported from 'mysql:…'/],
      [['--from', `sqlite:///${join(folder, 'nowhere.db')}`], /There is no file .*nowhere\.db$/],
      [
        ['--from', `sqlite:///${join(folder, 'text.db')}`],
        /Cannot read .*text\.db as a SQLite database/,
      ],
      [
        ['--from', join(folder, 'text.db')],
        /is a file: a SQLite database is named as sqlite:\/\/\//,
      ],
      [
        ['--from', sqliteOf('other.db', 'CREATE TABLE t (x)', '')],
        /is no database of an MLflow server/,
      ],
      [
        ['--from', sqliteOf('old.db', TAGS, 'bda7b8c39065')],
        /an older MLflow \(revision bda7b8c39065.*run `mlflow db upgrade sqlite:\/\/\/.*old\.db`/,
      ],
      [['--from', join(folder, 'none')], /is no file store of MLflow's/],
      [
        ['--from', 'postgresql://u:secret@127.0.0.1:1/d'],
        /Cannot read PostgreSQL database 127\.0\.0\.1:1\/d: /,
      ],
      [['--from', 'postgresql://u:secret@localhost:5432'], /names the database of the server: /],
      [
        ['--from', 'file://elsewhere/mlruns'],
        /: a file:\/\/ URI must be of this machine: file:\/\/\/folder$/,
      ],
      [
        ['--from', 'http://127.0.0.1:6000'],
        /Port 6000 is one of those .* fetch standard blocks.* on another port, or import its database/,
      ],
      [
        ['--from', 'sqlite:///x', '--on-conflict', 'guess'],
        /--on-conflict must be stop, skip or replace/,
      ],
      [['--from', 'sqlite:///x', '--bogus'], /unknown option '--bogus'/],
    ];
    for (const [args, message] of cases) {
      const { exitCode, output, errors } = await importing(...args);
      expect(errors.trimEnd(), args.join(' ')).toMatch(message);
      expect(errors.trimEnd().split('\n'), args.join(' ')).toHaveLength(1);
      expect(errors).not.toContain('secret');
      expect(output).toBe('');
      expect(exitCode, args.join(' ')).toBe(1);
    }
  });

  it('takes the commands of docs/import.md', async () => {
    const page = await readFile(new URL('../../docs/import.md', import.meta.url), 'utf8');
    const commands = [...page.matchAll(/^mlflow-cratedb import (.*)$/gm)].map(([, args = '']) =>
      args.split(' '),
    );
    expect(commands.length).toBeGreaterThan(3);
    await mkdir(join(folder, 'mlruns', '1'), { recursive: true });
    await writeFile(
      join(folder, 'mlruns', '1', 'meta.yaml'),
      "{experiment_id: '1', name: shown, lifecycle_stage: active, artifact_location: 's3://b'}",
    );
    const sources = new Map([
      ['sqlite:///mlflow.db', sqliteOf('mlflow.db', TAGS)],
      ['./mlruns', join(folder, 'mlruns')],
      ["--backend-store-uri='crate://crate@localhost:5432/?schema=mlflow'", `--backend-store-uri=${target}`],
      // Servers of others: what is shown is that the command asks them.
      ['postgresql://mlflow@localhost/mlflow', 'postgresql://mlflow@127.0.0.1:1/mlflow'],
      ['http://localhost:5000', 'http://127.0.0.1:2'],
    ]);
    for (const command of commands) {
      const { exitCode, output, errors } = await importing(
        ...command.map((word) => sources.get(word) ?? word),
      );
      if (command.some((word) => /^(http|postgresql):/.test(word))) {
        expect(errors, command.join(' ')).toMatch(/127\.0\.0\.1:[12]/);
        expect(exitCode, command.join(' ')).toBe(1);
      } else {
        expect(output, command.join(' ')).toMatch(/all rows are there|nothing was written/);
        expect(exitCode, command.join(' ')).toBe(0);
      }
    }
  });

  it('names the target it cannot write to', async () => {
    const from = sqliteOf('unwritten.db', TAGS);
    const { exitCode, errors } = await importing(
      ...['--from', from, '--backend-store-uri', 'crate://u:secret@127.0.0.1:1/'],
    );
    expect(errors).toMatch(/^mlflow-cratedb: Cannot use crate:\/\/u:\*\*\*@127\.0\.0\.1:1\/: /);
    expect(exitCode).toBe(1);
  });
});

describe('the progress', () => {
  function shown(isTTY: boolean, quiet = false): string {
    let text = '';
    const output = progressOutput(
      { isTTY, columns: 80, write: (part) => (text += part) },
      { quiet },
    );
    output.show({ table: 'metrics', rows: 500, total: 1_000, done: false });
    output.show({ table: 'metrics', rows: 1_000, total: 1_000, done: true });
    output.show({ table: 'jobs', rows: 0, total: 0, done: true });
    output.end();
    return text;
  }

  it('is a bar on a terminal', () => {
    const [, half, full, , end] = shown(true).split('\r\u001b[2K');
    expect(half).toBe('metrics                      ████████████░░░░░░░░░░░░ 500 of 1000');
    expect(full).toBe('metrics                      ████████████████████████ 1000 of 1000');
    expect(end).toBe('');
  });

  it('is a line for each table elsewhere, and nothing where the output is for a program', () => {
    expect(shown(false)).toBe('metrics: 1000 rows\n');
    expect(shown(false, true)).toBe('');
  });
});
