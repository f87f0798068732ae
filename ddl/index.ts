/**
 * MLflow's tables, defined once: as drizzle-orm tables, as SQL for CrateDB and PostgreSQL, and as
 * Kysely's `DB`. Loading this loads drizzle-orm; `import type { DB }` does not.
 *
 * @module
 */
export { SchemaPrivilegeError } from './errors.js';
export { provision, type ProvisionOptions } from './provision.js';
export { renderCrate, type CrateRenderOptions } from './render/cratedb.js';
export { renderDrop } from './render/drop.js';
export { renderPostgres, type PostgresRenderOptions } from './render/postgres.js';
export type { StatementRunner } from './runner.js';
export { SCHEMA_VERSION, tableNames, tables, type TableName } from './schema/index.js';
export { allStorage, storageOf, type TableStorage } from './storage.js';
export type { DB } from './types.js';
