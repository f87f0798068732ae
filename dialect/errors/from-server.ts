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

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const SQLSTATE = {
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
  cannotConnectNow: '57P03',
  internalError: 'XX000',
} as const;

/** What a server said, as far as the transports have it in common. */
export interface ServerFailure {
  readonly sqlstate: string;
  /** As it was sent: with values in it. */
  readonly text: string;
  /** Without values. */
  readonly message: string;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
}

/** The same failure has the same class, whichever way it came. */
export function fromServer(
  failure: ServerFailure,
  context: Pick<CrateErrorOptions, 'sql' | 'cause'>,
): CrateError {
  const options = { sqlstate: failure.sqlstate, ...context };
  return failure.sqlstate === SQLSTATE.internalError
    ? fromCrateMessage(failure.text, failure.message, options)
    : fromSqlstate(failure, options);
}

function fromSqlstate(failure: ServerFailure, options: CrateErrorOptions): CrateError {
  const { message, column, constraint } = failure;
  switch (failure.sqlstate) {
    case SQLSTATE.uniqueViolation:
      return new DuplicateKeyError(message, options);
    case SQLSTATE.notNullViolation:
      return new NotNullError(message, { ...options, column });
    case SQLSTATE.checkViolation:
      return new CheckError(message, { ...options, constraint });
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
    /Cannot cast|For input string|can't be (implicitly )?cast|out of range for|^Value out of range|^Unrecognized token|^Unexpected (character|end-of-input)/.test(
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
  const unavailable = /SERVICE_UNAVAILABLE\/\d+\/(state not recovered|no master)|^no known master/.exec(text);
  if (unavailable !== null) {
    const sqlstate = SQLSTATE.cannotConnectNow;
    // As long as the cluster's state isn't recovered there are no tables to write to.
    const outcomeUnknown = unavailable[1] !== 'state not recovered';
    return new CrateConnectionError(message, { ...options, sqlstate, outcomeUnknown });
  }
  if (/^(CurrentState\[\w+\] operations only allowed|no such shard)/.test(text)) {
    return new TableNotReadyError(message, { ...options, sqlstate: SQLSTATE.notReady });
  }
  return new CrateError(message, options);
}
