import type { BigintMode, CrateUrlConfig } from '../../config.js';
import { CrateError, fromHttpError } from '../../errors/index.js';
import type { CrateUrl } from '../../url.js';
import { integerParser } from '../../values/bigint.js';
import type { Hosts } from '../hosts.js';
import type { AcquireOptions, Transport } from '../transport.js';
import { Endpoint } from './endpoint.js';
import { HttpSession } from './http-session.js';
import { openClient } from './open-client.js';
import { Slots } from './slots.js';

export interface HttpTransportOptions {
  readonly bigint: BigintMode;
  /** 0: for ever. */
  readonly acquireTimeoutMs: number;
  readonly config: Pick<CrateUrlConfig, 'fetch' | 'max' | 'statementTimeoutMs'>;
  readonly schema: string;
}

const DEFAULT_MAX = 10;

/**
 * Requests to the HTTP endpoint, each to the next of the hosts.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/interfaces/http.html
 */
export class HttpTransport implements Transport {
  readonly hosts: number;
  readonly #url: CrateUrl;
  readonly #hosts: Hosts;
  readonly #options: HttpTransportOptions;
  readonly #slots: Slots;
  #endpoint: Promise<Endpoint> | undefined;
  #ended = false;

  constructor(url: CrateUrl, hosts: Hosts, options: HttpTransportOptions) {
    this.#url = url;
    this.#hosts = hosts;
    this.#options = options;
    this.#slots = new Slots(options.config.max ?? DEFAULT_MAX, options.acquireTimeoutMs);
    this.hosts = hosts.count;
  }

  async acquire({ signal }: AcquireOptions = {}): Promise<HttpSession> {
    signal?.throwIfAborted();
    if (this.#ended) throw new CrateError('The connection pool is closed.');
    const endpoint = await (this.#endpoint ??= this.#open());
    await this.#slots.take(signal);
    return new HttpSession({
      endpoint,
      host: this.#hosts.next(),
      integer: integerParser(this.#options.bigint),
      statementTimeoutMs: this.#options.config.statementTimeoutMs,
      release: () => this.#slots.give(),
    });
  }

  async #open(): Promise<Endpoint> {
    try {
      const client = await openClient(this.#url, this.#options.config.fetch);
      return new Endpoint(client, this.#url, this.#hosts, this.#options.schema);
    } catch (error) {
      // A file that can't be read may be there the next time.
      this.#endpoint = undefined;
      throw error;
    }
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#slots.whenFree();
    (await this.#endpoint?.catch(() => undefined))?.close();
  }

  toError(error: unknown, sql?: string, values?: readonly unknown[]): Error {
    return fromHttpError(error, sql, values);
  }
}
