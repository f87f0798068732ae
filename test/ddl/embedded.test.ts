import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { SchemaDefinition } from '../../ddl/index.js';
import { openEmbedded } from '../../src/db/embedded.js';
import { first, newest, withFailingStep } from './synthetic.js';

describe('the embedded database of an older version', () => {
  let data = '';
  let folder = '';
  let notices: string[] = [];
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'mlflow-embedded-'));
    folder = join(data, 'db');
    notices = [];
  });
  afterEach(() => rm(data, { recursive: true, force: true }));

  const open = (definition: SchemaDefinition, at = folder, sent: string[] = []) =>
    openEmbedded({
      folder: at,
      schema: 'mlflow',
      definition,
      onNotice: (line) => notices.push(line),
      onStatement: (statement) => sent.push(statement.sql),
    });

  async function makeFirst(): Promise<void> {
    const database = await open(first);
    await sql`INSERT INTO mlflow.thing (id, name) VALUES ('a', 'one')`.execute(database.db);
    await database.close();
  }

  async function rowsOf(definition: SchemaDefinition, at: string): Promise<unknown> {
    const database = await open(definition, at);
    try {
      return (await sql`SELECT * FROM mlflow.thing`.execute(database.db)).rows;
    } finally {
      await database.close();
    }
  }

  it('is migrated on start, after a copy that can be opened as it was', async () => {
    await makeFirst();
    expect(await readdir(data)).toEqual(['db']);
    expect(notices).toEqual([]);

    expect(await rowsOf(newest, folder)).toEqual([{ id: 'a', name: 'one', upper_name: 'ONE' }]);
    const [copy, ...others] = (await readdir(data)).filter((name) => name !== 'db');
    expect(copy).toMatch(/^db\.backup-v1-\d{8}T\d{6}Z$/);
    expect(others).toEqual([]);
    expect(notices).toEqual([
      `migrated ${folder} from version 1 to 3; a copy from before is in ${join(data, copy!)}`,
    ]);
    expect(await rowsOf(first, join(data, copy!))).toEqual([{ id: 'a', name: 'one' }]);

    const sent: string[] = [];
    await (await open(newest, folder, sent)).close();
    expect(sent).toHaveLength(2);
    expect(notices).toHaveLength(1);
    expect((await readdir(data)).length).toBe(2);
  });

  it('keeps the copy when a migration fails, and goes on at the next start', async () => {
    await makeFirst();
    let broken = true;
    const definition = withFailingStep(() => broken);
    await expect(open(definition)).rejects.toThrow(/no_such_column/);
    expect((await readdir(data)).filter((name) => name.startsWith('db.backup-v1-'))).toHaveLength(1);
    broken = false;
    expect(await rowsOf(definition, folder)).toEqual([{ id: 'a', name: 'one', upper_name: 'ONE' }]);
    expect(notices.at(-1)).toMatch(/from version 2 to 3; a copy from before is in .*backup-v2-/);
  });

  it('of a later version is used as it is, and never copied', async () => {
    await (await open(newest)).close();
    await (await open(first)).close();
    expect(await readdir(data)).toEqual(['db']);
  });
});
