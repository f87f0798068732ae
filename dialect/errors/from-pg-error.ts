import { CrateConnectionError, CrateError } from './crate-error.js';
import { codeOf, messageOf, sanitize, stringField } from './driver-error.js';
import { fromServer } from './from-server.js';
import { redactMessage } from './redact.js';

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
  const failure = {
    sqlstate: code,
    text,
    message,
    column: stringField(error, 'column'),
    constraint: stringField(error, 'constraint'),
  };
  return fromServer(failure, { sql, cause: sanitize(error, message, code) });
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
