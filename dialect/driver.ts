import type { DatabaseConnection, Driver } from 'kysely';

import { Catalog } from './catalog.js';
import type { CrateDialectConfig, PgClient, PgPool } from './config.js';
import { DEFAULT_SCHEMA } from './config.js';
import { CrateConnection, type SharedState } from './connection.js';
import { CrateError, fromPgError, TransactionsNotSupportedError } from './errors/index.js';
import { openPool } from './pool.js';
import { RefreshCoalescer } from './refresh/coalescer.js';
import { Statements } from './statements.js';

/** Connections of a `pg` pool. No transactions: nothing of them is ever sent. */
export class CrateDriver implements Driver {
  readonly #config: CrateDialectConfig;
  readonly #shared: SharedState;
  readonly #connections = new WeakMap<PgClient, CrateConnection>();
  #pool: PgPool | undefined;

  constructor(config: CrateDialectConfig) {
    this.#config = config;
    const schema = config.schema ?? DEFAULT_SCHEMA;
    this.#shared = {
      schema,
      policy: config.refresh ?? 'before-read',
      bigint: config.bigint ?? 'string',
      statements: new Statements(schema),
      catalog: new Catalog(schema, config.primaryKeys),
      refreshes: new RefreshCoalescer(),
      onStatement: config.onStatement,
    };
  }

  async init(): Promise<void> {
    const config = this.#config;
    if ('url' in config) this.#pool = await openPool(config, this.#shared.schema);
    else this.#pool = typeof config.pool === 'function' ? await config.pool() : config.pool;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const pool = this.#pool;
    if (pool === undefined) throw new CrateError('The connection pool is closed.');
    let client: PgClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw fromPgError(error);
    }
    let connection = this.#connections.get(client);
    if (connection === undefined) {
      // The pool listens only while the client is idle. Without a listener, a connection that breaks
      // under a statement would end the process; the statement's own error tells of it.
      client.on('error', () => undefined);
      connection = new CrateConnection(client, this.#shared);
      this.#connections.set(client, connection);
    }
    return connection;
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof CrateConnection) connection.client.release(connection.broken);
    return Promise.resolve();
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(new TransactionsNotSupportedError());
  }

  commitTransaction(): Promise<void> {
    return Promise.reject(new TransactionsNotSupportedError());
  }

  /** Sends nothing and raises nothing: it must not hide the error that led here. */
  rollbackTransaction(): Promise<void> {
    return Promise.resolve();
  }

  savepoint(): Promise<void> {
    return Promise.reject(new TransactionsNotSupportedError('Savepoints'));
  }

  rollbackToSavepoint(): Promise<void> {
    return Promise.reject(new TransactionsNotSupportedError('Savepoints'));
  }

  releaseSavepoint(): Promise<void> {
    return Promise.reject(new TransactionsNotSupportedError('Savepoints'));
  }

  async destroy(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.end();
  }
}
