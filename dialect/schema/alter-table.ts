import { type RawBuilder, sql } from 'kysely';

import { type TableOrPartition, tableOrPartition } from './partition.js';
import { propertyList, withClause } from './properties.js';
import type { TableOptions } from './table-options.js';

/** Table parameters that can be changed, and the number of shards. */
export interface ChangeableTableOptions extends TableOptions {
  /**
   * A multiple of the present number, or a divisor of it. The table must take no writes meanwhile:
   * set `blocks.write` first.
   */
  readonly number_of_shards?: number;
}

/** How a change of table parameters is carried out. */
export interface AlterTableOptions {
  /** Changes what new partitions get, and leaves those alone that there are. Default: false. */
  readonly only?: boolean;
  /** With a unit, such as `10s`. Default: `30s`, and `60s` for the number of shards. */
  readonly timeout?: string;
}

/**
 * `alter table … set (…)`: for a table and its partitions, or one partition.
 *
 * ```ts
 * await setTableOptions('metrics', { number_of_replicas: '0-1' }).execute(db);
 * await setTableOptions(
 *   { table: 'metrics', partition: { day: new Date('2026-01-01') } },
 *   { 'blocks.write': true },
 * ).execute(db);
 * ```
 *
 * @throws RangeError where there is no option, for a value that is no text, finite number or
 *   boolean, and for `only` of a partition
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-set-reset
 */
export function setTableOptions(
  table: TableOrPartition,
  options: ChangeableTableOptions,
  how: AlterTableOptions = {},
): RawBuilder<unknown> {
  const list = propertyList(options);
  if (list === undefined) throw new RangeError('setTableOptions: no options');
  const { timeout } = how;
  return sql`alter table ${target(table, how)} set (${list})${withClause({ timeout })}`;
}

/**
 * `alter table … reset (…)`: back to the defaults.
 *
 * @param names of the options
 * @throws RangeError where no option is named, and for `only` of a partition
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-set-reset
 */
export function resetTableOptions(
  table: TableOrPartition,
  names: readonly (keyof TableOptions & string)[],
  how: AlterTableOptions = {},
): RawBuilder<unknown> {
  if (names.length === 0) throw new RangeError('resetTableOptions: no options');
  const list = sql.join(names.map((name) => sql.id(name)));
  const { timeout } = how;
  return sql`alter table ${target(table, how)} reset (${list})${withClause({ timeout })}`;
}

function target(table: TableOrPartition, { only = false }: AlterTableOptions): RawBuilder<unknown> {
  if (!only) return tableOrPartition(table);
  if (typeof table !== 'string') throw new RangeError('only: not for a single partition');
  return sql`only ${sql.table(table)}`;
}

/**
 * `alter table … close`: no reads and no writes, until {@link openTable}. CrateDB says nothing of
 * writes to a closed table: they have no effect.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-open-close
 */
export function closeTable(table: TableOrPartition): RawBuilder<unknown> {
  return sql`alter table ${tableOrPartition(table)} close`;
}

/**
 * `alter table … open`: the end of {@link closeTable}.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-open-close
 */
export function openTable(table: TableOrPartition): RawBuilder<unknown> {
  return sql`alter table ${tableOrPartition(table)} open`;
}

/**
 * `alter cluster swap table source to target`: both change their names at once, which is how a
 * table is replaced by one with another primary key or routing.
 *
 * ```ts
 * await swapTables('metrics_new', 'metrics', { drop_source: true }).execute(db);
 * ```
 *
 * @param options `drop_source`: the table that `target` was is dropped afterwards; default false
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-cluster.html#alter-cluster-swap-table
 */
export function swapTables(
  source: string,
  target: string,
  options: { readonly drop_source?: boolean } = {},
): RawBuilder<unknown> {
  const tables = sql`${sql.table(source)} to ${sql.table(target)}`;
  return sql`alter cluster swap table ${tables}${withClause(options)}`;
}
