import type { StatementObserver } from './refresh/observer.js';
import type { RefreshPolicy } from './refresh/policy.js';
import type { StatementEvent } from './statement-event.js';
import type { Transport } from './transport/transport.js';

/** How CrateDB's 64-bit integers arrive; see {@link CrateDialectOptions.bigint}. */
export type BigintMode = 'string' | 'bigint' | 'number-or-bigint';

export interface CrateDialectOptions {
  /**
   * The schema that unqualified tables belong to. The URL's `schema` wins where it is given.
   * Default: `mlflow`.
   */
  readonly schema?: string;
  /**
   * When searches see what was written; {@link withRefresh} sets it per query. Default:
   * `before-read`.
   */
  readonly refresh?: RefreshPolicy;
  /**
   * How `bigint` arrives (also `count(*)`, arrays, and integers beyond 2^53 inside objects):
   * - `string` (default): as `pg` does;
   * - `bigint`: always a bigint;
   * - `number-or-bigint`: a number where that is exact, else a bigint.
   */
  readonly bigint?: BigintMode;
  /**
   * Primary keys by table name (`table` of the configured schema, or `schema.table`). Tables that
   * are missing here are looked up in information_schema once, before the first statement on them.
   */
  readonly primaryKeys?: Readonly<Record<string, readonly string[]>>;
  /**
   * What is done when a connection can't be made any more, or breaks: the dialect connects again, to
   * the next host where there are several, with waits that double and are spread at random. A
   * statement is sent again where nothing of it was sent, where it only reads, or where
   * {@link withRetry} allows it; else its error says that the outcome is unknown. `false`: never.
   * The very first connection is tried once at each host.
   */
  readonly retry?: RetryOptions | false;
  /**
   * Milliseconds that a query waits for a free connection, then fails with a
   * {@link PoolExhaustedError}. Default: 30,000; 0: for ever.
   */
  readonly acquireTimeoutMs?: number;
  /** Is told every statement before it is sent, REFRESH included. */
  readonly onStatement?: (event: StatementEvent) => void;
  /**
   * Is told which tables each statement searches and writes, and when that is done; for tests, see
   * `refreshChecker` of `mlflow-cratedb/dialect/testing`. The dialect asks the catalog for more
   * tables because of it.
   */
  readonly observer?: StatementObserver;
  /**
   * Milliseconds after which the dialect asks again for primary keys and views: until then it may
   * not notice that another process replaced a view, or made a table anew with another primary
   * key, and refresh the wrong tables. Its own DDL, and errors, it notices at once. Default: 60,000.
   */
  readonly catalogMaxAgeMs?: number;
  /**
   * Milliseconds after which another migrator takes over the migration lock of one that died; while
   * a migrator lives, it renews its lock three times as often. Default: 60,000; at least 1,000.
   */
  readonly migrationLeaseMs?: number;
}

/** Connects by URL; `pg` is loaded when the first connection is made, and not at all for HTTP. */
export interface CrateUrlConfig extends CrateDialectOptions {
  /** `crate://user:password@host:port,host:port/?schema=…&ssl=true`, see {@link parseCrateUrl}. */
  readonly url: string;
  /** Connections at most; over HTTP, requests at once. Default: 10. */
  readonly max?: number;
  /**
   * Milliseconds after which the server ends a statement, with a {@link StatementTimeoutError}.
   * Default: the server's own `statement_timeout`, which is none. Over HTTP, the dialect ends it by
   * KILL, for which the user must be allowed to read `sys.jobs`; else the statement goes on.
   */
  readonly statementTimeoutMs?: number;
  /**
   * HTTP: sends the requests. Default: `node:http` or `node:https` on Node, the global `fetch`
   * elsewhere. Certificates and timeouts of the URL are for the former; a fetch has its own. CrateDB
   * keeps the schema of a connection's first request: where dialects with several schemas share the
   * connections of one fetch, qualify the tables in raw SQL.
   */
  readonly fetch?: typeof fetch;
}

/** Uses a pool of yours; it is ended by `db.destroy()`, and none of its settings is changed. */
export interface CratePoolConfig extends CrateDialectOptions {
  readonly pool: PgPool | (() => Promise<PgPool>);
}

/** Uses a way to reach the server of your own. */
export interface CrateTransportConfig extends CrateDialectOptions {
  readonly transport: Transport;
}

export type CrateDialectConfig = CrateUrlConfig | CratePoolConfig | CrateTransportConfig;

/** See {@link CrateDialectOptions.retry}. */
export interface RetryOptions {
  /** How long to try, all in all. Default: 30,000. */
  readonly timeoutMs?: number;
  /** The first wait; each further one is twice as long. Default: 50. */
  readonly minDelayMs?: number;
  /** The longest wait. Default: 2,000. */
  readonly maxDelayMs?: number;
}

/** What is needed of `pg.Pool`. */
export interface PgPool {
  connect(): Promise<PgClient>;
  end(): Promise<void>;
  /** Connections; for the text of a {@link PoolExhaustedError}. */
  readonly totalCount?: number;
  /** Connections that nobody uses: while there are any, nobody has to wait. */
  readonly idleCount?: number;
}

/** What is needed of `pg.PoolClient`. The optional members serve cancelling and streaming. */
export interface PgClient {
  readonly host?: string;
  readonly port?: number;
  readonly processID?: number | null;
  readonly secretKey?: number | null;
  readonly connection?: { readonly stream: PgSocket };
  query(config: PgQuery): Promise<PgResult>;
  release(discard?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  getTypeParser(oid: number, format?: 'text' | 'binary'): PgTypeParser;
}

export interface PgSocket {
  pause(): unknown;
  resume(): unknown;
}

export type PgTypeParser = (value: string) => unknown;

export interface PgQuery {
  readonly text: string;
  readonly values?: unknown[];
  /** Named statements are prepared once per connection. */
  readonly name?: string;
  /** Rows as arrays of values, instead of objects. */
  readonly rowMode?: 'array';
  readonly types?: { getTypeParser(oid: number, format?: 'text' | 'binary'): PgTypeParser };
}

export interface PgResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: unknown[];
}

export const DEFAULT_SCHEMA = 'mlflow';
