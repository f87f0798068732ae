export interface CrateErrorOptions {
  /** The SQLSTATE that the server sent, or that stands for what it said in words. */
  readonly sqlstate?: string | undefined;
  /** The statement that failed, with placeholders; never the values. */
  readonly sql?: string | undefined;
  /** What the driver raised, already without values. */
  readonly cause?: unknown;
}

/**
 * Base of everything that this dialect raises. No message, and nothing a log would print of it,
 * contains a parameter's value.
 */
export class CrateError extends Error {
  readonly sqlstate: string | undefined;
  readonly sql: string | undefined;

  constructor(message: string, options: CrateErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.sqlstate = options.sqlstate;
    this.sql = options.sql;
  }
}

/** A row with this primary key exists already (23505). */
export class DuplicateKeyError extends CrateError {}

/** The table or view doesn't exist, or the user may not see it (42P01). */
export class RelationUnknownError extends CrateError {}

/** The schema doesn't exist, or the user may not see it (3F000). */
export class SchemaUnknownError extends RelationUnknownError {}

/** A table, view or schema of this name exists already (42P07). */
export class RelationExistsError extends CrateError {}

/** A column that the table doesn't have (42703). */
export class ColumnUnknownError extends CrateError {}

/** Not a statement in CrateDB's grammar (42601). */
export class CrateSyntaxError extends CrateError {}

/** A column that must have a value got none (23502). */
export class NotNullError extends CrateError {
  /** The column, where the server named it. */
  readonly column: string | undefined;

  constructor(message: string, options: CrateErrorOptions & { column?: string | undefined } = {}) {
    super(message, options);
    this.column = options.column;
  }
}

/** A CHECK constraint refused the row (23514). */
export class CheckError extends CrateError {
  /** The constraint, where the server named it. */
  readonly constraint: string | undefined;

  constructor(
    message: string,
    options: CrateErrorOptions & { constraint?: string | undefined } = {},
  ) {
    super(message, options);
    this.constraint = options.constraint;
  }
}

/** A value doesn't fit the column's or the expression's type (22P02). */
export class CastError extends CrateError {}

/** A text is longer than its column can hold; 32,766 bytes where the column is indexed (22001). */
export class ValueTooLongError extends CrateError {}

/** The table, or the whole cluster, takes no writes (25006). */
export class ReadOnlyError extends CrateError {}

/** The table was created a moment ago, and can't be read yet (55000). */
export class TableNotReadyError extends CrateError {}

/** The user lacks a privilege (42501). */
export class PermissionDeniedError extends CrateError {}

export interface NotSupportedOptions extends CrateErrorOptions {
  /** What was asked for, in SQL's or Kysely's words. */
  readonly feature?: string | undefined;
  /** What to do instead: one or two sentences, also a part of the message. */
  readonly alternative?: string | undefined;
}

/** CrateDB doesn't have this, and the dialect can't stand in for it (0A000). */
export class NotSupportedError extends CrateError {
  /** What was asked for, where the dialect refused it; undefined where the server did. */
  readonly feature: string | undefined;
  /** What to do instead, where the dialect refused it. */
  readonly alternative: string | undefined;

  constructor(message: string, options: NotSupportedOptions = {}) {
    super(message, { sqlstate: '0A000', ...options });
    this.feature = options.feature;
    this.alternative = options.alternative;
  }
}

/** The server can't be reached, refused the login, or the connection broke (08006, 28000). */
export class CrateConnectionError extends CrateError {
  /**
   * Whether a statement was under way when the connection broke: it may have been executed. Where
   * this is false, nothing was sent.
   */
  readonly outcomeUnknown: boolean;

  constructor(message: string, options: CrateErrorOptions & { outcomeUnknown?: boolean } = {}) {
    super(message, options);
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

/** All connections of the pool stayed in use for as long as the caller may wait; nothing was sent. */
export class PoolExhaustedError extends CrateConnectionError {
  constructor(waitedMs: number, connections: number | undefined) {
    const all = connections === undefined ? 'All connections' : `All ${String(connections)} connections`;
    super(
      `${all} of the pool are in use, and none became free in ${String(waitedMs / 1000)} s. ` +
        'Release what db.connection() and stream() hold, raise max, or raise acquireTimeoutMs.',
      { sqlstate: '53300' },
    );
  }
}

/** The statement was ended on the server, by an AbortSignal, a cancel request or KILL (57014). */
export class StatementCancelledError extends CrateError {}

/** The statement ran longer than `statement_timeout` allows, and was ended by the server (57014). */
export class StatementTimeoutError extends StatementCancelledError {}

/**
 * CrateDB has no transactions: it accepts BEGIN and COMMIT and ignores them, so that a failure
 * would leave half the work done. Raised before anything is sent.
 */
export class TransactionsNotSupportedError extends NotSupportedError {
  constructor(what = 'Transactions') {
    super(
      `${what} cannot be used: CrateDB has no transactions, it ignores BEGIN and COMMIT and would keep the first half of failed work. ` +
        'Instead, write each row with one atomic statement (INSERT … ON CONFLICT, UPDATE … SET x = CASE … END WHERE <primary key> RETURNING) ' +
        'and order the statements so that the last one makes the result visible. To run several statements on one connection use db.connection().',
    );
  }
}

/**
 * Some rows of a multi-row INSERT were not written. CrateDB reports no error for them; see
 * https://cratedb.com/docs/crate/reference/en/latest/sql/statements/insert.html
 */
export class RowsDroppedError extends CrateError {
  readonly table: string;
  /** Rows that were sent. */
  readonly expected: number;
  /** Rows that were written. */
  readonly written: number;
  /**
   * Indexes (from 0, in the order sent) of the rows whose key isn't in the table: the refused ones
   * (null, CHECK, text too long, value out of range). The other missing rows are duplicates of a
   * key. Undefined where the rows' keys can't be told from the statement.
   */
  readonly missing: readonly number[] | undefined;

  constructor(
    details: {
      readonly table: string;
      readonly expected: number;
      readonly written: number;
      readonly missing: readonly number[] | undefined;
    },
    options: CrateErrorOptions = {},
  ) {
    super(describeDropped(details), { sqlstate: '23000', ...options });
    this.table = details.table;
    this.expected = details.expected;
    this.written = details.written;
    this.missing = details.missing;
  }
}

function describeDropped(details: {
  readonly table: string;
  readonly expected: number;
  readonly written: number;
  readonly missing: readonly number[] | undefined;
}): string {
  const { table, expected, written, missing } = details;
  const head = `${written} of ${expected} rows were written to ${table}; CrateDB dropped the others without an error.`;
  if (missing === undefined) {
    return `${head} Which ones can't be told, as the key of the rows is computed in the statement.`;
  }
  const duplicates = Math.max(0, expected - written - missing.length);
  const parts: string[] = [];
  if (missing.length > 0) {
    const listed = missing.slice(0, 10).join(', ');
    parts.push(
      `Refused (null, check, type or length): index ${listed}${missing.length > 10 ? ` and ${missing.length - 10} more` : ''}.`,
    );
  }
  if (duplicates > 0) parts.push(`Duplicate keys: ${duplicates}.`);
  return [head, ...parts].join(' ');
}
