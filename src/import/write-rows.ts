import type { TableName } from '../../ddl/index.js';
import type { SourceRow } from './contract.js';
import { ImportConflictError } from './errors.js';
import { isNewerMetric, LATEST_METRICS } from './latest-metrics.js';
import { columnWithNul, differingColumns, keyText, type Row, rowKey, type TableMapping } from './mapping.js';
import type { ImportTarget, Rejected } from './target.js';

/** What becomes of a row whose key stands in the target with other content. */
export type OnConflict = 'stop' | 'skip' | 'replace';

/** What became of one table's rows. */
export interface TableOutcome {
  /** Rows of the source, so far. */
  read: number;
  /** Written now. */
  written: number;
  /** Stood already, the same. */
  same: number;
  /** Stood with other content, and have the source's now. */
  replaced: number;
  /** Stood with other content, and were left as they are; of metrics, the newer last values. */
  kept: number;
  /** Refused by the target; the first of them are in `rejected`. */
  refused: number;
  readonly rejected: { readonly key: string; readonly reason: string }[];
}

export function noOutcome(): TableOutcome {
  return { read: 0, written: 0, same: 0, replaced: 0, kept: 0, refused: 0, rejected: [] };
}

/** Refused rows that are named; more are counted. */
const MAX_NAMED = 20;

/**
 * Writes rows of one table so that doing it again changes nothing: a row that stands is compared, and
 * only one that doesn't is written. So no record of progress is needed, and none can be wrong: an
 * import that was killed at any moment is completed by the same call.
 */
export class RowWriter {
  readonly outcome = noOutcome();
  readonly #target: ImportTarget;
  readonly #mapping: TableMapping;
  readonly #onConflict: OnConflict;
  /** Whether rows stood before; then each batch is looked up first. */
  readonly #looksFirst: boolean;
  /** Then there are no conflicts. */
  readonly #newestWins: boolean;

  constructor(
    target: ImportTarget,
    mapping: TableMapping,
    options: { readonly onConflict: OnConflict; readonly before: number },
  ) {
    this.#target = target;
    this.#mapping = mapping;
    this.#onConflict = options.onConflict;
    this.#looksFirst = options.before > 0;
    this.#newestWins = mapping.table === LATEST_METRICS;
  }

  async write(sourceRows: readonly SourceRow[]): Promise<void> {
    this.outcome.read += sourceRows.length;
    const rows = this.#convert(sourceRows);
    if (rows.length === 0) return;
    const missing = this.#looksFirst ? await this.#settleStanding(rows) : rows;
    if (missing.length === 0) return;
    const { written, rejected } = await this.#target.insert(this.#mapping, missing);
    this.outcome.written += written;
    this.#refuse(rejected);
    // Somebody else wrote some of them since.
    if (written + rejected.length < missing.length)
      await this.#settleOthers(missing, written, rejected);
  }

  #convert(sourceRows: readonly SourceRow[]): Row[] {
    return sourceRows.flatMap((row) => {
      try {
        const converted = this.#mapping.toTarget(row);
        if (!this.#target.holdsNul) refuseNul(converted);
        return [converted];
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.#refuse([{ row, reason: error.message }]);
        return [];
      }
    });
  }

  /** Deals with the rows that stand; answers the others. */
  async #settleStanding(rows: readonly Row[]): Promise<Row[]> {
    const standing = await this.#target.standing(this.#mapping, rows);
    const missing: Row[] = [];
    const differing: Row[] = [];
    const conflicts: { key: string; columns: string[] }[] = [];
    for (const row of rows) {
      const there = standing.get(rowKey(this.#mapping, row));
      if (there === undefined) {
        missing.push(row);
        continue;
      }
      const columns = differingColumns(this.#mapping, row, there);
      if (columns.length === 0) this.outcome.same += 1;
      else if (this.#newestWins && !isNewerMetric(row, there)) this.outcome.kept += 1;
      else {
        differing.push(row);
        conflicts.push({ key: keyText(this.#mapping, row), columns });
      }
    }
    await this.#settleConflicts(differing, conflicts);
    return missing;
  }

  async #settleConflicts(
    rows: readonly Row[],
    conflicts: readonly { key: string; columns: string[] }[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const onConflict = this.#newestWins ? 'replace' : this.#onConflict;
    if (onConflict === 'stop') throw new ImportConflictError(this.#mapping.table, conflicts);
    if (onConflict === 'skip') {
      this.outcome.kept += rows.length;
      return;
    }
    const { written, rejected } = await this.#target.replace(this.#mapping, rows);
    this.outcome.replaced += written;
    this.#refuse(rejected);
  }

  async #settleOthers(
    rows: readonly Row[],
    written: number,
    rejected: readonly Rejected[],
  ): Promise<void> {
    await this.#target.count(this.#mapping.table as TableName);
    const { same } = this.outcome;
    const absent = await this.#settleStanding(rows);
    // The look finds those that were written just now too.
    this.outcome.same = Math.max(same, this.outcome.same - written);
    if (absent.length > rejected.length) {
      this.#refuse(
        absent.slice(rejected.length).map((row) => ({ row, reason: 'not found after writing' })),
      );
    }
  }

  #refuse(rejected: readonly Rejected[]): void {
    for (const { row, reason } of rejected) {
      this.outcome.refused += 1;
      if (this.outcome.rejected.length < MAX_NAMED) {
        this.outcome.rejected.push({ key: keyText(this.#mapping, row), reason });
      }
    }
  }
}

function refuseNul(row: Row): void {
  const column = columnWithNul(row);
  if (column === undefined) return;
  throw new RangeError(`${column}: has a NUL character (U+0000), which PostgreSQL's text can't hold`);
}
