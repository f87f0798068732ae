import { type Kysely, sql } from 'kysely';

import {
  type PartitionValues,
  type TableOrPartition,
  tablesOrPartitions,
} from '../schema/partition.js';
import { rowsOf } from './execute.js';
import { withOptions } from './value.js';

/** A table of the database, or one partition of it. */
type Target<DB> =
  (keyof DB & string) | { readonly table: keyof DB & string; readonly partition: PartitionValues };

/**
 * `REFRESH TABLE a, b`: makes everything written to the tables visible to searches, in one
 * statement. Names may be qualified (`schema.table`); others belong to the dialect's schema. No
 * tables are no error.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/refresh.html
 */
export async function refreshTable<DB>(
  db: Kysely<DB>,
  ...tables: readonly Target<DB>[]
): Promise<void> {
  if (tables.length === 0) return;
  await sql`REFRESH TABLE ${tablesOrPartitions('refreshTable', tables)}`.execute(db);
}

/** Options of OPTIMIZE, by CrateDB's own names. */
export interface OptimizeOptions {
  /** How many segments to merge to, in each shard; 1 merges all. Default: as many as fit. */
  readonly max_num_segments?: number;
  /** Merges only segments with deleted rows. Default: false. */
  readonly only_expunge_deletes?: boolean;
  /** Writes to disk afterwards. Default: true. */
  readonly flush?: boolean;
}

/**
 * `OPTIMIZE TABLE a, b`: merges the tables' segments, and drops what was deleted. It ends when the
 * merge has, which may take long.
 *
 * ```ts
 * await optimizeTable(db, { table: 'readings', partition: { day } }, { max_num_segments: 1 });
 * ```
 *
 * @throws RangeError where there are no tables
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/optimize.html
 */
export async function optimizeTable<DB>(
  db: Kysely<DB>,
  tables: Target<DB> | readonly Target<DB>[],
  options: OptimizeOptions = {},
): Promise<void> {
  const list: readonly TableOrPartition[] = isList(tables) ? tables : [tables];
  const targets = tablesOrPartitions('optimizeTable', list);
  await sql`optimize table ${targets}${withOptions(options)}`.execute(db);
}

function isList<Item>(items: Item | readonly Item[]): items is readonly Item[] {
  return Array.isArray(items);
}

/**
 * `ANALYZE`: collects the statistics of all tables that the optimizer plans by. CrateDB does it by
 * itself, each day unless `stats.service.interval` says otherwise.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/analyze.html
 */
export async function analyzeTables<DB>(db: Kysely<DB>): Promise<void> {
  await sql`analyze`.execute(db);
}

/**
 * `SHOW CREATE TABLE t`: the statement that would make the table as it is.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/show-create-table.html
 */
export async function showCreateTable<DB>(
  db: Kysely<DB>,
  table: keyof DB & string,
): Promise<string> {
  const [row] = await rowsOf(
    db,
    sql<Record<string, string>>`show create table ${sql.table(table)}`,
  );
  // Its one column is named after the table.
  const [text] = Object.values(row ?? {});
  if (text === undefined) throw new TypeError('SHOW CREATE TABLE gave no row');
  return text;
}

/**
 * `KILL job`: ends a statement that runs on the cluster, by its id in `sys.jobs`; one that has
 * ended already is no error.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/kill.html
 */
export async function killJob<DB>(db: Kysely<DB>, id: string): Promise<void> {
  await sql`kill ${id}`.execute(db);
}
