/**
 * Loaded into a server before it starts (`node --import`): notes each request of the stock Python
 * client that it answers with a success, as `METHOD path`, once. The server knows nothing of it.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** @see https://mlflow.org/docs/latest/rest-api.html */
const STOCK_CLIENT = /^mlflow-python-client\//;

const file = process.env['CLIENT_CALLS_FILE'] ?? '';
const noted = new Set<string>();

// https://nodejs.org/api/diagnostics_channel.html#event-httpserverresponsefinish
subscribe('http.server.response.finish', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  if (!STOCK_CLIENT.test(request.headers['user-agent'] ?? '')) return;
  if (response.statusCode < 200 || response.statusCode > 299) return;
  const call = `${request.method ?? ''} ${(request.url ?? '').replace(/\?.*$/s, '')}`;
  if (noted.has(call)) return;
  noted.add(call);
  // At once: the server may be killed at any moment.
  appendFileSync(file, `${call}\n`);
});
