import type pg from 'pg';

import type { ImportSource, SourceRow } from '../contract.js';
import { ImportSourceError } from '../errors.js';
import { sqlSource } from './sql-source.js';

const FETCH_ROWS = 2_000;

/**
 * Opens the PostgreSQL database of an MLflow server: all is read in one read-only transaction, as it
 * was at its begin, through a cursor, so that memory holds 2,000 rows.
 *
 * @param uri as SQLAlchemy has it; a driver in it (`postgresql+psycopg2://`) is left out
 * @throws ImportSourceError
 * @see https://www.postgresql.org/docs/current/sql-declare.html
 */
export async function openPostgres(uri: string): Promise<ImportSource> {
  const { default: driver } = await import('pg');
  const url = uri.replace(/^postgres(ql)?(\+\w+)?:/, 'postgresql:');
  if (!/^postgresql:\/\/[^/?#]*\/[^?#]/.test(url)) {
    throw new ImportSourceError(
      'A PostgreSQL URI names the database of the server: postgresql://user@host:5432/mlflow',
    );
  }
  const client = new driver.Client({
    connectionString: url,
    application_name: 'mlflow-cratedb import',
    // Values as the server writes them: they become the types of our columns, not the driver's.
    types: { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig,
  });
  try {
    await client.connect();
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // As the import writes bytes, whatever the server is set to.
    await client.query("SET LOCAL bytea_output = 'hex'");
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new ImportSourceError(`Cannot read ${describe(url)}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  const query = async (text: string): Promise<SourceRow[]> => {
    try {
      return (await client.query<SourceRow>(text)).rows;
    } catch (error) {
      throw new ImportSourceError(`Cannot read ${describe(url)}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  };
  return sqlSource(
    {
      description: describe(url),
      async columns() {
        const rows = await query(
          'SELECT table_name, column_name FROM information_schema.columns' +
            ' WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position',
        );
        const columns = new Map<string, string[]>();
        for (const row of rows) {
          const table = String(row['table_name']);
          columns.set(table, [...(columns.get(table) ?? []), String(row['column_name'])]);
        }
        return columns;
      },
      async value(select) {
        return Object.values((await query(select))[0] ?? {})[0];
      },
      async *rows(select) {
        await query(`DECLARE import_rows NO SCROLL CURSOR FOR ${select}`);
        try {
          for (;;) {
            const rows = await query(`FETCH ${String(FETCH_ROWS)} FROM import_rows`);
            yield* rows;
            if (rows.length < FETCH_ROWS) return;
          }
        } finally {
          await client.query('CLOSE import_rows').catch(() => undefined);
        }
      },
      close: () => client.end(),
    },
    // A password has no place in advice.
    describe(url).replace('PostgreSQL database ', 'postgresql://'),
  );
}

function describe(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `PostgreSQL database ${hostname}${port === '' ? '' : `:${port}`}${pathname}`;
  } catch {
    return 'PostgreSQL database';
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
