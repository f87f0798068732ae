import { Hono } from 'hono';

import { MlflowError } from '../domain/errors.js';
import { findRoute } from '../protocol/index.js';

import type { AppContext, Environment } from './environment.js';
import { HttpError, notImplemented } from './http-error.js';
import { crossOrigin } from './middleware/cross-origin.js';
import { errorHandler } from './middleware/errors.js';
import { DEFAULT_ALLOWED_HOSTS, hostCheck } from './middleware/host-check.js';
import { locate } from './middleware/locate.js';
import { securityHeaders } from './middleware/security-headers.js';
import { refuseWorkspaces } from './middleware/workspace.js';
import { htmlResponse } from './operation.js';
import { OPERATIONS, TRACKING_OPERATIONS } from './operations.js';
import type { AppOptions, ServedStore } from './options.js';
import { DEFAULT_MAX_BODY_BYTES } from './options.js';

/**
 * MLflow's REST API over a store, as a Hono app: `app.fetch` answers a `Request`, and
 * `parent.route('/tracking', app)` mounts it.
 *
 * @see https://mlflow.org/docs/latest/rest-api.html
 */
export function createApp(store: ServedStore, options: AppOptions = {}): Hono<Environment> {
  const app = new Hono<Environment>();
  app.onError(errorHandler(options.logger ?? console));
  app.use(locate(normalPrefix(options.staticPrefix), options.publicUrl));
  if (options.disableSecurityMiddleware !== true) {
    app.use(securityHeaders(options.xFrameOptions ?? 'SAMEORIGIN'));
    const allowedHosts = options.allowedHosts ?? DEFAULT_ALLOWED_HOSTS;
    if (!allowedHosts.includes('*')) app.use(hostCheck(allowedHosts));
    app.use(crossOrigin(options.corsAllowedOrigins ?? []));
  }
  app.use(refuseWorkspaces);

  const settings = {
    serveArtifacts: options.serveArtifacts ?? true,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    modelVersionSourcePattern: options.modelVersionSourcePattern,
  };
  const artifactsOnly = options.artifactsOnly ?? false;

  app.all('*', (c) => {
    const { method } = c.req;
    const path = c.get('path');
    const match = findRoute(method, path);
    if (match.kind === 'unknown') {
      throw new MlflowError('ENDPOINT_NOT_FOUND', `There is no endpoint ${method} ${path}.`);
    }
    if (match.kind === 'wrong-method') return otherMethod(c, match.allowed);
    const { route, params } = match;
    const operation = OPERATIONS[route.operation];
    if (operation === undefined) throw notImplemented(route);
    if (artifactsOnly && TRACKING_OPERATIONS.has(route.operation)) {
      return htmlResponse(
        c,
        `Endpoint: ${route.pattern} disabled due to the mlflow server running in ` +
          '`--artifacts-only` mode. To enable tracking server functionality, run `mlflow server` ' +
          'without `--artifacts-only`',
        503,
      );
    }
    return operation({ c, store, route, params, settings });
  });
  return app;
}

function otherMethod(c: AppContext, allowed: readonly string[]): Response {
  const all = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: all });
  throw new HttpError(
    405,
    'ENDPOINT_NOT_FOUND',
    `${c.get('path')} does not take ${c.req.method}, but ${all}.`,
    { Allow: all },
  );
}

function normalPrefix(prefix = ''): string {
  const trimmed = prefix.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `/${trimmed}`;
}

/** The same as a handler that knows nothing of Hono, for any server that speaks fetch. */
export function createHandler(
  store: ServedStore,
  options: AppOptions = {},
): { fetch: (request: Request) => Promise<Response> } {
  const app = createApp(store, options);
  return { fetch: async (request) => app.fetch(request) };
}
