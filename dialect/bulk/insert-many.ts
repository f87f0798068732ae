import type { Insertable, Kysely } from 'kysely';

import { RowsDroppedError } from '../errors/index.js';
import { byColumns, chunksOf } from './chunks.js';
import { type BulkConflict, ChunkWriter, type RejectedRow } from './chunk-writer.js';
import { readTarget } from './target.js';

export interface InsertManyOptions<Row> {
  /**
   * Of a row whose key is there already:
   * - `reject` (default): it is reported with a {@link DuplicateKeyError};
   * - `ignore`: the row in the table stays, and this one counts as skipped;
   * - `update`: its columns replace those of the row in the table. Sent again where the connection
   *   breaks, as it does the same twice.
   */
  readonly onConflict?: BulkConflict;
  /** Rows in one statement, or fewer, where they have about 8,000,000 characters. Default: 1,000. */
  readonly chunkSize?: number;
  /** Statements under way at once; rows are taken from the source no faster. Default: 2. */
  readonly concurrency?: number;
  /** Types of columns that the table doesn't have yet (`column_policy = 'dynamic'`), as in DDL. */
  readonly columnTypes?: Readonly<Record<string, string>>;
  /** Is told after each statement how far it got. */
  readonly onProgress?: (progress: InsertManyProgress) => void;
  /**
   * Is told each row that CrateDB refused, and why; the others are written all the same. Without
   * it, refused rows make the call fail, when all chunks are through.
   */
  readonly onRejected?: (rejected: RejectedRow<Row>) => void;
  /** Stops taking rows; what is under way is finished first. */
  readonly signal?: AbortSignal;
}

/** Counts of rows, so far. */
export interface InsertManyProgress {
  readonly sent: number;
  /** Inserted, or updated. */
  readonly written: number;
  /** Whose key was there already, with `onConflict: 'ignore'`. */
  readonly skipped: number;
  readonly rejected: number;
}

/** Rejected rows kept for the error; more are counted only. */
const MAX_KEPT = 1000;

/**
 * Inserts any number of rows, in chunks of one statement each:
 * `INSERT INTO t (a, b) (SELECT a, b FROM UNNEST($1::bigint[], $2::text[]))`, whose text is the same
 * for any number of rows. Takes rows from the source, which may be an async iterable, no faster than
 * the server takes them, so memory holds `chunkSize × (concurrency + 1)` rows at most.
 *
 * CrateDB drops rows that fail, without an error: they are found, by their keys, and reported each
 * with its reason, got by sending it alone. The types of columns come from the table.
 *
 * ```ts
 * await insertMany(db, 'readings', readings(), {
 *   onConflict: 'ignore',
 *   onProgress: ({ written }) => console.log(written),
 * });
 * ```
 *
 * @returns counts of all rows
 * @throws RejectedRowsError where rows were refused and there is no `onRejected`
 * @throws RangeError where a row has a column that neither the table nor `columnTypes` knows
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/dml.html#inserting-data
 */
export async function insertMany<DB, Table extends keyof DB & string>(
  db: Kysely<DB>,
  table: Table,
  rows: Iterable<Insertable<DB[Table]>> | AsyncIterable<Insertable<DB[Table]>>,
  options: InsertManyOptions<Insertable<DB[Table]>> = {},
): Promise<InsertManyProgress> {
  const { chunkSize = 1000, concurrency = 2, onConflict = 'reject', signal } = options;
  positive('chunkSize', chunkSize);
  positive('concurrency', concurrency);
  const target = await readTarget(db, table);
  const types = new Map([...target.types, ...Object.entries(options.columnTypes ?? {})]);
  const writer = new ChunkWriter(db, { table, keys: target.keys, types, onConflict });

  const total = { sent: 0, written: 0, skipped: 0, rejected: 0 };
  const kept: RejectedRow<unknown>[] = [];
  const write = async (chunk: Parameters<typeof byColumns>[0]): Promise<void> => {
    for (const group of byColumns(chunk)) {
      const outcome = await writer.write(group.columns, group.rows);
      total.sent += group.rows.length;
      total.written += outcome.written;
      total.skipped += outcome.skipped;
      total.rejected += outcome.rejected.length;
      for (const rejected of outcome.rejected) {
        if (options.onRejected === undefined) {
          if (kept.length < MAX_KEPT) kept.push(rejected);
        } else {
          options.onRejected(rejected as RejectedRow<Insertable<DB[Table]>>);
        }
      }
      options.onProgress?.({ ...total });
    }
  };

  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const source = rows as AsyncIterable<Readonly<Record<string, unknown>>>;
  try {
    for await (const chunk of chunksOf(source, chunkSize)) {
      const writing = write(chunk)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => underWay.delete(writing));
      underWay.add(writing);
      if (underWay.size >= concurrency) await Promise.race(underWay);
      if (failure !== undefined || signal?.aborted === true) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failure !== undefined) throw failure.error;
  signal?.throwIfAborted();
  if (total.rejected > 0 && options.onRejected === undefined) {
    throw new RejectedRowsError(table, total, kept);
  }
  return total;
}

/** Rows that {@link insertMany} could not write; all the others are written. */
export class RejectedRowsError extends RowsDroppedError {
  readonly progress: InsertManyProgress;
  /** The first 1,000 of them. Not printed with the error, as rows hold values. */
  declare readonly rejected: readonly RejectedRow<unknown>[];

  constructor(
    table: string,
    progress: InsertManyProgress,
    rejected: readonly RejectedRow<unknown>[],
  ) {
    const { sent, written, skipped } = progress;
    super(
      {
        table,
        expected: sent - skipped,
        written,
        missing: rejected.map(({ index }) => index),
      },
      { cause: rejected[0]?.error },
    );
    this.progress = progress;
    Object.defineProperty(this, 'rejected', { value: rejected, enumerable: false });
  }
}

function positive(option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`insertMany: ${option} must be a whole number, 1 or more`);
  }
}

