import { HttpRequestError } from '../../errors/index.js';
import type { HttpAnswer, HttpRequest, HttpClient } from './http-client.js';

/** Failures before a connection was there, in the words of Node's fetch and of others. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_)/;

/** Sends by a `fetch`. */
export class FetchClient implements HttpClient {
  readonly #fetch: typeof fetch;
  readonly #scheme: 'http' | 'https';

  constructor(send: typeof fetch, scheme: 'http' | 'https') {
    this.#fetch = send;
    this.#scheme = scheme;
  }

  async send({ host, path, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
    const name = host.host.includes(':') ? `[${host.host}]` : host.host;
    const url = `${this.#scheme}://${name}:${String(host.port)}${path}`;
    const send = this.#fetch;
    const response = await send(url, {
      method: 'POST',
      headers,
      body,
      // The login goes to nobody else.
      redirect: 'manual',
      ...(signal !== undefined && { signal }),
    }).catch((error: unknown) => {
      throw requestError(error);
    });
    return {
      status: response.status,
      text: () =>
        response.text().catch((error: unknown) => {
          throw requestError(error, true);
        }),
      chunks: () => chunksOf(response),
    };
  }

  close(): void {
    // The connections belong to the fetch.
  }
}

async function* chunksOf(response: Response): AsyncIterable<Uint8Array> {
  const body = response.body as ReadableStream<Uint8Array> | null;
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw requestError(error, true);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** `fetch failed` says nothing: its cause does. */
function requestError(error: unknown, sent = false): HttpRequestError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new HttpRequestError(cause, sent || !NOT_SENT.test(codeOf(cause)));
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
