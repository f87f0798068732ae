import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import type { ImportSource } from '../contract.js';
import { ImportSourceError } from '../errors.js';
import { sqlSource } from './sql-source.js';

/**
 * Opens the SQLite database of an MLflow server, for reading only and as it is at this moment.
 *
 * Reads by Node.js's own `node:sqlite`, https://nodejs.org/api/sqlite.html: Node.js 22.13 or newer.
 *
 * @param uri as SQLAlchemy has it: `sqlite:///relative.db`, `sqlite:////absolute.db`
 * @throws ImportSourceError
 */
export async function openSqlite(uri: string): Promise<ImportSource> {
  const path = pathOf(uri);
  if (!existsSync(path)) throw new ImportSourceError(`There is no file ${path}`);
  const { DatabaseSync } = await loadSqlite();
  let database;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    // What is read later is what stood now, also if a server goes on writing.
    database.exec('BEGIN');
    database.prepare('SELECT count(*) FROM sqlite_master').get();
  } catch (error) {
    throw new ImportSourceError(
      `Cannot read ${path} as a SQLite database: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  const open = database;
  return sqlSource(
    {
      description: `SQLite database ${path}`,
      columns() {
        const rows = open
          .prepare(
            'SELECT t.name AS "table", c.name AS "column" FROM sqlite_master t, pragma_table_xinfo(t.name) c' +
              " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY t.name, c.cid",
          )
          .all();
        const columns = new Map<string, string[]>();
        for (const row of rows) {
          const table = String(row['table']);
          columns.set(table, [...(columns.get(table) ?? []), String(row['column'])]);
        }
        return Promise.resolve(columns);
      },
      value(select) {
        return Promise.resolve(Object.values(open.prepare(select).get() ?? {})[0]);
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, this library isn't
      async *rows(select) {
        const statement = open.prepare(select);
        // Else an integer beyond 2^53 is an error.
        statement.setReadBigInts(true);
        yield* statement.iterate();
      },
      close() {
        open.close();
        return Promise.resolve();
      },
    },
    uri,
  );
}

function pathOf(uri: string): string {
  const path = /^sqlite:\/\/\/([^?]+)/.exec(uri)?.[1];
  if (path === undefined) {
    throw new ImportSourceError(
      'A SQLite database is named as sqlite:///relative.db or sqlite:////absolute.db',
    );
  }
  return resolve(decodeURIComponent(path));
}

async function loadSqlite(): Promise<typeof import('node:sqlite')> {
  try {
    return await import('node:sqlite');
  } catch (error) {
    throw new ImportSourceError(
      `Reading SQLite needs Node.js 22.13 or newer; this is ${process.versions.node}`,
      { cause: error },
    );
  }
}
