import { CrateConnectionError, CrateError } from './crate-error.js';
import { codeOf, messageOf, sanitize } from './driver-error.js';
import { fromServer, SQLSTATE } from './from-server.js';
import { redactMessage } from './redact.js';

/** The endpoint answered a request with something else than a result. */
export class HttpAnswerError extends Error {
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`HTTP status ${String(status)}`);
    this.status = status;
    this.body = body;
  }
}

/** A request got no answer, or not all of it. */
export class HttpRequestError extends Error {
  /** Whether anything of it may have reached the server. */
  readonly sent: boolean;

  /** @param cause what the HTTP client raised */
  constructor(cause: unknown, sent: boolean) {
    super(cause instanceof Error ? messageOf(cause) : 'The request failed', { cause });
    this.sent = sent;
  }
}

/** What CrateDB puts in place of a result, and into the results of single rows of `bulk_args`. */
export interface HttpFailure {
  readonly code?: number;
  readonly message?: string;
}

/**
 * The SQLSTATE that CrateDB sends on the PostgreSQL wire for the same exception; all others are
 * XX000 there.
 */
const SQLSTATE_OF: Readonly<Record<string, string>> = {
  AmbiguousColumnAliasException: '42P09',
  AmbiguousColumnException: '42702',
  ColumnUnknownException: SQLSTATE.undefinedColumn,
  DependentObjectsExists: '2BP01',
  DuplicateKeyException: SQLSTATE.uniqueViolation,
  IllegalArgumentException: SQLSTATE.featureNotSupported,
  IncompatibleSchemaForRestoreException: '42P17',
  InvalidSchemaNameException: SQLSTATE.invalidSchemaName,
  ParsingException: SQLSTATE.syntaxError,
  RelationAlreadyExists: SQLSTATE.duplicateTable,
  RelationUnknown: SQLSTATE.undefinedTable,
  RoleUnknownException: '42704',
  SchemaAlreadyExists: SQLSTATE.duplicateSchema,
  SchemaUnknownException: SQLSTATE.invalidSchemaName,
  ServerAlreadyExistsException: '42710',
  UnsupportedFunctionException: SQLSTATE.featureNotSupported,
  UnsupportedOperationException: SQLSTATE.featureNotSupported,
  UserDefinedFunctionUnknownException: '42883',
  UserMappingAlreadyExists: '42710',
};

/** `RelationUnknown[Relation 't' unknown]` */
const EXCEPTION = /^(\w+)\[([\s\S]*)\]$/;

/**
 * Turns what the HTTP transport raised into a {@link CrateError}, of the same class as over the
 * PostgreSQL wire. Errors that come from no server are given back as they are.
 *
 * @param sql the statement, with placeholders
 * @param parameters its values: they are taken out of the message wherever they occur in it
 * @see https://cratedb.com/docs/crate/reference/en/latest/interfaces/http.html#error-codes
 */
export function fromHttpError(
  error: unknown,
  sql?: string,
  parameters?: readonly unknown[],
): Error {
  if (error instanceof HttpAnswerError) {
    const failure = readFailure(error.body);
    return failure === undefined
      ? fromOtherAnswer(error, sql)
      : fromHttpFailure(failure, sql, parameters);
  }
  if (error instanceof HttpRequestError) {
    const { cause, message } = error;
    return new CrateConnectionError(message, {
      sqlstate: '08006',
      sql,
      outcomeUnknown: error.sent,
      ...(cause instanceof Error && { cause: sanitize(cause, message, codeOf(cause)) }),
    });
  }
  if (error instanceof Error) return error;
  return new CrateError(`Not an error: ${typeof error}`, { sql });
}

/** What the server said against a statement, or against one row of many. */
export function fromHttpFailure(
  { message: said = 'The server gave no reason' }: HttpFailure,
  sql?: string,
  parameters?: readonly unknown[],
): CrateError {
  const [, exception = '', text = said] = EXCEPTION.exec(said) ?? [];
  const sqlstate = SQLSTATE_OF[exception] ?? SQLSTATE.internalError;
  return fromServer({ sqlstate, text, message: redactMessage(text, sqlstate, parameters) }, { sql });
}

/** Undefined where it isn't CrateDB that speaks. */
function readFailure(body: string): HttpFailure | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    return typeof error === 'object' && error !== null ? error : undefined;
  } catch {
    return undefined;
  }
}

/** A refused login is plain text; other answers come from proxies, or from another kind of server. */
function fromOtherAnswer({ status, body }: HttpAnswerError, sql: string | undefined): CrateError {
  if (status === 401 || status === 403) {
    const said = /^[^<>\n]{1,200}$/.test(body) ? `: ${body}` : '';
    return new CrateConnectionError(`The login was refused${said}`, { sqlstate: '28000', sql });
  }
  if (status === 413) {
    return new CrateError(
      'The request is larger than the server takes (http.max_content_length): send fewer rows at once.',
      { sqlstate: '54000', sql },
    );
  }
  return new CrateConnectionError(
    `Not an answer of CrateDB: HTTP status ${String(status)}. Is this its HTTP address?`,
    { sqlstate: '08006', sql, outcomeUnknown: status >= 500 },
  );
}
