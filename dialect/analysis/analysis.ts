import type { StatementKind } from '../statement-event.js';
import type { TableName } from '../table-name.js';
import type { KeyConditions } from './key-conditions.js';

/** What a statement does, as far as the dialect must know before and after it is sent. */
export interface StatementAnalysis {
  readonly kind: StatementKind | 'transaction';
  /** Every table that is read, once per place; `unknown` stands for all of the schema. */
  readonly reads: readonly TableRead[] | 'unknown';
  /** Tables that get rows, lose them, or whose rows change. */
  readonly writes: readonly TableName[] | 'unknown';
  /** Whole tables that a REFRESH makes visible; a table of which it names a partition isn't one. */
  readonly refreshes: readonly TableName[];
  /** Tables that have another name afterwards, or none: all at once, as in a swap. */
  readonly moves: readonly TableMove[];
  readonly rawInsert?: RawInsert | undefined;
  /**
   * Columns that come back from rows which the statement may have updated; `all` where that is `*`
   * or can't be told. Undefined where none do.
   */
  readonly returnsUpdated?: readonly string[] | 'all' | undefined;
}

export interface TableRead {
  readonly table: TableName;
  /** Undefined where the table is searched, whatever its key. */
  readonly lookup: LookupCandidate | undefined;
}

/** A block that reads this one table; a lookup if its conditions fix the whole primary key. */
export interface LookupCandidate {
  /** UPDATE and DELETE look up only where nothing else than the key is asked for. */
  readonly forWrite: boolean;
  readonly conditions: KeyConditions;
}

export interface TableMove {
  readonly from: TableName;
  /** Undefined where the rows are gone. */
  readonly to: TableName | undefined;
}

/** How many rows an INSERT by hand sends. */
export interface RawInsert {
  /** Of a VALUES list. */
  readonly rows: number | undefined;
  /** Numbers of the parameters that are UNNESTed. */
  readonly arrays: readonly number[];
  readonly ignoresConflicts: boolean;
}
