import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { parseCrateUrl } from '../../dialect/index.js';

/** A proxy before CrateDB, whose connections a test can break, and which it can take away. */
export interface BreakableProxy {
  readonly port: number;
  /** The URL given, through the proxy. */
  readonly url: string;
  /** Connections that were made through it. */
  readonly accepted: () => number;
  /** From now on, and until {@link breakAll}, answers don't come back. */
  holdAnswers(): void;
  /** Breaks what is open. */
  breakAll(): void;
  /** Also takes no connection any more. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

export async function openProxy(url: string): Promise<BreakableProxy> {
  const target = parseCrateUrl(url).hosts[0];
  const sockets = new Set<Socket>();
  const upstreams = new Set<Socket>();
  let accepted = 0;
  const server: Server = createServer((socket) => {
    accepted += 1;
    const upstream = connect(target.port, target.host);
    for (const one of [socket, upstream]) {
      one.on('error', () => undefined);
      sockets.add(one);
      one.on('close', () => sockets.delete(one));
    }
    upstreams.add(upstream);
    upstream.on('close', () => upstreams.delete(upstream));
    socket.pipe(upstream).pipe(socket);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const goAway = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    breakAll();
    await closed;
  };
  return {
    port,
    url: url.replace(/@[^/?]*/, `@127.0.0.1:${String(port)}`),
    accepted: () => accepted,
    holdAnswers: () => {
      for (const upstream of upstreams) upstream.unpipe().pause();
    },
    breakAll,
    goAway,
    comeBack: () => listen(port),
    close: () => (server.listening ? goAway() : Promise.resolve()),
  };
}
