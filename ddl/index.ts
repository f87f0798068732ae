/**
 * MLflow's tables, defined once: as drizzle-orm tables, as SQL for CrateDB and PostgreSQL, and as
 * Kysely's `DB`. Loading this loads drizzle-orm; `import type { DB }` does not.
 *
 * @module
 */
export { adoptSchema, CHUNK_ROWS, type AdoptOptions } from './adopt/adopt.js';
export type { DuplicateName } from './adopt/backfill.js';
export { planAdoption, type AdoptionPlan, type PlannedTable } from './adopt/plan-adoption.js';
export type { AdoptedTable, AdoptReport } from './adopt/report.js';
export type { AdoptProgress } from './adopt/work.js';
export {
  applySchema,
  diffSchema,
  migrateSchema,
  planSchema,
  type ApplyResult,
} from './apply.js';
export {
  currentSchema,
  SCHEMA_VERSION,
  versionOf,
  type SchemaDefinition,
} from './definition.js';
export { isDrift, type ChangeKind, type Difference, type SchemaChange } from './diff/change.js';
export { diffSnapshots } from './diff/diff.js';
export { dropSchema } from './drop.js';
export {
  SchemaAdoptError,
  SchemaAdoptionPendingError,
  SchemaBusyError,
  SchemaMismatchError,
  SchemaMissingError,
  SchemaNewerError,
  SchemaPrivilegeError,
  SchemaReadOnlyError,
  type RefusedRow,
} from './errors.js';
export type { SchemaEvent, WorkDone, WorkOptions } from './migrations/bring-in-step.js';
export type {
  AddColumnStep,
  CreateIndexStep,
  CreateTableStep,
  DataStep,
  Migration,
  MigrationStep,
} from './migrations/index.js';
export { pendingFrom, provision, type ProvisionOptions } from './provision.js';
export { renderCrate, type CrateRenderOptions } from './render/cratedb.js';
export { renderDrop } from './render/drop.js';
export { renderPostgres, type PostgresRenderOptions } from './render/postgres.js';
export type { StatementRunner } from './runner.js';
export { tableNames, tables, type TableName } from './schema/index.js';
export { expectedSnapshot } from './snapshot/expected.js';
export { readSnapshot } from './snapshot/read.js';
export type {
  ColumnSnapshot,
  IndexSnapshot,
  SchemaSnapshot,
  StorageSnapshot,
  TableSnapshot,
} from './snapshot/snapshot.js';
export { schemaStatus, type SchemaStatus } from './status.js';
export { allStorage, storageOf, type TableStorage } from './storage.js';
export type { TableDefinition } from './table-definition.js';
export type { SchemaTarget } from './target.js';
export type { DB } from './types.js';
