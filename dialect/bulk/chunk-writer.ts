import { type Kysely, sql } from 'kysely';

import { CastError, CrateConnectionError, CrateError, DuplicateKeyError } from '../errors/index.js';
import { withRetry } from '../faults/with-retry.js';
import { uncheckedInserts } from '../inserts/unchecked.js';
import { type BulkColumn, bulkColumn } from './column.js';
import type { IndexedRow } from './chunks.js';
import { keysInTable, keyText } from './row-keys.js';

/** What is done with a row whose primary key is in the table already. */
export type BulkConflict = 'reject' | 'ignore' | 'update';

export interface RejectedRow<Row> {
  /** Its place in what was given, from 0. */
  readonly index: number;
  readonly row: Row;
  /** What the server said against it. */
  readonly error: CrateError;
}

export interface ChunkOutcome {
  written: number;
  skipped: number;
  readonly rejected: RejectedRow<unknown>[];
}

export interface ChunkTarget {
  readonly table: string;
  readonly keys: readonly string[];
  readonly types: ReadonlyMap<string, string>;
  readonly onConflict: BulkConflict;
}

/** Any database: the names of tables and columns are the caller's. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Kysely can't be typed by names known only at run time
type AnyDatabase = any;

/** Writes chunks to one table, and finds out what became of each row. */
export class ChunkWriter {
  readonly #db: Kysely<AnyDatabase>;
  readonly #target: ChunkTarget;
  readonly #columns = new Map<string, BulkColumn>();

  constructor(db: Kysely<AnyDatabase>, target: ChunkTarget) {
    this.#db = target.onConflict === 'update' ? withRetry(db) : db;
    this.#target = target;
  }

  /** Where some rows fail and the whole doesn't tell which, they are found by halves. */
  async write(columns: readonly string[], rows: readonly IndexedRow[]): Promise<ChunkOutcome> {
    const whole = await this.#writeAtOnce(columns, rows);
    if (whole !== undefined) return whole;
    const outcome: ChunkOutcome = { written: 0, skipped: 0, rejected: [] };
    const [first] = rows;
    if (rows.length === 1 && first !== undefined) {
      await this.#alone(columns, first, outcome);
      return outcome;
    }
    const half = Math.ceil(rows.length / 2);
    for (const part of [rows.slice(0, half), rows.slice(half)]) {
      const { written, skipped, rejected } = await this.write(columns, part);
      outcome.written += written;
      outcome.skipped += skipped;
      outcome.rejected.push(...rejected);
    }
    return outcome;
  }

  /** Undefined where it must be tried in parts: writing rows of it again does no harm. */
  async #writeAtOnce(
    columns: readonly string[],
    rows: readonly IndexedRow[],
  ): Promise<ChunkOutcome | undefined> {
    try {
      if (this.#target.onConflict !== 'update') return await this.#write(columns, rows);
      const { written } = await this.#insert(columns, rows, []);
      return written === rows.length ? { written, skipped: 0, rejected: [] } : undefined;
    } catch (error) {
      // A value that doesn't fit the parameter's type: nothing was written.
      if (error instanceof CastError) return undefined;
      throw error;
    }
  }

  async #write(columns: readonly string[], rows: readonly IndexedRow[]): Promise<ChunkOutcome> {
    const { keys, onConflict } = this.#target;
    const { written, returned } = await this.#insert(columns, rows, keys);
    const outcome: ChunkOutcome = { written, skipped: 0, rejected: [] };
    if (written === rows.length) return outcome;
    // Without a key, nothing tells the rows apart.
    if (keys.length === 0) throw new UnidentifiedRowsError(this.#target.table, rows.length, written);

    const remaining = this.#notReturned(rows, returned);
    const present = await keysInTable(this.#db, this.#target, remaining);
    for (const indexed of remaining) {
      if (!present.has(this.#keyOf(indexed.row))) await this.#alone(columns, indexed, outcome);
      else if (onConflict === 'ignore') outcome.skipped += 1;
      else {
        const error = new DuplicateKeyError('A row with this primary key exists already', {
          sqlstate: '23505',
        });
        outcome.rejected.push({ ...indexed, error });
      }
    }
    return outcome;
  }

  /** Of several rows with one key, the first is the one that was written. */
  #notReturned(
    rows: readonly IndexedRow[],
    returned: readonly Readonly<Record<string, unknown>>[],
  ): readonly IndexedRow[] {
    const keys = new Set(returned.map((row) => this.#keyOf(row)));
    return rows.filter(({ row }) => !keys.delete(this.#keyOf(row)));
  }

  #keyOf(row: Readonly<Record<string, unknown>>): string {
    return keyText(row, this.#target);
  }

  async #insert(
    columns: readonly string[],
    rows: readonly IndexedRow[],
    returning: readonly string[],
  ): Promise<{
    readonly written: number;
    readonly returned: readonly Readonly<Record<string, unknown>>[];
  }> {
    const list = columns.map((name) => this.#column(name));
    const arrays = list.map((column) => {
      const values = rows.map(({ row }) => column.encode(row[column.name]));
      return sql`${sql.val(values)}::${sql.raw(column.element)}[]`;
    });
    const names = list.map((_column, index) => sql.id(`c${String(index)}`));
    const selected = list.map((column, index) => column.decode(names[index] ?? sql.id('c')));
    const insert = this.#onConflict(
      uncheckedInserts(this.#db)
        .insertInto(this.#target.table)
        .columns([...columns])
        .expression(
          sql`(select ${sql.join(selected)} from unnest(${sql.join(arrays)}) as u(${sql.join(names)}))`,
        ),
      columns,
    );
    if (returning.length === 0) {
      const result = await insert.executeTakeFirstOrThrow();
      return { written: Number(result.numInsertedOrUpdatedRows ?? 0), returned: [] };
    }
    const returned = await insert.returning([...returning]).execute();
    return { written: returned.length, returned };
  }

  /** A row that is sent alone as VALUES raises the error that a bulk insert keeps to itself. */
  async #alone(
    columns: readonly string[],
    indexed: IndexedRow,
    outcome: ChunkOutcome,
  ): Promise<void> {
    const values = Object.fromEntries(columns.map((name) => [name, indexed.row[name]]));
    const insert = this.#onConflict(
      uncheckedInserts(this.#db).insertInto(this.#target.table).values(values),
      columns,
    );
    try {
      const result = await insert.executeTakeFirstOrThrow();
      if (Number(result.numInsertedOrUpdatedRows ?? 0) > 0) outcome.written += 1;
      else outcome.skipped += 1;
    } catch (error) {
      if (!(error instanceof CrateError) || error instanceof CrateConnectionError) throw error;
      outcome.rejected.push({ ...indexed, error });
    }
  }

  #onConflict(
    insert: ReturnType<Kysely<AnyDatabase>['insertInto']>,
    columns: readonly string[],
  ): ReturnType<Kysely<AnyDatabase>['insertInto']> {
    const { keys, onConflict } = this.#target;
    if (onConflict === 'reject' || keys.length === 0) return insert;
    const updated = columns.filter((name) => !keys.includes(name));
    return insert.onConflict((conflict) => {
      const at = conflict.columns([...keys]);
      return onConflict === 'ignore' || updated.length === 0
        ? at.doNothing()
        : at.doUpdateSet((eb) =>
            Object.fromEntries(updated.map((name) => [name, eb.ref(`excluded.${name}`)])),
          );
    });
  }

  #column(name: string): BulkColumn {
    let column = this.#columns.get(name);
    if (column === undefined) {
      const type = this.#target.types.get(name);
      if (type === undefined) {
        throw new RangeError(
          `insertMany: "${this.#target.table}" has no column "${name}" that can be written; known: ${[...this.#target.types.keys()].join(', ')}`,
        );
      }
      column = bulkColumn(name, type);
      this.#columns.set(name, column);
    }
    return column;
  }
}

/** Rows were refused, in a table without a primary key: which ones, nothing tells. */
export class UnidentifiedRowsError extends CrateError {
  constructor(table: string, sent: number, written: number) {
    super(
      `${String(written)} of ${String(sent)} rows of a chunk were written to ${table}; CrateDB dropped the others without an error. ` +
        "Which ones can't be told, as the table has no primary key. Chunks before it are written whole, later ones were not sent.",
      { sqlstate: '23000' },
    );
  }
}
