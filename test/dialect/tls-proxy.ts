import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type PeerCertificate, type SecureContext, TLSSocket } from 'node:tls';

import { parseCrateUrl } from '../../dialect/index.js';
import type { TransportName } from './transport-url.js';

const FIXTURES = join(import.meta.dirname, 'fixtures');
/** Signed {@link CERTIFICATE}, which is for `localhost` and valid until 2126. */
export const AUTHORITY = join(FIXTURES, 'tls-authority.pem');
export const OTHER_AUTHORITY = join(FIXTURES, 'tls-other-authority.pem');
export const CERTIFICATE = join(FIXTURES, 'tls-localhost.pem');
export const KEY = join(FIXTURES, 'tls-localhost-key.pem');

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest */
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');

export interface TlsProxy {
  readonly port: number;
  /** Names of the certificates that clients showed. */
  readonly shown: string[];
  close(): Promise<void>;
}

/** Encrypts what is in front of CrateDB; asks clients for a certificate and demands none. */
export async function openTlsProxy(url: string, transport: TransportName): Promise<TlsProxy> {
  const target = parseCrateUrl(url).hosts[0];
  const context = createSecureContext({
    cert: await readFile(CERTIFICATE),
    key: await readFile(KEY),
    ca: await readFile(AUTHORITY),
  });
  const sockets = new Set<Socket>();
  const shown: string[] = [];
  const encrypt = (socket: Socket) => {
    const secure = accept(socket, context);
    const upstream = connect(target.port, target.host);
    for (const one of [secure, upstream]) {
      sockets.add(one);
      one.on('error', () => {
        secure.destroy();
        upstream.destroy();
      });
      one.on('close', () => sockets.delete(one));
    }
    secure.on('secure', () => {
      const { subject } = secure.getPeerCertificate() as Partial<PeerCertificate>;
      if (typeof subject?.CN === 'string') shown.push(subject.CN);
    });
    secure.pipe(upstream).pipe(secure);
  };
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (transport === 'http') encrypt(socket);
    else {
      socket.once('data', (data) => {
        if (!data.equals(SSL_REQUEST)) socket.destroy();
        else {
          socket.write('S');
          encrypt(socket);
        }
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    shown,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function accept(socket: Socket, secureContext: SecureContext): TLSSocket {
  return new TLSSocket(socket, {
    isServer: true,
    secureContext,
    requestCert: true,
    rejectUnauthorized: false,
  });
}
