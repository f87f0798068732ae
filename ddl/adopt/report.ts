import type { DuplicateName } from './backfill.js';

/** What became of a table. */
export interface AdoptedTable {
  readonly table: string;
  /**
   * `created`: the other program has no such table. `kept`: it got columns at most. `adopted
   * earlier`: what was there before is not known any more, since the old tables were dropped.
   */
  readonly action: 'copied' | 'kept' | 'created' | 'adopted earlier';
  /** Rows of the table that was found; of a copied one, when it was swapped. */
  readonly before: number;
  /** Those among them that were one and the same. */
  readonly merged: number;
  /** Rows now. */
  readonly after: number;
  /** For how long it took no writes. */
  readonly blockedMs: number;
  /** What the old table is called, if it is kept. */
  readonly keptAs: string | undefined;
  /** Columns that are none of the definitions, and are there still. */
  readonly extraColumns: readonly string[];
}

export interface AdoptReport {
  readonly schema: string;
  /** The version that is recorded now. */
  readonly version: number;
  readonly tables: readonly AdoptedTable[];
  readonly duplicateNames: readonly DuplicateName[];
  /** What this process executed, in order; not the lease, nor the record of how far it is. */
  readonly statements: readonly string[];
  /** Tables of before that are there no more. */
  readonly dropped: readonly string[];
}
