import type { CrateError } from '../errors/index.js';

/** One statement as it goes to the server. */
export interface StatementRequest {
  readonly sql: string;
  /** In the order of `$1`, `$2`, …; as the caller gave them. */
  readonly values: readonly unknown[];
  /** To prepare it under, where the transport prepares statements. */
  readonly name?: string | undefined;
  /**
   * Whether {@link Session.cancel} may be called while it runs, for transports that must make it to
   * be found on the server. Default: false; streams can always be cancelled.
   */
  readonly cancellable?: boolean | undefined;
  /** `arrays`: the values of a row in the order of its columns. Default: `objects`. */
  readonly rows?: 'objects' | 'arrays' | undefined;
}

export interface StatementResult {
  /** Rows that were written, or that came back; null where the server doesn't say. */
  readonly rowCount: number | null;
  readonly rows: unknown[];
}

/**
 * What happened to one row of {@link Session.executeMany}: how many rows it wrote (0 where ON
 * CONFLICT DO NOTHING skipped it), or what the server said against it.
 */
export type RowOutcome = number | CrateError;

/**
 * A connection to one server, used by one caller at a time. Whatever it raises is what the driver
 * below it raised; {@link Transport.toError} gives it a class.
 */
export interface Session {
  /** Names that were prepared here; undefined where the transport prepares nothing. */
  readonly prepared: Set<string> | undefined;

  execute(request: StatementRequest): Promise<StatementResult>;

  /**
   * The rows in portions of at most `size`, each fetched when it is asked for. Leaving the loop
   * early ends the statement on the server.
   */
  stream(request: StatementRequest, size: number): AsyncIterableIterator<unknown[]>;

  /** One statement with many rows of values, each answered for itself; where there is such a way. */
  readonly executeMany?: (
    sql: string,
    rows: readonly (readonly unknown[])[],
  ) => Promise<readonly RowOutcome[]>;

  /** Ends on the server what is under way here; resolves when the server has been told. */
  cancel(): Promise<void>;

  /** @param broken it is of no more use, and is closed */
  release(broken: boolean): void;
}

export interface AcquireOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A way to reach CrateDB. Refresh, checks of inserts, retries and errors are above it, and the same
 * for all of them.
 */
export interface Transport {
  /** Among how many hosts it chooses. */
  readonly hosts: number;

  /**
   * @throws whatever {@link toError} makes a CrateConnectionError of, where no server answers, or a
   *   PoolExhaustedError where no connection becomes free in time
   */
  acquire(options?: AcquireOptions): Promise<Session>;

  end(): Promise<void>;

  /**
   * The {@link CrateError} for what a session raised.
   *
   * @param sql the statement, with placeholders, and without literals that are values
   * @param values they are taken out of the message wherever they occur in it
   */
  toError(error: unknown, sql?: string, values?: readonly unknown[]): Error;
}
