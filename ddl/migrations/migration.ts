/**
 * How a database gets from one version of the tables to the next.
 *
 * - Version 1 is what was first made. Each later version is one file of this folder,
 *   `0002_<what>.ts` and so on, listed in `index.ts`, never edited after a release: what it makes is
 *   written out in it, not taken from ddl/schema, which goes on changing.
 * - A new database gets the newest tables at once and is recorded as newest; migrations are for
 *   those that were made before.
 * - Steps add and take nothing away, so that servers of the version before go on working beside
 *   those of the next. A table or column that is there already is left alone; a data step is done
 *   again after a crash between it and the record of it, so it must be idempotent.
 * - An added column may be null and is no part of a key: CrateDB gives the rows that are there no
 *   default, and refuses every later update of a row whose new column must not be null.
 *   https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html
 * - Who does it: whoever holds the lease, see `lease.ts`. How far it is: one row, see `progress`
 *   there.
 */
import type { TableDefinition } from '../table-definition.js';
import type { ColumnShape, IndexShape } from '../render/table.js';

export interface Migration {
  /** The version that a database has once all steps are done. */
  readonly version: number;
  /** What it is for, in a few words. */
  readonly name: string;
  readonly steps: readonly MigrationStep[];
}

export type MigrationStep = CreateTableStep | AddColumnStep | CreateIndexStep | DataStep;

export interface CreateTableStep {
  readonly kind: 'create-table';
  readonly table: TableDefinition;
}

export interface AddColumnStep {
  readonly kind: 'add-column';
  readonly table: string;
  readonly column: ColumnShape & { readonly notNull: false };
  /** Whether it holds texts over 32,766 bytes; see `TableStorage.largeText`. */
  readonly largeText?: boolean;
}

/** PostgreSQL alone: CrateDB indexes every column. */
export interface CreateIndexStep {
  readonly kind: 'create-index';
  readonly table: string;
  readonly index: IndexShape;
}

/** Statements that do the same when executed again, each without a final semicolon. */
export interface DataStep {
  readonly kind: 'data';
  /** What it does, for the log: `fill experiments.owner`. */
  readonly about: string;
  /**
   * @param table Writes a table's name with its schema.
   */
  statements(
    engine: 'cratedb' | 'postgres',
    table: (name: string) => string,
  ): readonly string[];
}
