import { basePath } from 'hono/route';

import type { AppMiddleware } from '../environment.js';

/** Served at the root even with a static prefix, as MLflow's server has them. */
const UNPREFIXED = /^\/(?:v1\/traces$|gateway\/|ajax-api\/3\.0\/(?:jobs|mlflow\/assistant)\/)/;

/**
 * Splits the URL into what comes before our paths and the path itself, which stays encoded: the
 * artifact handlers must see how often.
 */
export function locate(staticPrefix: string, publicUrl: string | undefined): AppMiddleware {
  return async (c, next) => {
    const url = c.req.url;
    const pathStart = url.indexOf('/', url.indexOf('://') + 3);
    const end = url.includes('#') ? url.indexOf('#') : url.length;
    const mark = url.indexOf('?');
    const pathEnd = mark === -1 || mark > end ? end : mark;
    const mountPoint = basePath(c).replace(/\/$/, '');
    const mounted = pathStart + mountPoint.length;
    const root = publicUrl === undefined ? url.slice(0, mounted) : publicUrl.replace(/\/$/, '');
    const path = url.slice(mounted, pathEnd);
    const prefixed = staticPrefix !== '' && path.startsWith(`${staticPrefix}/`);
    c.set('query', pathEnd === mark ? url.slice(mark + 1, end) : '');
    c.set('baseUrl', prefixed ? root + staticPrefix : root);
    if (staticPrefix === '' || UNPREFIXED.test(path)) c.set('path', path);
    // Without the prefix there is nothing: an empty path is no endpoint.
    else c.set('path', prefixed ? path.slice(staticPrefix.length) : '');
    await next();
  };
}
