import { sql } from 'kysely';

import { wholeNumber } from './keywords.js';
import { type PropertyValue, propertyList } from './properties.js';
import { addClause, type TableClause } from './table-clause.js';

/**
 * Table parameters by CrateDB's own names. Those of other versions can be given as well. Times are
 * in milliseconds, or texts with a unit such as `10s`; sizes in bytes, or texts such as `512mb`.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-table.html#sql-create-table-with
 */
export interface TableOptions {
  /** A number, or a range such as `0-1` and `1-all`. Default: `0-1`. */
  readonly number_of_replicas?: number | string;
  /** How far the table can be split later on; only when it is created. */
  readonly number_of_routing_shards?: number;
  /** Time between two refreshes: 0 is never. Default: 1000, and none while nobody reads. */
  readonly refresh_interval?: number | string;
  /** Whether a row may bring new columns. Default: `strict`. */
  readonly column_policy?: 'strict' | 'dynamic';
  /** Default: LZ4. `best_compression`: DEFLATE, smaller and slower. Only when it is created. */
  readonly codec?: 'default' | 'best_compression';
  /** Copies of a shard that must be there before a write is tried. Default: 1. */
  readonly 'write.wait_for_active_shards'?: number | 'all' | 'ALL';
  readonly 'blocks.read_only'?: boolean;
  readonly 'blocks.read_only_allow_delete'?: boolean;
  readonly 'blocks.read'?: boolean;
  readonly 'blocks.write'?: boolean;
  readonly 'blocks.metadata'?: boolean;
  /** Default: `512mb`. */
  readonly 'translog.flush_threshold_size'?: number | string;
  /** With durability `ASYNC`, what a crash may lose. Default: 5000. */
  readonly 'translog.sync_interval'?: number | string;
  /** Whether a write is on disk before it is acknowledged. Default: `REQUEST`. */
  readonly 'translog.durability'?: 'REQUEST' | 'ASYNC';
  /** Default: -1, no limit. */
  readonly 'routing.allocation.total_shards_per_node'?: number;
  /** Default: `all`. */
  readonly 'routing.allocation.enable'?: 'all' | 'primaries' | 'new_primaries' | 'none';
  readonly [
    attribute: `routing.allocation.${'include' | 'exclude' | 'require'}.${string}`
  ]: string;
  /** Default: 5. */
  readonly 'allocation.max_retries'?: number;
  /** Default: `1m`. */
  readonly 'unassigned.node_left.delayed_timeout'?: number | string;
  /** Default: `12h`. */
  readonly 'soft_deletes.retention_lease.period'?: number | string;
  /** Columns at most. Default: 1000. */
  readonly 'mapping.total_fields.limit'?: number;
  /** Objects in objects at most. Default: 100. */
  readonly 'mapping.depth.limit'?: number;
  readonly 'merge.scheduler.max_thread_count'?: number;
  /** Only when it is created. */
  readonly 'store.type'?: 'fs' | 'niofs' | 'mmapfs' | 'hybridfs';
  /** Default: 1. */
  readonly max_ngram_diff?: number;
  /** Default: 3. */
  readonly max_shingle_diff?: number;
  readonly [other: string]: PropertyValue | undefined;
}

/** How many primary shards; CrateDB's default is twice the data nodes, and 4 at least. */
export interface ShardOptions {
  readonly shards?: number;
}

/**
 * `clustered by (column) into n shards`: rows of the same value lie in the same shard, and a query
 * for one value asks that shard alone. Default routing column: the primary key.
 *
 * ```ts
 * db.schema.createTable('metrics') … .$call(clusteredBy('run_id', { shards: 4 }))
 * ```
 *
 * The column must be in the primary key, if there is one; declare it as the first column, or
 * CrateDB 6.4 interchanges key columns in RETURNING.
 *
 * @throws RangeError where `shards` is no number of shards, the clause is there already, or
 *   {@link tableOptions} came before it
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-table.html#sql-create-table-clustered
 */
export function clusteredBy<Column extends string>(
  column: Column,
  options: ShardOptions = {},
): TableClause<Column> {
  const into =
    options.shards === undefined
      ? sql``
      : sql` into ${wholeNumber('clusteredBy: shards', options.shards)} shards`;
  return (builder) =>
    addClause(builder, 'clustered', sql`clustered by (${sql.id(column)})${into}`);
}

/**
 * `clustered into n shards`, by the primary key, or by the row's id where there is none.
 *
 * @throws RangeError as {@link clusteredBy}
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-table.html#sql-create-table-clustered
 */
export function clusteredInto(shards: number): TableClause {
  const count = wholeNumber('clusteredInto: shards', shards);
  return (builder) => addClause(builder, 'clustered', sql`clustered into ${count} shards`);
}

/**
 * `partitioned by (columns)`: a partition, with shards of its own, for each combination of values.
 * The columns must be in the primary key, if there is one.
 *
 * ```ts
 * .addColumn('day', 'timestamptz', generatedAs(sql`date_trunc('day', ts)`))
 * .$call(partitionedBy('day'))
 * ```
 *
 * @throws RangeError where no column is named, the clause is there already, or {@link tableOptions}
 *   came before it
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/partitioned-tables.html
 */
export function partitionedBy<Column extends string>(
  ...columns: readonly [Column, ...Column[]]
): TableClause<Column> {
  // A list spread into the call may be empty.
  const names: readonly Column[] = columns;
  if (names.length === 0) throw new RangeError('partitionedBy: no columns');
  const list = sql.join(names.map((column) => sql.id(column)));
  return (builder) => addClause(builder, 'partitioned by', sql`partitioned by (${list})`);
}

/**
 * `with (option = value, …)`: the last of the clauses.
 *
 * ```ts
 * .$call(tableOptions({ number_of_replicas: '0-1', refresh_interval: 1000 }))
 * ```
 *
 * @param options see there for units and defaults; none at all adds no clause
 * @throws RangeError for a value that is no text, finite number or boolean, or where the clause is
 *   there already
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-table.html#sql-create-table-with
 */
export function tableOptions(options: TableOptions): TableClause {
  const list = propertyList(options);
  return (builder) =>
    list === undefined ? builder : addClause(builder, 'with', sql`with (${list})`);
}
