import { quoteText } from '../render/table.js';
import { field, type StatementRunner } from '../runner.js';

/** The tables of a schema, each with the names of its columns. */
export type Catalog = ReadonlyMap<string, ReadonlySet<string>>;

export async function readCatalog(runner: StatementRunner, schema: string): Promise<Catalog> {
  const { rows } = await runner.execute(
    'SELECT table_name, column_name FROM information_schema.columns' +
      ` WHERE table_schema = ${quoteText(schema)}`,
  );
  const catalog = new Map<string, Set<string>>();
  for (const row of rows) {
    const table = String(field(row, 'table_name'));
    const columns = catalog.get(table) ?? new Set();
    catalog.set(table, columns.add(String(field(row, 'column_name'))));
  }
  return catalog;
}

/** The names alone: a smaller answer, for the check at every start. */
export async function readTableNames(
  runner: StatementRunner,
  schema: string,
): Promise<ReadonlySet<string>> {
  const { rows } = await runner.execute(
    `SELECT table_name FROM information_schema.tables WHERE table_schema = ${quoteText(schema)}`,
  );
  return new Set(rows.map((row) => String(field(row, 'table_name'))));
}
