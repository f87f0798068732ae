import type { BigintMode, CrateUrlConfig } from '../../config.js';
import { NotSupportedError } from '../../errors/index.js';
import type { CrateUrl } from '../../url.js';
import type { Hosts } from '../hosts.js';
import type { Session, Transport } from '../transport.js';

export interface HttpTransportOptions {
  readonly bigint: BigintMode;
  readonly acquireTimeoutMs: number;
  readonly config: CrateUrlConfig;
  readonly schema: string;
}

export class HttpTransport implements Transport {
  readonly hosts: number;

  constructor(_url: CrateUrl, hosts: Hosts, _options: HttpTransportOptions) {
    this.hosts = hosts.count;
  }

  acquire(): Promise<Session> {
    return Promise.reject(new NotSupportedError('HTTP'));
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  toError(error: unknown): Error {
    return error as Error;
  }
}
