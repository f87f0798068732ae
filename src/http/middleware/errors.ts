import { randomUUID } from 'node:crypto';

import type { ContentfulStatusCode } from 'hono/utils/http-status';

import { MlflowError } from '../../domain/errors.js';
import { encodeError, statusOf } from '../../protocol/index.js';
import type { AppContext } from '../environment.js';
import { HttpError } from '../http-error.js';
import type { Logger } from '../options.js';

/** The one place where what was thrown becomes a status and a body. */
export function errorHandler(logger: Logger) {
  return (error: Error, c: AppContext): Response => {
    const known = asMlflowError(error);
    const status = known instanceof HttpError ? known.status : statusOf(known.errorCode);
    if (status >= 500) logger.error(logLine(c, status, known, error));
    if (known instanceof HttpError) {
      for (const [name, value] of Object.entries(known.headers)) c.header(name, value);
    }
    return c.body(encodeError(known.errorCode, known.message), status as ContentfulStatusCode, {
      'Content-Type': 'application/json',
    });
  };
}

function asMlflowError(error: Error): MlflowError {
  if (error instanceof MlflowError) return error;
  if (isConnectionLoss(error)) {
    return new MlflowError(
      'TEMPORARILY_UNAVAILABLE',
      'The database cannot be reached at the moment.',
    );
  }
  const requestId = randomUUID();
  return new MlflowError(
    'INTERNAL_ERROR',
    `An internal error occurred. The server's log has it under the request id ${requestId}.`,
    { cause: error },
  );
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Whatever the database's library: a system error, or SQLSTATE class 08 or a server going down. */
function isConnectionLoss(error: Error): boolean {
  const code = textProperty(error, 'sqlState') ?? textProperty(error, 'code') ?? '';
  return CONNECTION_CODES.has(code) || /^(?:08|57P0)/.test(code) || /Connection/.test(error.name);
}

/**
 * Method, path, code, and for what we did not expect the name and the place. Messages of foreign
 * errors may quote a request's values and stay out; those of the language quote only our own code.
 */
function logLine(c: AppContext, status: number, known: MlflowError, thrown: Error): string {
  const head = `${c.req.method} ${c.get('path')} ${status} ${known.errorCode}`;
  if (known !== thrown) {
    const id = / ([0-9a-f-]{36})\.$/.exec(known.message)?.[1];
    return [id === undefined ? head : `${head} request id ${id}`, described(thrown)].join(': ');
  }
  const cause = known.cause instanceof Error ? `: ${described(known.cause)}` : '';
  return head + cause;
}

function described(error: Error): string {
  const codes = ['code', 'sqlState'].map((name) => textProperty(error, name));
  const ours =
    error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [
    error.name,
    ...new Set(codes.filter((code) => code !== undefined)),
    ...(ours ? [error.message] : []),
    ...frames.slice(0, 5).map((line) => line.trim()),
  ].join(' ');
}

function textProperty(error: Error, name: string): string | undefined {
  const value = (error as unknown as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}
