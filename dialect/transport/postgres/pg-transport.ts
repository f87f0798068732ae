import type { BigintMode, PgClient, PgPool } from '../../config.js';
import { CrateError, fromPgError, PoolExhaustedError } from '../../errors/index.js';
import type { AcquireOptions, Session, Transport } from '../transport.js';
import { PgSession } from './pg-session.js';

export interface PgTransportOptions {
  readonly bigint: BigintMode;
  /** 0: for ever. */
  readonly acquireTimeoutMs: number;
  /** Among how many hosts the pool chooses. */
  readonly hosts: number;
}

/** The connections of a `pg` pool. */
export class PgTransport implements Transport {
  readonly hosts: number;
  readonly #options: PgTransportOptions;
  readonly #sessions = new WeakMap<PgClient, PgSession>();
  readonly #open: () => Promise<PgPool>;
  #opening: Promise<PgPool> | undefined;
  #pool: PgPool | undefined;
  #ended = false;
  /** Callers who wait for a connection. */
  #connecting = 0;

  /** @param open makes the pool, when the first connection is asked for */
  constructor(open: () => Promise<PgPool>, options: PgTransportOptions) {
    this.#open = open;
    this.#options = options;
    this.hosts = options.hosts;
  }

  async acquire({ signal }: AcquireOptions = {}): Promise<Session> {
    signal?.throwIfAborted();
    if (this.#ended) throw new CrateError('The connection pool is closed.');
    const client = await this.#connect((this.#pool ??= await (this.#opening ??= this.#open())));
    let session = this.#sessions.get(client);
    if (session === undefined) {
      // The pool listens only while the client is idle. Without a listener, a connection that breaks
      // under a statement would end the process; the statement's own error tells of it.
      client.on('error', () => undefined);
      session = new PgSession(client, this.#options.bigint);
      this.#sessions.set(client, session);
    }
    return session;
  }

  /** Not left to the pool: the default of `pg` is to wait for ever. */
  #connect(pool: PgPool): Promise<PgClient> {
    const { acquireTimeoutMs } = this.#options;
    // The pool hands out an idle connection in a moment; until then it counts it as idle still.
    const atOnce = (pool.idleCount ?? 0) > this.#connecting;
    this.#connecting += 1;
    const connecting =
      acquireTimeoutMs === 0 || atOnce
        ? pool.connect()
        : this.#connectInTime(pool, acquireTimeoutMs);
    const done = () => {
      this.#connecting -= 1;
    };
    connecting.then(done, done);
    return connecting;
  }

  async #connectInTime(pool: PgPool, acquireTimeoutMs: number): Promise<PgClient> {
    const connecting = pool.connect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // Whoever comes too late goes back.
        connecting.then(
          (client) => {
            client.release();
          },
          () => undefined,
        );
        reject(new PoolExhaustedError(acquireTimeoutMs, pool.totalCount));
      }, acquireTimeoutMs);
    });
    try {
      return await Promise.race([connecting, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async end(): Promise<void> {
    this.#ended = true;
    const opening = this.#opening;
    this.#opening = undefined;
    this.#pool = undefined;
    await (await opening)?.end();
  }

  toError(error: unknown, sql?: string, values?: readonly unknown[]): Error {
    return fromPgError(error, sql, values);
  }
}
