import { type RawBuilder, sql } from 'kysely';

/** What a partition column can hold. A Date stands for its milliseconds. */
export type PartitionValue = string | number | bigint | boolean | Date | null;

/** The value of each column of PARTITIONED BY; columns of objects by {@link columnPath}. */
export type PartitionValues = Readonly<Record<string, PartitionValue>>;

/** One partition of a partitioned table. */
export interface TablePartition {
  /** `table` or `schema.table`. */
  readonly table: string;
  readonly partition: PartitionValues;
}

/** A table (`table` or `schema.table`), or one partition of it. */
export type TableOrPartition = string | TablePartition;

/** `"schema"."table"`, with ` partition ("column" = value, …)` for a partition. */
export function tableOrPartition(target: TableOrPartition): RawBuilder<unknown> {
  if (typeof target === 'string') return sql.table(target);
  const values = Object.entries(target.partition);
  if (values.length === 0) throw new RangeError('partition: no columns');
  const list = values.map(
    ([column, value]) =>
      sql`${sql.id(column)} = ${sql.lit(value instanceof Date ? value.getTime() : value)}`,
  );
  return sql`${sql.table(target.table)} partition (${sql.join(list)})`;
}

/** @throws RangeError where there are none */
export function tablesOrPartitions(
  what: string,
  targets: readonly TableOrPartition[],
): RawBuilder<unknown> {
  if (targets.length === 0) throw new RangeError(`${what}: no tables`);
  return sql.join(targets.map(tableOrPartition));
}
