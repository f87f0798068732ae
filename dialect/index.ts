/**
 * A Kysely dialect for CrateDB: searches that see what was written, no lost rows, no pretended
 * transactions. Knows no schema of its own.
 *
 * @module
 */
export { CrateAdapter } from './adapter.js';
export { crateGeneratorDialect } from './codegen/generator-dialect.js';
export type { CodegenModule, CrateGeneratorOptions } from './codegen/generator-dialect.js';
export type {
  BigintMode,
  CrateDialectConfig,
  CrateDialectOptions,
  CratePoolConfig,
  CrateTransportConfig,
  CrateUrlConfig,
  PgClient,
  PgPool,
  PgQuery,
  PgResult,
  PgTypeParser,
  RetryOptions,
} from './config.js';
export { asKysely, crateKysely } from './crate-kysely.js';
export type { CrateKysely, CrateQueryCreator, CrateSchemaModule } from './crate-kysely.js';
export { CrateDialect } from './dialect.js';
export { CrateDriver } from './driver.js';
export {
  CastError,
  CheckError,
  ColumnUnknownError,
  CrateConnectionError,
  CrateError,
  CrateSyntaxError,
  DuplicateKeyError,
  fromPgError,
  NotNullError,
  NotSupportedError,
  PermissionDeniedError,
  PoolExhaustedError,
  ReadOnlyError,
  RelationExistsError,
  RelationUnknownError,
  RowsDroppedError,
  SchemaUnknownError,
  StatementCancelledError,
  StatementTimeoutError,
  TableNotReadyError,
  TransactionsNotSupportedError,
  ValueTooLongError,
} from './errors/index.js';
export type { CrateErrorOptions } from './errors/index.js';
export { UnidentifiedRowsError } from './bulk/chunk-writer.js';
export type { BulkConflict, RejectedRow } from './bulk/chunk-writer.js';
export { insertMany, RejectedRowsError } from './bulk/insert-many.js';
export type { InsertManyOptions, InsertManyProgress } from './bulk/insert-many.js';
export { CrateIntrospector } from './introspection/introspector.js';
export type { CrateTablesOptions } from './introspection/introspector.js';
export type {
  CrateColumnMetadata,
  CrateTableMetadata,
  ObjectPolicy,
} from './introspection/metadata.js';
export { hasColumn, hasTable } from './migration/exists.js';
export { MigrationLockLostError } from './migration/lock-lost-error.js';
export { resumable } from './migration/resumable.js';
export type {
  MigrationStep,
  MigrationSteps,
  ResumableMigration,
  ResumableOptions,
} from './migration/resumable.js';
export { prepare } from './prepared/prepare.js';
export type { Parameters, Prepared } from './prepared/prepare.js';
export { CrateQueryCompiler } from './query-compiler.js';
export type {
  ObservedMove,
  ObservedStatement,
  StatementMoments,
  StatementObserver,
} from './refresh/observer.js';
export { withRefresh } from './refresh/policy.js';
export type { RefreshPolicy } from './refresh/policy.js';
export { refreshTable } from './sql/maintenance.js';
export { unnest } from './sql/unnest.js';
export type { UnnestColumn, UnnestRow, UnnestType } from './sql/unnest.js';
export { wholeKeys } from './sql/whole-keys.js';
export type { KeyValue } from './sql/whole-keys.js';
export type { StatementEvent, StatementKind } from './statement-event.js';
export { parseCrateUrl } from './url.js';
export type { CrateHost, CrateTls, CrateUrl } from './url.js';
export type {
  AcquireOptions,
  RowOutcome,
  Session,
  StatementRequest,
  StatementResult,
  Transport,
} from './transport/transport.js';
export { withRetry } from './faults/with-retry.js';
export { Interval } from './values/interval.js';
