/** An Alembic-managed database, whichever engine holds it. */
import { currentSchema, type TableName } from '../../../ddl/index.js';
import type { ImportSource, LeftOut, SourceRow } from '../contract.js';
import { isComputed } from '../mapping.js';
import { importOrder } from '../order.js';
import { checkRevision } from './alembic.js';

/** What the engines differ in. Names go in quoted by the engine. */
export interface SqlReader {
  readonly description: string;
  /** Tables with the names of their columns. */
  columns(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** How a column is read, its name quoted. Default: as it is. */
  expression?(table: string, column: string): string;
  /** One row, one column. */
  value(select: string): Promise<unknown>;
  rows(select: string): AsyncIterable<SourceRow>;
  close(): Promise<void>;
}

/** @throws ImportSourceError, and the reader is closed */
export async function sqlSource(reader: SqlReader, uri: string): Promise<ImportSource> {
  try {
    return await describe(reader, uri);
  } catch (error) {
    await reader.close();
    throw error;
  }
}

async function describe(reader: SqlReader, uri: string): Promise<ImportSource> {
  const live = await reader.columns();
  const revision = live.has('alembic_version')
    ? await reader.value('SELECT max(version_num) FROM alembic_version')
    : undefined;
  const note = checkRevision(typeof revision === 'string' ? revision : undefined, uri);
  const { tables, leftOut } = await compare(reader, live);
  const countOf = async (table: string) =>
    Number(await reader.value(`SELECT count(*) FROM ${quote(table)}`));

  return {
    description: reader.description,
    passes: [...tables].map(([table, { columns, keys }]) => ({
      tables: [table],
      async *read() {
        // By key, so that rows near each other in the source are so in the target.
        const select =
          `SELECT ${columns.map((column) => selected(reader, table, column)).join(', ')}` +
          ` FROM ${quote(table)} ORDER BY ${keys.map((key) => `${quote(table)}.${quote(key)}`).join(', ')}`;
        for await (const row of reader.rows(select)) yield [table, row] as const;
      },
    })),
    leftOut,
    notes: note === undefined ? [] : [note],
    count: async (table) => (tables.has(table) ? countOf(table) : 0),
    merged: () => 0,
    close: () => reader.close(),
  };
}

interface KnownTable {
  readonly columns: readonly string[];
  readonly keys: readonly string[];
}

/** Which tables and columns have a place here, and what the others hold. */
async function compare(
  reader: SqlReader,
  live: ReadonlyMap<string, readonly string[]>,
): Promise<{ tables: ReadonlyMap<TableName, KnownTable>; leftOut: readonly LeftOut[] }> {
  const definitions = new Map(currentSchema().tables.map((table) => [table.name, table]));
  const tables = new Map<TableName, KnownTable>();
  const leftOut: LeftOut[] = [];
  const values = async (expression: string, table: string) =>
    Number(await reader.value(`SELECT count(${expression}) FROM ${quote(table)}`));

  for (const [name, columns] of live) {
    if (name === 'alembic_version') continue;
    const table = importOrder.find((ours) => ours === name);
    const definition = definitions.get(name);
    if (table === undefined || definition === undefined) {
      leftOut.push({ table: name, rows: await values('*', name) });
      continue;
    }
    const ours = new Set(definition.columns.map((column) => column.name));
    const copied: string[] = [];
    for (const column of columns) {
      if (isComputed(definition, column)) continue;
      if (ours.has(column)) copied.push(column);
      else leftOut.push({ table: name, column, rows: await values(quote(column), name) });
    }
    const keys = definition.primaryKey.filter((key) => copied.includes(key));
    tables.set(table, { columns: copied, keys });
  }
  return { tables, leftOut };
}

function selected(reader: SqlReader, table: string, column: string): string {
  const name = quote(column);
  return `${reader.expression?.(table, column) ?? name} AS ${name}`;
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
