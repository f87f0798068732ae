/** The steps of the CI recipe, run in their order, on tables of the test's own. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Kysely, sql } from 'kysely';
import { afterAll, describe, expect, inject, it } from 'vitest';

import { CrateDialect } from '../../dialect/index.js';
import { dropSchema } from '../helpers/crate-schema.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const recipe = await readFile(join(root, 'examples/ci/cratedb.yml'), 'utf8');
const commands = [...recipe.matchAll(/^\s+(?:- )?run: (.+)$/gm)].map(([, command]) => command ?? '');
const crateUrl = inject('crateUrl');
const SCHEMA = 'test_ci_recipe';

function tablesUrl(): string {
  const url = new URL(crateUrl ?? 'crate://none');
  url.searchParams.set('schema', SCHEMA);
  return url.href;
}

/** The exit code of `npx mlflow-cratedb …`, by the build in this checkout. */
async function exitCode(command: string): Promise<number> {
  const [npx, name, ...options] = command.split(' ');
  expect([npx, name]).toEqual(['npx', 'mlflow-cratedb']);
  return promisify(execFile)(process.execPath, ['dist/src/cli/main.js', ...options], {
    cwd: root,
    env: { ...process.env, MLFLOW_BACKEND_STORE_URI: tablesUrl() },
  }).then(
    () => 0,
    (error: unknown) => Number((error as { code: unknown }).code),
  );
}

describe('the CI recipe', () => {
  it('has no steps but those that are tried here', () => {
    expect(commands).toEqual([
      'npm ci',
      'npx mlflow-cratedb ddl apply',
      'npx mlflow-cratedb ddl diff',
      'npx mlflow-cratedb ddl status',
      'npm test',
    ]);
  });
});

describe.skipIf(crateUrl === undefined)('the CI recipe (CrateDB)', () => {
  const steps = commands.filter((command) => command.startsWith('npx'));
  afterAll(async () => {
    await dropSchema(tablesUrl());
  });

  it('provisions and is in step, and fails once somebody changed a table', async () => {
    for (const step of steps) expect([step, await exitCode(step)]).toEqual([step, 0]);

    const db = new Kysely({ dialect: new CrateDialect({ url: tablesUrl() }) });
    await sql`alter table ${sql.table('runs')} drop column "end_time"`.execute(db);
    await db.destroy();
    expect(await exitCode('npx mlflow-cratedb ddl diff')).toBe(2);
  });
});
