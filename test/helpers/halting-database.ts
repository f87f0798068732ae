import {
  type CompiledQuery,
  type ConnectionProvider,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
} from 'kysely';

/** Runs a statement, or keeps it back for good. */
export type Around = <Result>(statement: () => Promise<Result>) => Promise<Result>;

/** The same database, but that every statement of the repositories goes through `around`. */
export function haltingDatabase<DB>(db: Kysely<DB>, around: Around): Kysely<DB> {
  const executor = db.getExecutor();
  return new Kysely<DB>({
    plugins: [...executor.plugins],
    dialect: {
      createAdapter: () =>
        new Proxy(executor.adapter, {
          // Or Kysely would let no other statement begin while one is kept back.
          get: (adapter, name) =>
            name === 'supportsMultipleConnections' ? true : Reflect.get(adapter, name),
        }),
      createQueryCompiler: () => executor,
      createIntrospector: () => db.introspection,
      createDriver: () => new HaltingDriver(executor, around),
    },
  });
}

class HaltingDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(provider: ConnectionProvider, around: Around) {
    this.#connection = {
      // A connection is taken for no longer than the statement: who is kept back holds none.
      executeQuery: <Row>(query: CompiledQuery): Promise<QueryResult<Row>> =>
        around(() =>
          provider.provideConnection((connection) => connection.executeQuery<Row>(query)),
        ),
      streamQuery: () => {
        throw new Error('No repository streams.');
      },
    };
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#connection);
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }

  beginTransaction(): Promise<void> {
    return Promise.reject(new Error('There are no transactions.'));
  }

  commitTransaction(): Promise<void> {
    return this.beginTransaction();
  }

  rollbackTransaction(): Promise<void> {
    return this.beginTransaction();
  }
}
