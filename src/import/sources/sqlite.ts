import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import type { ImportSource, SourceRow } from '../contract.js';
import { ImportSourceError } from '../errors.js';
import { quote, sqlSource } from './sql-source.js';

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
  const encoding = open.prepare('PRAGMA encoding').get()?.['encoding'];
  const decoder = new TextDecoder(String(encoding), { fatal: true, ignoreBOM: true });
  const decode = (bytes: Uint8Array) => decoder.decode(bytes);
  const bytesColumns = new Set<string>();
  return sqlSource(
    {
      description: `SQLite database ${path}`,
      columns() {
        const rows = open
          .prepare(
            'SELECT t.name AS "table", c.name AS "column", c.type FROM sqlite_master t, pragma_table_xinfo(t.name) c' +
              " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite^_%' ESCAPE '^' ORDER BY t.name, c.cid",
          )
          .all();
        const columns = new Map<string, string[]>();
        for (const row of rows) {
          const table = String(row['table']);
          const column = String(row['column']);
          columns.set(table, [...(columns.get(table) ?? []), column]);
          if (/blob/i.test(String(row['type']))) bytesColumns.add(`${table}.${column}`);
        }
        return Promise.resolve(columns);
      },
      expression(table, column) {
        const name = quote(column);
        // As the import writes bytes; then what comes as bytes is text.
        if (bytesColumns.has(`${table}.${column}`)) {
          return `CASE typeof(${name}) WHEN 'blob' THEN '\\x' || lower(hex(${name})) ELSE ${name} END`;
        }
        // This library ends a text at the first NUL, and says nothing.
        return (
          `CASE WHEN typeof(${name}) = 'text' AND instr(${name}, char(0)) > 0` +
          ` THEN CAST(${name} AS BLOB) ELSE ${name} END`
        );
      },
      value(select) {
        return Promise.resolve(Object.values(open.prepare(select).get() ?? {})[0]);
      },
      // eslint-disable-next-line @typescript-eslint/require-await -- the contract is asynchronous, this library isn't
      async *rows(select) {
        const statement = open.prepare(select);
        // Else an integer beyond 2^53 is an error.
        statement.setReadBigInts(true);
        for (const row of statement.iterate()) yield withText(row, decode);
      },
      close() {
        open.close();
        return Promise.resolve();
      },
    },
    uri,
  );
}

/** The row with bytes read as the text they are; what is no text stays, to be refused by name. */
function withText(
  row: Record<string, unknown>,
  decode: (bytes: Uint8Array) => string,
): SourceRow {
  for (const [column, value] of Object.entries(row)) {
    if (!(value instanceof Uint8Array)) continue;
    try {
      row[column] = decode(value);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return row;
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
