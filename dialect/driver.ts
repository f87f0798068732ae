import type { DatabaseConnection, Driver } from 'kysely';

import { Catalog } from './catalog.js';
import type { CrateDialectConfig } from './config.js';
import { DEFAULT_SCHEMA } from './config.js';
import { CrateConnection } from './connection.js';
import { TransactionsNotSupportedError } from './errors/index.js';
import { RefreshCoalescer } from './refresh/coalescer.js';
import type { SharedState } from './shared-state.js';
import { Statements } from './statements.js';
import { openTransport } from './transport/open-transport.js';
import type { AcquireOptions } from './transport/transport.js';

/** Sessions of a transport. No transactions: nothing of them is ever sent. */
export class CrateDriver implements Driver {
  readonly #shared: SharedState;

  constructor(config: CrateDialectConfig) {
    const schema = config.schema ?? DEFAULT_SCHEMA;
    const statements = new Statements();
    this.#shared = {
      schema,
      policy: config.refresh ?? 'before-read',
      statements,
      // A statement that was prepared for a table with another key looks for the rows in vain.
      catalog: new Catalog(schema, config.primaryKeys, config.catalogMaxAgeMs, () => {
        statements.renew();
      }),
      refreshes: new RefreshCoalescer(),
      transport: openTransport(config, schema),
      retry: config.retry,
      reached: false,
      onStatement: config.onStatement,
      observer: config.observer,
    };
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(options?: AcquireOptions): Promise<DatabaseConnection> {
    const connection = new CrateConnection(this.#shared);
    await connection.open(options?.signal);
    return connection;
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof CrateConnection) connection.release();
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

  destroy(): Promise<void> {
    return this.#shared.transport.end();
  }
}
