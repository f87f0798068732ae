import { ImportSourceError } from '../../errors.js';
import { textOf } from '../../text.js';

export type Json = Readonly<Record<string, unknown>>;

/** Calls MLflow's REST API. */
export interface RestClient {
  get(path: string, query?: Readonly<Record<string, string>>): Promise<Json>;
  post(path: string, body: Json): Promise<Json>;
  /** All entries of a paged answer's list. */
  pages(list: string, page: (token: string | undefined) => Promise<Json>): AsyncGenerator<Json>;
}

/** The server has no such endpoint. */
export class NoSuchEndpointError extends ImportSourceError {}

const RETRIED: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 250;

/**
 * A user and password in the URL, or `MLFLOW_TRACKING_USERNAME`, `…_PASSWORD` and `…_TOKEN`, are sent
 * as MLflow's client sends them.
 *
 * @see https://mlflow.org/docs/latest/api_reference/rest-api.html
 */
export function restClient(
  url: URL,
  variables: Readonly<Record<string, string | undefined>>,
): RestClient {
  const base = `${url.origin}${url.pathname.replace(/\/$/, '')}`;
  const headers = { 'content-type': 'application/json', ...authorization(url, variables) };

  async function call(path: string, init: RequestInit): Promise<Json> {
    for (let attempt = 1; ; attempt++) {
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${base}${path}`, { ...init, headers });
        text = await response.text();
      } catch (error) {
        if (isBlockedPort(error)) throw blockedPort(url.port, error);
        if (attempt < ATTEMPTS) {
          await pause(attempt);
          continue;
        }
        throw new ImportSourceError(`No answer from ${base}: ${reasonOf(error)}`, { cause: error });
      }
      if (response.ok) return parse(text, path);
      if (RETRIED.has(response.status) && attempt < ATTEMPTS) {
        await pause(attempt);
        continue;
      }
      throw refusal(response.status, text, path);
    }
  }

  return {
    get: (path, query = {}) => {
      const search = new URLSearchParams(query).toString();
      return call(search === '' ? path : `${path}?${search}`, { method: 'GET' });
    },
    post: (path, body) => call(path, { method: 'POST', body: JSON.stringify(body) }),
    async *pages(list, page) {
      let token: string | undefined;
      do {
        const answer = await page(token);
        yield* listOf(answer[list]);
        const next = answer['next_page_token'];
        token = typeof next === 'string' && next !== '' ? next : undefined;
      } while (token !== undefined);
    },
  };
}

export function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

export function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function authorization(
  url: URL,
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const user = decodeURIComponent(url.username) || variables['MLFLOW_TRACKING_USERNAME'];
  const password = decodeURIComponent(url.password) || variables['MLFLOW_TRACKING_PASSWORD'];
  const token = variables['MLFLOW_TRACKING_TOKEN'];
  if (user !== undefined && user !== '') {
    const credentials = Buffer.from(`${user}:${password ?? ''}`).toString('base64');
    return { authorization: `Basic ${credentials}` };
  }
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
}

/** An integer beyond 2^53 stays what it is, as text: a time in nanoseconds is one. */
function parse(text: string, path: string): Json {
  try {
    const reviver = (_key: string, value: unknown, context?: { readonly source?: string }) =>
      typeof value === 'number' &&
      !Number.isSafeInteger(value) &&
      /^-?\d+$/.test(context?.source ?? '')
        ? context?.source
        : value;
    return recordOf(JSON.parse(text, reviver));
  } catch {
    throw new ImportSourceError(`The answer to ${path} is no JSON: is this MLflow's server?`);
  }
}

function refusal(status: number, text: string, path: string): ImportSourceError {
  let message = '';
  let code = '';
  try {
    const body = recordOf(JSON.parse(text));
    message = textOf(body['message']);
    code = textOf(body['error_code']);
  } catch {
    // An HTML page.
  }
  const line = `The server answered ${path} with ${String(status)}${message === '' ? '' : `: ${message}`}`;
  const isMissing =
    status === 405 || (status === 404 && (code === '' || code === 'ENDPOINT_NOT_FOUND'));
  return isMissing ? new NoSuchEndpointError(line) : new ImportSourceError(line);
}

function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (attempt - 1)));
}

/** `fetch` never calls such a port, so asking again is no use. It has no code for it. */
function isBlockedPort(error: unknown): boolean {
  return (
    error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port'
  );
}

function blockedPort(port: string, cause: unknown): ImportSourceError {
  return new ImportSourceError(
    `Port ${port} is one of those that the fetch standard blocks, so Node.js asks no server there` +
      ' (https://fetch.spec.whatwg.org/#port-blocking): run that server on another port, or import' +
      ' its database by its own URI (sqlite:///…, postgresql://…)',
    { cause },
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== ''
    ? error.cause.message
    : error.message;
}
