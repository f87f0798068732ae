/** What the command line needs of the databases, beside a store. */
export type { Database } from './database.js';
export { openDatabase } from './open.js';
export {
  openSchemaDatabase,
  type OpenSchemaDatabaseOptions,
  type SchemaDatabase,
} from './schema-database.js';
