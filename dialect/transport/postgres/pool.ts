import type { Client as PgClientClass, ClientConfig } from 'pg';

import type { CrateUrlConfig, PgPool } from '../../config.js';
import type { CrateHost, CrateUrl } from '../../url.js';
import type { Hosts } from '../hosts.js';
import { tlsOptions } from '../tls-options.js';
import { loadPg } from './load-pg.js';

const DEFAULT_MAX = 10;

/** A pool of `pg` whose connections are spread over the hosts. */
export async function openPool(
  config: CrateUrlConfig,
  url: CrateUrl,
  hosts: Hosts,
  schema: string,
): Promise<PgPool> {
  const { Client, Pool } = await loadPg();
  const common: ClientConfig = {
    user: url.user,
    // Explicit: what is undefined, pg would take from PGPASSWORD and PGDATABASE.
    password: url.password ?? '',
    database: url.database ?? url.user,
    keepAlive: true,
    application_name: 'mlflow-cratedb',
    ssl: url.tls === undefined ? false : await tlsOptions(url.tls),
    ...(url.connectTimeoutMs !== undefined && { connectionTimeoutMillis: url.connectTimeoutMs }),
    ...startupOptions(schema, config.statementTimeoutMs),
  };

  class ClientOfNextHost extends Client {
    readonly #host: CrateHost;

    constructor() {
      const host = hosts.next();
      super({ ...common, ...host });
      this.#host = host;
    }

    override connect(): Promise<PgClientClass>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<PgClientClass> | undefined {
      const connected = super.connect().then(
        () => {
          hosts.answered(this.#host);
          return this;
        },
        (error: unknown) => {
          hosts.failed(this.#host);
          throw error;
        },
      );
      if (callback === undefined) return connected;
      connected.then(() => {
        (callback as () => void)();
      }, callback);
      return undefined;
    }
  }

  const pool = new Pool({ max: config.max ?? DEFAULT_MAX, Client: ClientOfNextHost });
  // An idle connection that breaks is replaced when it is needed; unheard, it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/** Session settings that hold from the first statement on. */
function startupOptions(schema: string, timeoutMs: number | undefined): ClientConfig {
  const settings: string[] = [];
  // So that names in raw SQL, which the compiler can't qualify, belong to the schema as well.
  if (/^\w+$/.test(schema)) settings.push(`-c search_path=${schema}`);
  if (timeoutMs !== undefined) settings.push(`-c statement_timeout=${String(timeoutMs)}`);
  return settings.length === 0 ? {} : { options: settings.join(' ') };
}
