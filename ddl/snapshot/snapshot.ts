/**
 * A schema as it is, or as it should be, in one spelling: types in lower case with their lengths,
 * expressions without casts, quotes and outer parentheses. Two of one engine can be compared.
 */
export interface SchemaSnapshot {
  readonly engine: 'cratedb' | 'postgres';
  readonly tables: readonly TableSnapshot[];
}

export interface TableSnapshot {
  readonly name: string;
  /** In the order of their declaration. */
  readonly columns: readonly ColumnSnapshot[];
  readonly primaryKey: readonly string[];
  /** PostgreSQL's; CrateDB indexes every column. */
  readonly indexes: readonly IndexSnapshot[];
  /** CrateDB's; PostgreSQL has none of it. */
  readonly storage?: StorageSnapshot | undefined;
}

export interface ColumnSnapshot {
  readonly name: string;
  /** `bigint`, `varchar(36)`, `object(ignored)`, `jsonb`. */
  readonly type: string;
  readonly notNull: boolean;
  readonly default?: string | undefined;
  readonly generated?: string | undefined;
  /** CrateDB: `off` for INDEX OFF. Undefined where it can't be read. */
  readonly index?: 'plain' | 'off' | 'fulltext' | undefined;
  /** CrateDB: whether there is a columnar copy. Undefined where it can't be read. */
  readonly columnstore?: boolean | undefined;
}

export interface IndexSnapshot {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface StorageSnapshot {
  /** `_id` where a table without a primary key names none. */
  readonly clusteredBy: string;
  readonly partitionedBy: readonly string[];
  readonly shards: number;
  readonly replicas: string;
  /** What becomes of unknown columns of an INSERT. */
  readonly columnPolicy: string;
  readonly readOnly: boolean;
  /** Options after WITH that are not at their default. */
  readonly options: Readonly<Record<string, string>>;
}
