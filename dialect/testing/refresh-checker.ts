import { redactLiterals } from '../errors/index.js';
import type {
  ObservedMove,
  ObservedStatement,
  StatementMoments,
  StatementObserver,
} from '../refresh/observer.js';

/** A search that may have missed a write. */
export interface StaleRead {
  /** The statement that searched; its placeholders and masked literals stand for the values. */
  readonly sql: string;
  /** The table, `"schema"."table"`, that it read by itself or through a view. */
  readonly table: string;
  /** The last write to it that no REFRESH has covered. */
  readonly write: string;
  /** Where the search was made. */
  readonly stack: string;
}

/** Raised for a search of a table whose writes aren't refreshed. */
export class StaleReadError extends Error {
  override readonly name = 'StaleReadError';
  readonly findings: readonly StaleRead[];

  constructor(findings: readonly StaleRead[]) {
    super(findings.map(describe).join('\n'));
    this.findings = findings;
  }
}

export interface RefreshCheckerOptions {
  /**
   * - `record` (default): the findings wait for {@link RefreshChecker.assertFresh};
   * - `throw`: the query that searches fails with a {@link StaleReadError}, and isn't sent.
   */
  readonly mode?: 'record' | 'throw';
}

/** See {@link refreshChecker}. */
export interface RefreshChecker extends StatementObserver {
  readonly findings: readonly StaleRead[];
  /**
   * For the end of a test: `afterEach(() => checker.assertFresh())`. Findings are reported once.
   *
   * @throws StaleReadError where there are any
   */
  assertFresh(): void;
  /** Forgets the findings, and every write so far. */
  clear(): void;
}

/**
 * Finds the searches of a test that don't surely see what the same process has written before: with
 * the refresh policies `manual` and `after-write`, where a {@link refreshTable} was forgotten; with
 * `before-read`, none, which shows that the dialect refreshes what is needed.
 *
 * ```ts
 * const checker = refreshChecker();
 * const db = new Kysely<DB>({ dialect: new CrateDialect({ url, refresh: 'manual', observer: checker }) });
 * afterEach(() => checker.assertFresh());
 * ```
 *
 * A finding is a statement that searches a table (by itself, in a subquery or CTE, through views, as
 * the source of an INSERT, or as an UPDATE or DELETE by search) which a statement of a watched
 * dialect had written, and its caller knew it, before the search was begun, while no REFRESH that
 * was sent after that write has succeeded. Reads by whole primary key are never stale. One checker
 * may watch several dialects; it knows nothing of other connections, of the tables' own
 * `refresh_interval`, nor of what a REFRESH of a single partition covers: that counts for nothing.
 * A join is taken for a search of all its tables.
 *
 * See https://cratedb.com/docs/crate/reference/en/latest/general/dql/refresh.html
 */
export function refreshChecker(options: RefreshCheckerOptions = {}): RefreshChecker {
  return new Checker(options.mode ?? 'record');
}

interface Write {
  /** When its caller learned of it. */
  readonly known: number;
  /** When the server had carried it out. */
  readonly answered: number;
  readonly sql: string;
}

class Checker implements RefreshChecker {
  readonly #mode: 'record' | 'throw';
  /** Writes that aren't covered, in the order in which they became known, by table. */
  readonly #writes = new Map<string, Write[]>();
  /** When the last REFRESH that succeeded was sent, by table. */
  readonly #refreshed = new Map<string, number>();
  #findings: StaleRead[] = [];
  #moment = 0;

  constructor(mode: 'record' | 'throw') {
    this.#mode = mode;
  }

  get findings(): readonly StaleRead[] {
    return this.#findings;
  }

  now(): number {
    this.#moment += 1;
    return this.#moment;
  }

  sending({ sql, searches }: ObservedStatement, arrived: number): void {
    const stale = searches.flatMap((table) => {
      const write = this.#writes.get(table)?.findLast(({ known }) => known < arrived);
      return write === undefined ? [] : [{ table, write: write.sql }];
    });
    if (stale.length === 0) return;
    const { stackTraceLimit } = Error;
    // The test is further up than the usual ten frames.
    Error.stackTraceLimit = 50;
    const stack = (new Error().stack ?? '').replace(/^Error.*\n/, '');
    const findings = stale.map((read) => ({ ...read, sql: redactLiterals(sql), stack }));
    const error = new StaleReadError(findings);
    Error.stackTraceLimit = stackTraceLimit;
    if (this.#mode === 'throw') throw error;
    this.#findings.push(...findings);
  }

  done(statement: ObservedStatement, { sent, answered }: StatementMoments): void {
    const { sql, writes, refreshes, moves } = statement;
    for (const table of refreshes) this.#refresh(table, sent);
    this.#move(moves);
    if (writes.length === 0) return;
    const write = { known: this.now(), answered, sql: redactLiterals(sql) };
    for (const table of writes) this.#write(table, write);
  }

  assertFresh(): void {
    const findings = this.#findings;
    this.#findings = [];
    if (findings.length > 0) throw new StaleReadError(findings);
  }

  clear(): void {
    this.#findings = [];
    this.#writes.clear();
  }

  /** It sees what was written before it began, not what came while it ran. */
  #refresh(table: string, sent: number): void {
    this.#refreshed.set(table, Math.max(sent, this.#refreshed.get(table) ?? 0));
    const left = this.#writes.get(table)?.filter(({ answered }) => answered > sent) ?? [];
    if (left.length === 0) this.#writes.delete(table);
    else this.#writes.set(table, left);
  }

  /** With `after-write` it has been refreshed before its caller knew of it. */
  #write(table: string, write: Write): void {
    if (write.answered < (this.#refreshed.get(table) ?? 0)) return;
    const writes = this.#writes.get(table);
    if (writes === undefined) this.#writes.set(table, [write]);
    else writes.push(write);
  }

  #move(moves: readonly ObservedMove[]): void {
    const moved = moves.map(({ from, to }) => ({ to, writes: this.#writes.get(from) }));
    for (const { from } of moves) this.#writes.delete(from);
    for (const { to, writes } of moved) {
      if (to !== undefined && writes !== undefined) this.#writes.set(to, writes);
    }
  }
}

function describe({ sql, table, write, stack }: StaleRead): string {
  return `Searched ${table} before a REFRESH had covered the write\n  ${write}\nby\n  ${sql}\n${stack}`;
}
