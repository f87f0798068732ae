import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createAdaptorServer } from '@hono/node-server';

export interface ServeOptions {
  /** Default: `127.0.0.1`, reachable from this machine only. */
  readonly host?: string | undefined;
  /** 0 takes any free port. Default: 5000. */
  readonly port?: number | undefined;
}

export interface RunningServer {
  /** For example `http://127.0.0.1:5000`. */
  readonly url: string;
  readonly port: number;
  /**
   * Takes no new connection, finishes the requests that are under way, then resolves.
   * @param graceMs after so many milliseconds what is left is cut off. Default: 30,000.
   */
  close(graceMs?: number): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 60_000;
/** Longer than common clients and proxies keep a connection, so that they close first. */
const KEEP_ALIVE_MS = 75_000;
/** Of silence in both directions. A whole request has no limit: an upload may take hours. */
const IDLE_TIMEOUT_MS = 15 * 60_000;
const DEFAULT_GRACE_MS = 30_000;
const IDLE_CHECK_MS = 25;

/** Serves an app, or any fetch handler, over HTTP. Rejects when it cannot listen (EADDRINUSE). */
export async function serve(
  app: { fetch: (request: Request) => Response | Promise<Response> },
  options: ServeOptions = {},
): Promise<RunningServer> {
  const host = options.host ?? '127.0.0.1';
  const server = createAdaptorServer({
    fetch: (request) => app.fetch(request),
    createServer,
    serverOptions: {
      requestTimeout: 0,
      headersTimeout: HEADERS_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
  }) as Server;
  server.timeout = IDLE_TIMEOUT_MS;
  await listen(server, host, options.port ?? 5000);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    close: (graceMs = DEFAULT_GRACE_MS) => close(server, graceMs),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function close(server: Server, graceMs: number): Promise<void> {
  // A connection whose last answer went out after the close is idle, and would be waited for.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const grace = setTimeout(() => server.closeAllConnections(), graceMs);
  try {
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
    });
  } finally {
    clearInterval(idle);
    clearTimeout(grace);
  }
}
