/**
 * Kysely's PGlite dialect, made to read like CrateDB's where the two differ: errors have the same
 * classes, and there are no transactions, so that an order of writes that needs one fails here too.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PGliteDialect,
  type QueryResult,
} from 'kysely';

import { fromPgError, TransactionsNotSupportedError } from '../../dialect/index.js';

export class EmbeddedDialect extends PGliteDialect {
  override createDriver(): Driver {
    return new EmbeddedDriver(super.createDriver());
  }
}

class EmbeddedDriver implements Driver {
  readonly #driver: Driver;
  readonly #connections = new WeakMap<DatabaseConnection, EmbeddedConnection>();

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  init(): Promise<void> {
    return this.#driver.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const inner = await this.#driver.acquireConnection();
    const known = this.#connections.get(inner) ?? new EmbeddedConnection(inner);
    this.#connections.set(inner, known);
    return known;
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    if (connection instanceof EmbeddedConnection) {
      await this.#driver.releaseConnection(connection.inner);
    }
  }

  destroy(): Promise<void> {
    return this.#driver.destroy();
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(new TransactionsNotSupportedError());
  }

  commitTransaction(): Promise<void> {
    return Promise.reject(new TransactionsNotSupportedError());
  }

  /** Kysely calls it after the refusal above; there is nothing to roll back. */
  rollbackTransaction(): Promise<void> {
    return Promise.resolve();
  }
}

class EmbeddedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;

  constructor(inner: DatabaseConnection) {
    this.inner = inner;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      return await this.inner.executeQuery<Row>(query);
    } catch (error) {
      throw fromPgError(error, query.sql);
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.inner.streamQuery<Row>(query, chunkSize);
  }
}
