import { join } from 'node:path';

import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

import { root } from './packed.js';

// Only the rules about imports: they need no types, so a file that isn't there can be linted.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false } } },
  ],
  ruleFilter: ({ ruleId }) =>
    ruleId === 'project/import-direction' || ruleId === '@typescript-eslint/no-restricted-imports',
});

async function complaints(file: string, code: string): Promise<number> {
  const [result] = await eslint.lintText(code, { filePath: join(root, file) });
  expect(result?.fatalErrorCount).toBe(0);
  return result?.errorCount ?? -1;
}

describe('lint refuses', () => {
  it.each([
    ['dialect/x.ts', "export * from '../ddl/index.js';"],
    ['dialect/x.ts', "import { sql } from 'drizzle-orm'; sql;"],
    ['dialect/x.ts', "import pg from 'pg'; pg;"],
    ['dialect/x.ts', "import { x } from './drizzle/index.js'; x;"],
    ['dialect/bulk/x.ts', "export * from '../drizzle/session.js';"],
    ['dialect/drizzle/x.ts', "import pg from 'pg'; pg;"],
    ['dialect/drizzle/x.ts', "export * from '../../ddl/index.js';"],
    ['ddl/x.ts', "import { x } from '../src/domain/run.js'; x;"],
    ['src/domain/x.ts', "import type { DB } from '../../ddl/types.js'; export type X = DB;"],
    ['src/domain/x.ts', "import { readFile } from 'node:fs'; readFile;"],
    ['src/protocol/x.ts', "import { x } from '../store/store.js'; x;"],
    ['src/store/x.ts', "import { tables } from '../../ddl/index.js'; tables;"],
    ['src/store/runs/x.ts', "import { x } from '../../http/index.js'; x;"],
    ['src/store/x.ts', "import { x } from '../webhooks/index.js'; x;"],
    ['src/webhooks/x.ts', "import { Kysely } from 'kysely'; Kysely;"],
    ['src/webhooks/x.ts', "import { x } from '../store/webhooks/queue.js'; x;"],
    ['src/db/x.ts', "export const x = import('../store/index.js');"],
    ['src/http/x.ts', "import { Kysely } from 'kysely'; Kysely;"],
    ['src/http/x.ts', "import { x } from '../store/runs/search.js'; x;"],
    ['src/cli/x.ts', "import { x } from '../db/cratedb.js'; x;"],
  ])('in %s: %s', async (file, code) => {
    expect(await complaints(file, code)).toBe(1);
  });
});

describe('lint lets pass', () => {
  it.each([
    ['dialect/x.ts', "import type { Pool } from 'pg'; export type X = Pool;"],
    ['dialect/x.ts', "export const pg = () => import('pg');"],
    ['dialect/drizzle/x.ts', "import { sql } from 'drizzle-orm'; sql;"],
    ['dialect/drizzle/x.ts', "import { x } from '../table-name.js'; x;"],
    ['ddl/x.ts', "export * from '../dialect/index.js';"],
    ['src/store/x.ts', "import type { DB } from '../../ddl/types.js'; export type X = DB;"],
    ['src/store/runs/x.ts', "import { x } from '../../domain/run.js'; x;"],
    ['src/cli/x.ts', "import { x } from '../db/index.js'; x;"],
  ])('in %s: %s', async (file, code) => {
    expect(await complaints(file, code)).toBe(0);
  });
});
