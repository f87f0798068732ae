import type { AppContext, AppMiddleware } from '../environment.js';

import { matcherOf } from './glob.js';

const WRITING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const METHODS = 'GET, POST, PUT, DELETE, OPTIONS, PATCH';
const PREFLIGHT_SECONDS = '600';

/**
 * Lets pages of other origins write only if they are this machine's or listed, and answers their
 * preflights.
 *
 * @see https://mlflow.org/docs/latest/self-hosting/security/network/
 */
export function crossOrigin(allowedOrigins: readonly string[]): AppMiddleware {
  const all = allowedOrigins.includes('*');
  const isListed = matcherOf(allowedOrigins);
  const mayRead = (origin: string) => all || isLocalHttp(origin) || isListed(origin);
  const mayWrite = (origin: string) => all || isLocal(origin) || isListed(origin);

  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin === undefined || origin === '') return next();
    c.header('Access-Control-Allow-Credentials', 'true');
    if (mayRead(origin)) {
      c.header('Access-Control-Allow-Origin', origin);
      c.header('Vary', 'Origin');
    }
    if (c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined) {
      return preflight(c, mayRead(origin));
    }
    c.header('Access-Control-Expose-Headers', '*');
    if (WRITING.has(c.req.method) && isApi(c.get('path')) && !mayWrite(origin)) {
      return c.body('Cross-origin request blocked', 403, { 'Content-Type': 'text/plain' });
    }
    return next();
  };
}

function preflight(c: AppContext, allowed: boolean): Response {
  c.header('Vary', 'Origin');
  c.header('Access-Control-Allow-Methods', METHODS);
  c.header('Access-Control-Max-Age', PREFLIGHT_SECONDS);
  const headers = c.req.header('access-control-request-headers');
  if (headers !== undefined) c.header('Access-Control-Allow-Headers', headers);
  const contentType = { 'Content-Type': 'text/plain; charset=utf-8' };
  return allowed
    ? c.body('OK', 200, contentType)
    : c.body('Disallowed CORS origin', 400, contentType);
}

function isApi(path: string): boolean {
  return path.startsWith('/api/') || path.startsWith('/ajax-api/');
}

function isLocalHttp(origin: string): boolean {
  return /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(origin);
}

function isLocal(origin: string): boolean {
  try {
    return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(origin).hostname);
  } catch {
    return false;
  }
}
