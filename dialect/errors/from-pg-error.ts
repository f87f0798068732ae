import {
  CastError,
  CheckError,
  ColumnUnknownError,
  CrateConnectionError,
  CrateError,
  type CrateErrorOptions,
  CrateSyntaxError,
  DuplicateKeyError,
  NotNullError,
  NotSupportedError,
  PermissionDeniedError,
  ReadOnlyError,
  RelationExistsError,
  RelationUnknownError,
  SchemaUnknownError,
  StatementCancelledError,
  StatementTimeoutError,
  TableNotReadyError,
  ValueTooLongError,
} from './crate-error.js';
import { redactMessage } from './redact.js';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATE = {
  uniqueViolation: '23505',
  notNullViolation: '23502',
  checkViolation: '23514',
  undefinedTable: '42P01',
  invalidSchemaName: '3F000',
  duplicateTable: '42P07',
  duplicateSchema: '42P06',
  undefinedColumn: '42703',
  syntaxError: '42601',
  insufficientPrivilege: '42501',
  readOnlyTransaction: '25006',
  stringTooLong: '22001',
  invalidTextRepresentation: '22P02',
  numberOutOfRange: '22003',
  invalidDatetime: '22007',
  datatypeMismatch: '42804',
  featureNotSupported: '0A000',
  notReady: '55000',
  queryCanceled: '57014',
  internalError: 'XX000',
} as const;

const NODE_CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What `pg` says without a code. */
const CONNECTION_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after|The server does not support SSL|self-signed certificate)/;

/** A statement was under way; the others failed before anything was sent. */
const OUTCOME_UNKNOWN = /^(Connection terminated|Query read timeout|read ECONN|write E)/;

/**
 * Turns what `pg` or PGlite raised into a {@link CrateError}, so that the same failure has the same
 * class on both. Errors that come from no database are given back as they are.
 *
 * @param sql the statement, with placeholders
 * @param parameters its values: they are taken out of the message wherever they occur in it
 */
export function fromPgError(error: unknown, sql?: string, parameters?: readonly unknown[]): Error {
  if (error instanceof CrateError) return error;
  if (!(error instanceof Error)) return new CrateError(`Not an error: ${typeof error}`, { sql });

  const code = codeOf(error);
  const text = messageOf(error);
  if (isConnectionFailure(code, text)) {
    return new CrateConnectionError(text, {
      sqlstate: code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : '08006',
      sql,
      cause: sanitize(error, text, code),
      outcomeUnknown: OUTCOME_UNKNOWN.test(text) || code === '57P01',
    });
  }
  if (code === undefined || !/^[0-9A-Z]{5}$/.test(code)) return error;

  const message = redactMessage(text, code, parameters);
  const options = { sqlstate: code, sql, cause: sanitize(error, message, code) };
  return code === SQLSTATE.internalError
    ? fromCrateMessage(text, message, options)
    : fromSqlstate(code, error, message, options);
}

function fromSqlstate(
  code: string,
  error: Error,
  message: string,
  options: CrateErrorOptions,
): CrateError {
  switch (code) {
    case SQLSTATE.uniqueViolation:
      return new DuplicateKeyError(message, options);
    case SQLSTATE.notNullViolation:
      return new NotNullError(message, { ...options, column: stringField(error, 'column') });
    case SQLSTATE.checkViolation:
      return new CheckError(message, { ...options, constraint: stringField(error, 'constraint') });
    case SQLSTATE.undefinedTable:
      return new RelationUnknownError(message, options);
    case SQLSTATE.invalidSchemaName:
      return new SchemaUnknownError(message, options);
    case SQLSTATE.duplicateTable:
    case SQLSTATE.duplicateSchema:
      return new RelationExistsError(message, options);
    case SQLSTATE.undefinedColumn:
      return new ColumnUnknownError(message, options);
    case SQLSTATE.syntaxError:
      return new CrateSyntaxError(message, options);
    case SQLSTATE.insufficientPrivilege:
      return new PermissionDeniedError(message, options);
    case SQLSTATE.readOnlyTransaction:
      return new ReadOnlyError(message, options);
    case SQLSTATE.stringTooLong:
      return new ValueTooLongError(message, options);
    case SQLSTATE.invalidTextRepresentation:
    case SQLSTATE.numberOutOfRange:
    case SQLSTATE.invalidDatetime:
    case SQLSTATE.datatypeMismatch:
      return new CastError(message, options);
    case SQLSTATE.featureNotSupported:
      return new NotSupportedError(message, options);
    default:
      return new CrateError(message, options);
  }
}

/**
 * CrateDB has SQLSTATEs for few errors; the others all come as XX000 with only a message. They get
 * the SQLSTATE that PostgreSQL has for the same thing.
 */
function fromCrateMessage(text: string, message: string, options: CrateErrorOptions): CrateError {
  const nullColumn = /^"([^"]+)" must not be null/.exec(text)?.[1];
  if (nullColumn !== undefined) {
    const sqlstate = SQLSTATE.notNullViolation;
    return new NotNullError(message, { ...options, sqlstate, column: nullColumn });
  }
  if (text.startsWith('A primary key value must not be NULL')) {
    return new NotNullError(message, { ...options, sqlstate: SQLSTATE.notNullViolation });
  }
  const constraint = /^Failed CONSTRAINT (\S+) CHECK/.exec(text)?.[1];
  if (constraint !== undefined) {
    return new CheckError(message, { ...options, sqlstate: SQLSTATE.checkViolation, constraint });
  }
  if (
    /immense term|^'.*' is too long for the (text|character)|too long for the text type/s.test(text)
  ) {
    return new ValueTooLongError(message, { ...options, sqlstate: SQLSTATE.stringTooLong });
  }
  if (/doesn't support or allow [\w ]+ operations|read[- ]only|FORBIDDEN/.test(text)) {
    return new ReadOnlyError(message, { ...options, sqlstate: SQLSTATE.readOnlyTransaction });
  }
  if (/^Missing '\w+' privilege/.test(text)) {
    return new PermissionDeniedError(message, {
      ...options,
      sqlstate: SQLSTATE.insufficientPrivilege,
    });
  }
  if (
    /Cannot cast|For input string|can't be (implicitly )?cast|out of range for|^Unrecognized token|^Unexpected (character|end-of-input)/.test(
      text,
    )
  ) {
    const sqlstate = SQLSTATE.invalidTextRepresentation;
    return new CastError(message, { ...options, sqlstate });
  }
  if (/^Job killed/.test(text)) {
    const ended = /statement_timeout|timed? ?out/i.test(text)
      ? StatementTimeoutError
      : StatementCancelledError;
    return new ended(message, { ...options, sqlstate: SQLSTATE.queryCanceled });
  }
  if (/^(CurrentState\[\w+\] operations only allowed|no such shard)/.test(text)) {
    return new TableNotReadyError(message, { ...options, sqlstate: SQLSTATE.notReady });
  }
  return new CrateError(message, options);
}

function isConnectionFailure(code: string | undefined, text: string): boolean {
  if (code !== undefined) {
    if (NODE_CONNECTION_CODES.has(code)) return true;
    // 08 connection exception, 28 authentication, 57P server shutting down or starting
    if (/^(08|28|57P)/.test(code)) return true;
    if (/^(ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_)/.test(code)) return true;
  }
  return CONNECTION_MESSAGES.test(text);
}

/** Of several addresses of one host, Node reports an AggregateError with an empty message. */
function messageOf(error: Error): string {
  if (error.message !== '') return error.message;
  if (error instanceof AggregateError) {
    const first: unknown = error.errors[0];
    if (first instanceof Error) return first.message;
  }
  return codeOf(error) ?? error.name;
}

function codeOf(error: Error): string | undefined {
  return stringField(error, 'code');
}

function stringField(error: Error, name: string): string | undefined {
  const value = (error as unknown as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * The driver's error holds values in its message, detail and where; a log prints causes. What is
 * kept of it is the place it came from.
 */
function sanitize(error: Error, message: string, code: string | undefined): Error {
  const clean: Error & { code?: string } = new Error(message);
  clean.name = error.name;
  if (code !== undefined) clean.code = code;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  clean.stack = [`${error.name}: ${message}`, ...frames].join('\n');
  return clean;
}
