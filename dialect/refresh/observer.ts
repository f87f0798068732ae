import type { StatementEvent } from '../statement-event.js';

/** A statement and the tables it is about, quoted and qualified: `"schema"."table"`. */
export interface ObservedStatement extends StatementEvent {
  /**
   * Tables that it searches, through views and views of views as well: not those whose rows it gets
   * by their whole primary key.
   */
  readonly searches: readonly string[];
  /** Tables whose rows it makes, changes or deletes. */
  readonly writes: readonly string[];
  /** Tables that it refreshes, each as a whole. */
  readonly refreshes: readonly string[];
  /** Tables that it renames, interchanges or drops, all at once. */
  readonly moves: readonly ObservedMove[];
}

export interface ObservedMove {
  readonly from: string;
  /** Undefined where the table is gone. */
  readonly to: string | undefined;
}

/**
 * Watches the statements of any number of dialects. Moments are numbers of the observer's own, each
 * greater than the one before, by which it tells what came before what.
 */
export interface StatementObserver {
  now(): number;
  /**
   * A statement is about to be sent. What this throws is what the query fails with.
   *
   * @param arrived when the query came to the dialect: it is owed what its caller could know then
   */
  sending(statement: ObservedStatement, arrived: number): void;
  /** The statement has succeeded, and its caller is about to learn it. */
  done(statement: ObservedStatement, moments: StatementMoments): void;
}

export interface StatementMoments {
  /** Just before it was sent. */
  readonly sent: number;
  /** When the server had answered: before an `after-write` refresh. */
  readonly answered: number;
}
