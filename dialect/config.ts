import type { RefreshPolicy } from './refresh/policy.js';

/** How CrateDB's 64-bit integers arrive; see {@link CrateDialectOptions.bigint}. */
export type BigintMode = 'string' | 'bigint' | 'number-or-bigint';

export type StatementKind =
  'select' | 'insert' | 'update' | 'delete' | 'refresh' | 'ddl' | 'catalog' | 'other';

/** One statement on its way to the server. */
export interface StatementEvent {
  /** The text, with placeholders. Values are not part of it, unless they were written as literals. */
  readonly sql: string;
  /** `catalog`: the dialect's own question for primary keys and views. */
  readonly kind: StatementKind;
}

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
  /** Is told every statement before it is sent, REFRESH included. */
  readonly onStatement?: (event: StatementEvent) => void;
}

/** Connects by URL; `pg` is loaded when the first connection is made. */
export interface CrateUrlConfig extends CrateDialectOptions {
  /** `crate://user:password@host:port/?schema=…&ssl=true`, see {@link parseCrateUrl}. */
  readonly url: string;
  /** Connections at most. Default: 10. */
  readonly max?: number;
}

/** Uses a pool of yours; it is ended by `db.destroy()`, and none of its settings is changed. */
export interface CratePoolConfig extends CrateDialectOptions {
  readonly pool: PgPool | (() => Promise<PgPool>);
}

export type CrateDialectConfig = CrateUrlConfig | CratePoolConfig;

/** What is needed of `pg.Pool`. */
export interface PgPool {
  connect(): Promise<PgClient>;
  end(): Promise<void>;
}

/** What is needed of `pg.PoolClient`. */
export interface PgClient {
  query(config: PgQuery): Promise<PgResult>;
  release(discard?: boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  getTypeParser(oid: number, format?: 'text' | 'binary'): PgTypeParser;
}

export type PgTypeParser = (value: string) => unknown;

export interface PgQuery {
  readonly text: string;
  readonly values?: unknown[];
  /** Named statements are prepared once per connection. */
  readonly name?: string;
  readonly types?: { getTypeParser(oid: number, format?: 'text' | 'binary'): PgTypeParser };
}

export interface PgResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: unknown[];
}

export const DEFAULT_SCHEMA = 'mlflow';
