import { NotSupportedError } from '../../errors/index.js';
import type { CrateUrl } from '../../url.js';
import { tlsOptions } from '../tls-options.js';
import { FetchClient } from './fetch-client.js';
import { openNodeClient } from './node-client.js';
import type { HttpClient } from './http-client.js';

/** The fetch that was given; else Node's own HTTP where this is Node, else the global fetch. */
export async function openClient(
  { tls, connectTimeoutMs }: CrateUrl,
  send: typeof fetch | undefined,
): Promise<HttpClient> {
  const scheme = tls === undefined ? 'http' : 'https';
  if (send !== undefined) return new FetchClient(send, scheme);
  if (isNode()) {
    return openNodeClient({
      tls: tls === undefined ? undefined : await tlsOptions(tls),
      connectTimeoutMs,
    });
  }
  if (tls !== undefined && (tls.verify !== 'full' || (tls.caFile ?? tls.certFile) !== undefined)) {
    throw new NotSupportedError(
      "The global fetch takes no certificates, and checks the server's as it likes. Leave sslmode, " +
        'sslrootcert, sslcert and sslkey out of the URL, or give the dialect a fetch that does it.',
    );
  }
  return new FetchClient(fetch, scheme);
}

/** Others that say so as well (Cloudflare Workers) have no sockets for `node:http`. */
function isNode(): boolean {
  const { process, navigator } = globalThis as {
    process?: { release?: { name?: string } };
    navigator?: { userAgent?: string };
  };
  return (
    process?.release?.name === 'node' && navigator?.userAgent?.startsWith('Cloudflare') !== true
  );
}
