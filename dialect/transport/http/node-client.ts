import type { IncomingMessage, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';

import { HttpRequestError } from '../../errors/index.js';
import type { TlsOptions } from '../tls-options.js';
import type { HttpAnswer, HttpRequest, HttpClient } from './http-client.js';

export interface NodeClientOptions {
  /** Undefined: not encrypted. */
  readonly tls: TlsOptions | undefined;
  /** Undefined: as long as the operating system allows. */
  readonly connectTimeoutMs: number | undefined;
}

type SendRequest = typeof import('node:http').request;

/**
 * Sends by `node:http` and `node:https`, over connections of its own. That matters: CrateDB keeps a
 * session for each connection, with the schema of its first request, and Node's fetch would share
 * them with everybody in the process. Nor does it end a long statement after five minutes.
 */
export async function openNodeClient(options: NodeClientOptions): Promise<HttpClient> {
  const { tls, connectTimeoutMs } = options;
  if (tls === undefined) {
    const { Agent, request } = await import('node:http');
    return new NodeClient(request, new Agent({ keepAlive: true }), 'connect', connectTimeoutMs);
  }
  const { Agent, request } = await import('node:https');
  const agent = new Agent({ keepAlive: true, ...tls });
  return new NodeClient(request, agent, 'secureConnect', connectTimeoutMs);
}

class NodeClient implements HttpClient {
  readonly #request: SendRequest;
  readonly #agent: import('node:http').Agent;
  /** The socket's event after which something can be sent. */
  readonly #connected: string;
  readonly #connectTimeoutMs: number | undefined;

  constructor(
    request: SendRequest,
    agent: import('node:http').Agent,
    connected: string,
    connectTimeoutMs: number | undefined,
  ) {
    this.#request = request;
    this.#agent = agent;
    this.#connected = connected;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  send({ host, path, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
    const options: RequestOptions = {
      ...host,
      method: 'POST',
      path,
      headers,
      agent: this.#agent,
      ...(signal !== undefined && { signal }),
    };
    return new Promise((resolve, reject) => {
      let sent = false;
      const request = this.#request(options);
      request.once('socket', (socket) => {
        if (!socket.connecting) sent = true;
        else {
          const timer = this.#limitConnecting(socket);
          socket.once(this.#connected, () => {
            clearTimeout(timer);
            sent = true;
          });
          socket.once('close', () => clearTimeout(timer));
        }
      });
      request.on('error', (error) => {
        reject(new HttpRequestError(error, sent));
      });
      request.once('response', (response) => {
        resolve(toAnswer(response));
      });
      request.end(body);
    });
  }

  #limitConnecting(socket: Socket): NodeJS.Timeout | undefined {
    const ms = this.#connectTimeoutMs;
    if (ms === undefined) return undefined;
    return setTimeout(() => {
      const error = new Error(`timeout expired: no connection within ${String(ms)} ms`);
      socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    }, ms);
  }

  close(): void {
    this.#agent.destroy();
  }
}

function toAnswer(response: IncomingMessage): HttpAnswer {
  return {
    status: response.statusCode ?? 0,
    text: async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of chunksOf(response)) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    },
    chunks: () => chunksOf(response),
  };
}

async function* chunksOf(response: IncomingMessage): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    throw new HttpRequestError(error, true);
  }
}
