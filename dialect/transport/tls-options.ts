import type { ConnectionOptions } from 'node:tls';

import type { CrateTls } from '../url.js';

export type TlsOptions = Pick<
  ConnectionOptions,
  'rejectUnauthorized' | 'checkServerIdentity' | 'ca' | 'cert' | 'key'
>;

/** The same for both transports, in Node's words; reads the files that are named. */
export async function tlsOptions(tls: CrateTls): Promise<TlsOptions> {
  const { verify, caFile, certFile, keyFile } = tls;
  return {
    rejectUnauthorized: verify !== 'none',
    ...(verify === 'ca' && { checkServerIdentity: () => undefined }),
    ...(caFile !== undefined && { ca: await readPem(caFile) }),
    ...(certFile !== undefined && { cert: await readPem(certFile) }),
    ...(keyFile !== undefined && { key: await readPem(keyFile) }),
  };
}

async function readPem(path: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(path, 'utf8');
}
