import type { Answer } from './send.js';

/** What MLflow tries again; all other answers of 300 and above are final. */
const RETRIED = new Set([429, 500, 502, 503, 504]);

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60 * 60_000;
/** What a receiver may ask for. */
const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60_000;

/** A redirect is not followed, and so no delivery. */
export function isDelivered({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

export function mayPass({ status, retryAfterMs }: Answer): boolean {
  return RETRIED.has(status) || (status === 413 && retryAfterMs !== undefined);
}

/**
 * How long to wait after so many tries: 1 s, doubled up to an hour, or what the receiver asks for;
 * and up to a tenth more, at least up to a second, so that not all come back at once.
 */
export function waitMs(attempts: number, retryAfterMs?: number, random = Math.random): number {
  const own = Math.min(FIRST_WAIT_MS * 2 ** (attempts - 1), LONGEST_WAIT_MS);
  const wait = retryAfterMs === undefined ? own : Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
  return Math.round(wait + random() * Math.max(1_000, wait / 10));
}
