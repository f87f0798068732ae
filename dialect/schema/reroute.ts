import { type RawBuilder, sql } from 'kysely';

import { wholeNumber } from './keywords.js';
import { type TableOrPartition, tableOrPartition } from './partition.js';
import { withClause } from './properties.js';

/** A shard of a table; of a partitioned one, name the partition. */
export interface Shard {
  readonly table: TableOrPartition;
  /** From 0 on. */
  readonly shard: number;
}

/** For what may lose acknowledged writes. */
export interface AcceptDataLoss {
  /** Without it, CrateDB refuses. */
  readonly accept_data_loss: boolean;
}

/**
 * `alter table … reroute move shard n from node to node`.
 *
 * @param nodes their ids or names
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-reroute
 */
export function moveShard(
  shard: Shard,
  nodes: { readonly from: string; readonly to: string },
): RawBuilder<unknown> {
  return reroute(
    shard,
    sql`move shard ${id(shard)} from ${sql.lit(nodes.from)} to ${sql.lit(nodes.to)}`,
  );
}

/**
 * `alter table … reroute allocate replica shard n on node`: an unassigned replica.
 *
 * @param node its id or name
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-reroute
 */
export function allocateReplica(shard: Shard, node: string): RawBuilder<unknown> {
  return reroute(shard, sql`allocate replica shard ${id(shard)} on ${sql.lit(node)}`);
}

/**
 * `alter table … reroute promote replica shard n on node`: a stale replica becomes the primary, and
 * what it doesn't have is lost.
 *
 * @param node its id or name
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-reroute
 */
export function promoteReplica(
  shard: Shard,
  node: string,
  options: AcceptDataLoss,
): RawBuilder<unknown> {
  return reroute(
    shard,
    sql`promote replica shard ${id(shard)} on ${sql.lit(node)}${withClause(options)}`,
  );
}

/**
 * `alter table … reroute allocate stale primary shard n on node`, or `empty`: a primary from what
 * was repaired on that node, or with nothing in it.
 *
 * @param node its id or name
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-reroute
 */
export function allocatePrimary(
  shard: Shard,
  state: 'stale' | 'empty',
  node: string,
  options: AcceptDataLoss,
): RawBuilder<unknown> {
  // In upper case: 6.4 reads any case, but looks the word up as it is written.
  const word = state === 'stale' ? sql`STALE` : sql`EMPTY`;
  return reroute(
    shard,
    sql`allocate ${word} primary shard ${id(shard)} on ${sql.lit(node)}${withClause(options)}`,
  );
}

/**
 * `alter table … reroute cancel shard n on node`: ends its allocation or recovery there.
 *
 * @param node its id or name
 * @param options `allow_primary`: also of a primary; default false
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html#sql-alter-table-reroute
 */
export function cancelShard(
  shard: Shard,
  node: string,
  options: { readonly allow_primary?: boolean } = {},
): RawBuilder<unknown> {
  return reroute(shard, sql`cancel shard ${id(shard)} on ${sql.lit(node)}${withClause(options)}`);
}

/**
 * `alter cluster reroute retry failed`: shards whose allocation was tried too often are tried
 * again.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-cluster.html
 */
export function retryFailedShards(): RawBuilder<unknown> {
  return sql`alter cluster reroute retry failed`;
}

/**
 * `alter cluster decommission node`: its shards move away, then it stops.
 *
 * @param node its id or name
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-cluster.html#alter-cluster-decommission
 */
export function decommissionNode(node: string): RawBuilder<unknown> {
  return sql`alter cluster decommission ${sql.lit(node)}`;
}

/**
 * `alter cluster gc dangling artifacts`: removes what interrupted changes of tables left behind.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-cluster.html#alter-cluster-gc-dangling-artifacts
 */
export function collectDanglingArtifacts(): RawBuilder<unknown> {
  return sql`alter cluster gc dangling artifacts`;
}

function reroute(shard: Shard, command: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`alter table ${tableOrPartition(shard.table)} reroute ${command}`;
}

function id(shard: Shard): RawBuilder<number> {
  return wholeNumber('shard', shard.shard, 0);
}
