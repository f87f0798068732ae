import { invalidParameter } from '../../domain/errors.js';
import type { AppContext } from '../environment.js';

/** Only POST and PUT are checked, as MLflow does; a page's form cannot send JSON by accident. */
export function requireJson(c: AppContext): void {
  if (c.req.method !== 'POST' && c.req.method !== 'PUT') return;
  const contentType = c.req.header('content-type');
  if (contentType === undefined) {
    throw invalidParameter('Bad Request. Content-Type header is missing.');
  }
  if (contentType.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw invalidParameter("Bad Request. Content-Type must be one of ['application/json'].");
  }
}
