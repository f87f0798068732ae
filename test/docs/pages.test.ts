/** The blocks of docs/: each TypeScript block is a program, run as it stands on tables of its own. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, inject, it } from 'vitest';

import { runTypeScript } from '../helpers/run-typescript.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const crateUrl = inject('crateUrl');
/** Other pages of docs/ are run by the tests of what they are about. */
const PAGES = ['dialect.md', 'moving-to-cratedb.md'];

interface Block {
  readonly name: string;
  readonly language: string;
  readonly code: string;
}

async function blocksOf(page: string): Promise<readonly Block[]> {
  const text = await readFile(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = ''], index) => ({
    name: `${page} block ${String(index)}`,
    language,
    code,
  }));
}

const blocks = (await Promise.all(PAGES.map(blocksOf))).flat();
const programs = blocks.filter(({ language }) => language === 'ts');

describe.skipIf(crateUrl === undefined)('docs (CrateDB)', () => {
  it.for(programs)('$name runs', async ({ name, code }) => {
    const host = new URL(crateUrl ?? 'crate://none').host;
    const program = code.replaceAll('crate@localhost', `crate@${host}`);
    const { stdout, stderr } = await runTypeScript(name.replaceAll(/\W+/g, '-'), program);
    expect(stderr).toBe('');
    expect(stdout).not.toBe('');
  });
});

describe('the ported program', () => {
  const folder = join(root, 'examples/moving-to-cratedb');

  it('is shown with its whole difference', async () => {
    const diff = await promisify(execFile)('diff', ['-u', '--label', 'postgres.ts', '--label', 'cratedb.ts', 'postgres.ts', 'cratedb.ts'], { cwd: folder }).then(
      () => '',
      // diff ends with 1 where there is a difference.
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    expect(diff).not.toBe('');
    const shown = blocks.find(({ language }) => language === 'diff')?.code;
    expect(shown).toBe(diff);
  });

  it.skipIf(crateUrl === undefined)('prints on CrateDB what it prints on PostgreSQL (CrateDB)', async () => {
    const [{ PGlite }, { Kysely, PGliteDialect }, { CrateDialect }, before, after] = await Promise.all([
      import('@electric-sql/pglite'),
      import('kysely'),
      import('../../dialect/index.js'),
      import('../../examples/moving-to-cratedb/postgres.js'),
      import('../../examples/moving-to-cratedb/cratedb.js'),
    ]);
    const printed = { postgres: [] as string[], crate: [] as string[] };
    await before.run(new PGliteDialect({ pglite: new PGlite() }), (line) => printed.postgres.push(line));

    const url = new URL(crateUrl ?? 'crate://none');
    url.searchParams.set('schema', 'test_moving');
    const dialect = () => new CrateDialect({ url: url.href });
    const db = new Kysely({ dialect: dialect() });
    const drop = async () => {
      for (const { name, schema } of await db.introspection.getTables({ withInternalKyselyTables: true })) {
        if (schema === 'test_moving') await db.schema.dropTable(name).execute();
      }
    };
    try {
      await drop();
      await after.run(dialect(), (line) => printed.crate.push(line));
      await drop();
    } finally {
      await db.destroy();
    }
    expect(printed.crate).toEqual(printed.postgres);
    expect(printed.crate).toHaveLength(4);
  });
});
