import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase } from '../../src/db/open.js';
import { openSource } from '../../src/import/index.js';
import { KNOWN_REVISION } from '../../src/import/sources/alembic.js';
import { dropSchema } from '../helpers/crate-schema.js';
import { type Backend, crateBackend } from '../helpers/stores.js';
import { importInto } from './import-into.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlflow-import-sqlite-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A database of one table. */
function sqliteOf(name: string, statements: string): string {
  const path = join(folder, name);
  const database = new DatabaseSync(path);
  database.exec(statements);
  database.exec(
    `CREATE TABLE alembic_version (version_num);
     INSERT INTO alembic_version VALUES ('${KNOWN_REVISION}')`,
  );
  database.close();
  return `sqlite:///${path}`;
}

const TAGS = `
  CREATE TABLE tags (run_uuid TEXT, key TEXT, value TEXT);
  INSERT INTO tags VALUES ('r', 'plain', 'é'), ('r', 'nul', 'ä' || char(0) || 'ö'),
    ('r' || char(0) || 's', 'key', 'x'), ('r', 'bytes', x'fffe')`;

describe('a SQLite database', () => {
  const backends: readonly Backend[] = [{ name: 'embedded', uri: undefined }, crateBackend()];
  afterAll(() => dropSchema(backends[1]?.uri));

  for (const backend of backends) {
    const holdsNul = backend.name === 'CrateDB';
    it.skipIf(holdsNul && backend.uri === undefined)(
      `has no text cut at a NUL (${backend.name})`,
      async () => {
        const uri = backend.uri ?? `pglite:${join(folder, 'target')}`;
        const from = sqliteOf(`nul-${backend.name}.db`, TAGS);
        const report = await importInto(uri, from);
        const [tags] = report.tables;
        const noText = { key: 'run_uuid=r key=bytes', reason: 'value: expected text, got object' };
        const noNul = "has a NUL character (U+0000), which PostgreSQL's text can't hold";
        expect(tags?.rejected.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(
          holdsNul
            ? [noText]
            : [
                noText,
                { key: 'run_uuid=r key=nul', reason: `value: ${noNul}` },
                { key: 'run_uuid=r\\0s key=key', reason: `run_uuid: ${noNul}` },
              ],
        );
        expect(report.missing).toBe(holdsNul ? 1 : 3);
        const again = await importInto(uri, from);
        expect(again.tables[0]).toMatchObject({ written: 0, same: holdsNul ? 3 : 1 });

        const database = await openDatabase(uri);
        try {
          const rows = await database.db
            .selectFrom('tags')
            .select(['run_uuid', 'key', 'value'])
            .orderBy('key')
            .execute();
          const plain = { run_uuid: 'r', key: 'plain', value: 'é' };
          expect(rows).toEqual(
            holdsNul
              ? [
                  { run_uuid: 'r\0s', key: 'key', value: 'x' },
                  { run_uuid: 'r', key: 'nul', value: 'ä\0ö' },
                  plain,
                ]
              : [plain],
          );
        } finally {
          await database.close();
        }
      },
    );
  }

  it('is read right in UTF-16 too', async () => {
    const from = sqliteOf('utf16.db', `PRAGMA encoding = 'UTF-16le'; ${TAGS}`);
    const source = await openSource(from);
    try {
      const values: unknown[] = [];
      for (const pass of source.passes) {
        for await (const [, row] of pass.read()) values.push([row['run_uuid'], row['value']]);
      }
      expect(values).toContainEqual(['r', 'é']);
      expect(values).toContainEqual(['r', 'ä\0ö']);
      expect(values).toContainEqual(['r\0s', 'x']);
    } finally {
      await source.close();
    }
  });
});
