/** What the command line needs of the databases, beside a store. */
export {
  openSchemaDatabase,
  type OpenSchemaDatabaseOptions,
  type SchemaDatabase,
} from './schema-database.js';
