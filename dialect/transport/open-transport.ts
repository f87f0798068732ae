import type { CrateDialectConfig } from '../config.js';
import { parseCrateUrl } from '../url.js';
import { Hosts } from './hosts.js';
import { HttpTransport } from './http/http-transport.js';
import { PgTransport } from './postgres/pg-transport.js';
import { openPool } from './postgres/pool.js';
import type { Transport } from './transport.js';

const ACQUIRE_TIMEOUT_MS = 30_000;

/** The way to reach the server that the configuration asks for; nothing is connected yet. */
export function openTransport(config: CrateDialectConfig, schema: string): Transport {
  if ('transport' in config) return config.transport;
  const common = {
    bigint: config.bigint ?? 'string',
    acquireTimeoutMs: config.acquireTimeoutMs ?? ACQUIRE_TIMEOUT_MS,
  };
  if ('pool' in config) {
    const { pool } = config;
    const open = typeof pool === 'function' ? pool : () => Promise.resolve(pool);
    return new PgTransport(open, { ...common, hosts: 1 });
  }

  const url = parseCrateUrl(config.url);
  const hosts = new Hosts(url.hosts);
  return url.transport === 'http'
    ? new HttpTransport(url, hosts, { ...common, config, schema })
    : new PgTransport(() => openPool(config, url, hosts, schema), {
        ...common,
        hosts: hosts.count,
      });
}
