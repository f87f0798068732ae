import type { Catalog } from '../migrations/catalog.js';
import { rowsIfThere } from '../migrations/version.js';
import { qualified, quoteText } from '../render/table.js';
import { field, type StatementRunner } from '../runner.js';
import type { ResolvedTarget } from '../target.js';

/** The table that says how far an adoption is. It is there from its first step on. */
export const RECORD_TABLE = 'schema_adoption';

/** The row that is there for as long as not everything is done. */
const UNDER_WAY = '';

/** What is known of one table. */
export interface TableRecord {
  readonly table: string;
  /**
   * - `counted`: it stays as it is, or gets columns.
   * - `copying`: rows up to `copiedTo` are in the copy.
   * - `frozen`: all rows are in the copy, the table takes no writes, it is closed and swapped next.
   * - `swapped`
   */
  readonly phase: 'counted' | 'copying' | 'frozen' | 'swapped';
  /** Rows of the table that was found: at the beginning, then when it was frozen. */
  readonly before: number;
  /** Those among them that were one and the same. */
  readonly merged: number;
  /** How long it took no writes. */
  readonly blockedMs: number;
  /** Of the leading key column, the value up to which all rows were copied once. */
  readonly copiedTo: string | undefined;
  /** What was written to the table since its copy was begun lies above it: see `settledSequence`. */
  readonly settled: number;
}

export function createRecordTable({ schema, replicas }: ResolvedTarget): string {
  return (
    `CREATE TABLE IF NOT EXISTS ${qualified(schema, RECORD_TABLE)} (\n` +
    '  "table_name" TEXT NOT NULL,\n  "phase" TEXT NOT NULL,\n  "rows_before" BIGINT NOT NULL,\n' +
    '  "rows_merged" BIGINT NOT NULL,\n  "blocked_ms" BIGINT NOT NULL,\n  "copied_to" TEXT,\n' +
    '  "settled" BIGINT,\n  PRIMARY KEY ("table_name")\n' +
    `) CLUSTERED INTO 1 SHARDS\nWITH (number_of_replicas = ${quoteText(String(replicas ?? '0-1'))})`
  );
}

/** Whether an adoption was begun and has not come to its end: a read by primary key. */
export async function isAdoptionUnderWay(
  runner: StatementRunner,
  { schema }: ResolvedTarget,
  catalog: { has(table: string): boolean } | Catalog,
): Promise<boolean> {
  if (!catalog.has(RECORD_TABLE)) return false;
  const rows = await rowsIfThere(
    runner,
    `SELECT phase FROM ${qualified(schema, RECORD_TABLE)} WHERE table_name = ${quoteText(UNDER_WAY)}`,
  );
  return rows.length > 0;
}

export function beginRecord({ schema }: ResolvedTarget): string {
  return (
    `INSERT INTO ${qualified(schema, RECORD_TABLE)}` +
    ' (table_name, phase, rows_before, rows_merged, blocked_ms)' +
    ` VALUES (${quoteText(UNDER_WAY)}, 'under way', 0, 0, 0) ON CONFLICT (table_name) DO NOTHING`
  );
}

export function endRecord({ schema }: ResolvedTarget): string {
  return `DELETE FROM ${qualified(schema, RECORD_TABLE)} WHERE table_name = ${quoteText(UNDER_WAY)}`;
}

export function writeRecord({ schema }: ResolvedTarget, record: TableRecord): string {
  const text = (value: string | undefined) => (value === undefined ? 'NULL' : quoteText(value));
  const columns = ['phase', 'rows_before', 'rows_merged', 'blocked_ms', 'copied_to', 'settled'];
  return (
    `INSERT INTO ${qualified(schema, RECORD_TABLE)} (table_name, ${columns.join(', ')})` +
    ` VALUES (${quoteText(record.table)}, ${quoteText(record.phase)}, ${String(record.before)},` +
    ` ${String(record.merged)}, ${String(record.blockedMs)}, ${text(record.copiedTo)},` +
    ` ${String(record.settled)}) ON CONFLICT (table_name) DO UPDATE SET ` +
    columns.map((column) => `${column} = excluded.${column}`).join(', ')
  );
}

/** All of them by their tables. */
export async function readRecords(
  runner: StatementRunner,
  { schema }: ResolvedTarget,
): Promise<Map<string, TableRecord>> {
  const table = qualified(schema, RECORD_TABLE);
  await rowsIfThere(runner, `REFRESH TABLE ${table}`);
  const rows = await rowsIfThere(runner, `SELECT * FROM ${table}`);
  const optional = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const records = rows.map((row): TableRecord => ({
    table: String(field(row, 'table_name')),
    phase: String(field(row, 'phase')) as TableRecord['phase'],
    before: Number(field(row, 'rows_before')),
    merged: Number(field(row, 'rows_merged')),
    blockedMs: Number(field(row, 'blocked_ms')),
    copiedTo: optional(field(row, 'copied_to')),
    settled: Number(field(row, 'settled') ?? -1),
  }));
  return new Map(
    records.flatMap((record) => (record.table === UNDER_WAY ? [] : [[record.table, record] as const])),
  );
}
