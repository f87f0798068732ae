import type { AppMiddleware } from '../environment.js';

/** Set before the handler runs, so that every response has them, errors included. */
export function securityHeaders(xFrameOptions: string): AppMiddleware {
  const frame = xFrameOptions.toUpperCase();
  return async (c, next) => {
    c.header('X-Content-Type-Options', 'nosniff');
    if (frame !== '' && frame !== 'NONE') c.header('X-Frame-Options', frame);
    await next();
  };
}
