import { createApp } from '../../src/http/index.js';
import type { AppOptions } from '../../src/http/index.js';

import { fakeStore } from './fake-store.js';
import type { FakeStore } from './fake-store.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Client extends FakeStore {
  /** Lines that were logged. */
  readonly log: string[];
  send(method: string, path: string, init?: RequestInit): Promise<Answer>;
  /** POSTs JSON text to `/api/2.0/mlflow/<path>`. */
  post(path: string, json: string): Promise<Answer>;
  /** GETs `/api/2.0/mlflow/<path>`. */
  get(path: string): Promise<Answer>;
}

/** The app over a fake store, asked without a port. */
export function clientOf(
  answers: Parameters<typeof fakeStore>[0] = {},
  options: AppOptions = {},
): Client {
  const fake = fakeStore(answers);
  const log: string[] = [];
  const app = createApp(fake.store, { logger: { error: (line) => log.push(line) }, ...options });
  const send = async (method: string, path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await app.fetch(
      new Request(`http://localhost:5000${path}`, { method, ...init }),
    );
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return {
    ...fake,
    log,
    send,
    post: (path, json) =>
      send('POST', `/api/2.0/mlflow/${path}`, {
        body: json,
        headers: { 'Content-Type': 'application/json' },
      }),
    get: (path) => send('GET', `/api/2.0/mlflow/${path}`),
  };
}

export const SEE_DOCS = ' See the API docs for more information about request parameters.';

/** MLflow's body of an INVALID_PARAMETER_VALUE, byte for byte. */
export function invalidBody(message: string): string {
  return (
    `{"error_code": "INVALID_PARAMETER_VALUE", "message": ${JSON.stringify(message)}, ` +
    '"sqlstate": "KAM00", "error_class": "INVALID_PARAMETER_VALUE"}'
  );
}
