import type { TableName } from '../../ddl/index.js';
import type { SourceRow } from './contract.js';
import { ImportConflictError } from './errors.js';
import { differingColumns, keyText, type TableMapping } from './mapping.js';
import type { ImportTarget, Rejected, Row } from './target.js';

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
  /** Stood with other content, and were left as they are. */
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

  constructor(
    target: ImportTarget,
    mapping: TableMapping,
    options: { readonly onConflict: OnConflict; readonly before: number },
  ) {
    this.#target = target;
    this.#mapping = mapping;
    this.#onConflict = options.onConflict;
    this.#looksFirst = options.before > 0;
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
        return [this.#mapping.toTarget(row)];
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
      const key = keyText(this.#mapping, row);
      const there = standing.get(key);
      if (there === undefined) {
        missing.push(row);
        continue;
      }
      const columns = differingColumns(this.#mapping, row, there);
      if (columns.length === 0) this.outcome.same += 1;
      else {
        differing.push(row);
        conflicts.push({ key, columns });
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
    if (this.#onConflict === 'stop') throw new ImportConflictError(this.#mapping.table, conflicts);
    if (this.#onConflict === 'skip') {
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
