import type { TableName } from '../../ddl/index.js';

/** A row by MLflow's own column names, as the source has the values. */
export type SourceRow = Readonly<Record<string, unknown>>;

/** Data that this program has no place for. */
export interface LeftOut {
  readonly table: string;
  /** Undefined: the whole table. */
  readonly column?: string | undefined;
  /** Rows of the table, or values of the column that are not null. */
  readonly rows: number;
}

/** One reading of the source, which gives the rows of one or more tables. */
export interface Pass {
  /** In the order in which a batch of them is written: what is seen goes last. */
  readonly tables: readonly TableName[];
  /** May be called more than once; each call reads again. */
  read(): AsyncIterable<readonly [TableName, SourceRow]>;
}

/** An MLflow installation, opened for reading. */
export interface ImportSource {
  /** What it is and where, without a password. */
  readonly description: string;
  /** In the order in which they are written. Each table is in one pass at most. */
  readonly passes: readonly Pass[];
  readonly leftOut: readonly LeftOut[];
  /** What the user should know of this source, one line each. */
  readonly notes: readonly string[];
  /** Rows of a table; undefined where only reading all of it tells. */
  count(table: TableName): Promise<number | undefined>;
  /** Points that the source holds more than once and that became one, so far. */
  merged(table: TableName): number;
  close(): Promise<void>;
}

/** The rows of one table, all of them. */
export async function readTable(source: ImportSource, table: TableName): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  const pass = source.passes.find(({ tables }) => tables.includes(table));
  for await (const [name, row] of pass?.read() ?? []) {
    if (name === table) rows.push(row);
  }
  return rows;
}
