import type { AppMiddleware } from '../environment.js';

import { matcherOf } from './glob.js';

const LOCAL = ['localhost', '127.0.0.1', '[::1]', '0.0.0.0'];

/** This machine's names at any port, and private networks. */
export const DEFAULT_ALLOWED_HOSTS: readonly string[] = [
  ...LOCAL,
  ...LOCAL.map((host) => `${host}:*`),
  '192.168.*',
  '10.*',
  ...Array.from({ length: 16 }, (_, index) => `172.${index + 16}.*`),
  'fc00:*',
  'fd00:*',
];

/** Health checks come under whatever name a load balancer uses, and give nothing away. */
const EXEMPT = new Set(['/health', '/version']);

/**
 * Refuses names that someone else's DNS may have pointed at this machine.
 *
 * @see https://mlflow.org/docs/latest/self-hosting/security/network/
 */
export function hostCheck(allowedHosts: readonly string[]): AppMiddleware {
  const isAllowed = matcherOf(allowedHosts);
  return async (c, next) => {
    if (EXEMPT.has(c.get('path'))) return next();
    // A request that was made in this process may have no Host header.
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    if (isAllowed(host)) return next();
    return c.body('Invalid Host header - possible DNS rebinding attack detected', 403, {
      'Content-Type': 'text/plain',
    });
  };
}
