import type { LeftOut } from './contract.js';
import type { TableOutcome } from './write-rows.js';

/** One table of the report. */
export interface TableReport extends Readonly<Omit<TableOutcome, 'rejected'>> {
  readonly table: string;
  /** Rows that the source says it has; undefined where only reading tells. */
  readonly source: number | undefined;
  /** Points that the source held more than once. */
  readonly merged: number;
  /** Rows of the target, those of others included; undefined for a dry run. */
  readonly target: number | undefined;
  /** Rows of the source that the target doesn't have. */
  readonly missing: number;
  readonly rejected: readonly { readonly key: string; readonly reason: string }[];
}

export interface ImportReport {
  readonly from: string;
  readonly to: string | undefined;
  readonly dryRun: boolean;
  readonly tables: readonly TableReport[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];
  /** Rows of the source that are not in the target, those of tables left out included. */
  readonly missing: number;
}

/** Rows that are neither written, nor there already, nor one with another. */
export function missingOf(
  outcome: TableOutcome,
  counts: {
    readonly source: number | undefined;
    readonly before: number;
    readonly after: number;
  },
): number {
  const { read, written, same, replaced, kept } = outcome;
  const expected = Math.max(read, counts.source ?? 0);
  const lost = Math.max(0, expected - (written + same + replaced + kept));
  // What was acknowledged must be found by counting, whatever others wrote or kept.
  const vanished = Math.max(0, counts.before + written - counts.after);
  return lost + vanished;
}

export function missingAltogether(
  tables: readonly TableReport[],
  leftOut: readonly LeftOut[],
): number {
  const rows = tables.reduce((sum, { missing }) => sum + missing, 0);
  const whole = leftOut.filter(({ column }) => column === undefined);
  return whole.reduce((sum, table) => sum + table.rows, rows);
}
