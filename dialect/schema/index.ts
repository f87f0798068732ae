/**
 * CrateDB's DDL for Kysely's schema builder: data types, column options and table clauses to be
 * used with `createTable` and `alterTable`, and statements for what Kysely has no builder for. Each
 * of these has `compile(db)` and `execute(db)`.
 *
 * As in all raw SQL of Kysely, a table named in one is in the configured schema, or in the one that
 * is named with it (`schema.table`): `db.withSchema` doesn't reach it.
 *
 * ```ts
 * await db.schema
 *   .createTable('notes')
 *   .addColumn('id', 'text', (column) => column.primaryKey())
 *   .addColumn('body', 'text', fulltextIndex('english'))
 *   .addColumn('meta', object('strict', { author: 'text', tags: arrayOf('text') }))
 *   .addColumn('embedding', floatVector(384))
 *   .$call(clusteredBy('id', { shards: 4 }))
 *   .$call(tableOptions({ number_of_replicas: '0-1' }))
 *   .execute();
 * ```
 *
 * @module
 */
export {
  closeTable,
  openTable,
  resetTableOptions,
  setTableOptions,
  swapTables,
} from './alter-table.js';
export type { AlterTableOptions, ChangeableTableOptions } from './alter-table.js';
export { createAnalyzer, dropAnalyzer } from './analyzer.js';
export type { AnalyzerChain, AnalyzerExtension, AnalyzerPart } from './analyzer.js';
export { blobTables, createBlobTable, dropBlobTable, setBlobTableOptions } from './blob-table.js';
export type { BlobTable, BlobTableOptions } from './blob-table.js';
export {
  columnStorage,
  generatedAs,
  geoShapeIndex,
  indexOff,
  plainIndex,
} from './column-options.js';
export type {
  ColumnOption,
  ColumnStorageOptions,
  GeoShapeIndexMethod,
  GeoShapeIndexOptions,
} from './column-options.js';
export { columnPath } from './column-path.js';
export { asSelect } from './create-table-as.js';
export { createTableLike } from './create-table-like.js';
export type { CreateTableLikeOptions, LikeOption } from './create-table-like.js';
export { fulltextIndex, namedFulltextIndex } from './fulltext.js';
export { object, subColumn } from './object-type.js';
export type { ColumnPolicy, ObjectColumns, SubColumn } from './object-type.js';
export type {
  PartitionValue,
  PartitionValues,
  TableOrPartition,
  TablePartition,
} from './partition.js';
export { deny, grant, grantRole, revoke, revokeRole } from './privileges.js';
export type { Privilege, Privileges, PrivilegeScope } from './privileges.js';
export type { Properties, PropertyValue } from './properties.js';
export {
  createRepository,
  dropRepository,
  resetRepositorySettings,
  setRepositorySettings,
} from './repositories.js';
export type {
  FsRepository,
  RepositorySettings,
  RepositoryTypes,
  S3Repository,
} from './repositories.js';
export {
  allocatePrimary,
  allocateReplica,
  cancelShard,
  collectDanglingArtifacts,
  decommissionNode,
  moveShard,
  promoteReplica,
  retryFailedShards,
} from './reroute.js';
export type { AcceptDataLoss, Shard } from './reroute.js';
export { createSnapshot, dropSnapshot, restoreSnapshot } from './snapshots.js';
export type {
  CreateSnapshotOptions,
  RestoreSnapshotOptions,
  SnapshotSection,
} from './snapshots.js';
export type { TableClause } from './table-clause.js';
export { clusteredBy, clusteredInto, partitionedBy, tableOptions } from './table-options.js';
export type { ShardOptions, TableOptions } from './table-options.js';
export {
  arrayOf,
  bit,
  character,
  characterVarying,
  floatVector,
  geoPoint,
  geoShape,
  ip,
  timestampWithoutTimeZone,
  timestampWithTimeZone,
} from './types.js';
export type { StoredDataType, StoredType } from './types.js';
export {
  alterUser,
  createRole,
  createUser,
  dropRole,
  dropUser,
  resetUserSettings,
} from './users.js';
export type { JwtProperties, UserChanges, UserOptions } from './users.js';
