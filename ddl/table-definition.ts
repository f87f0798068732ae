import { tableShapes, type TableShape } from './render/table.js';
import type { TableName } from './schema/index.js';
import { storageOf, type TableStorage } from './storage.js';

/** A table with all that is decided about it, on either database. */
export interface TableDefinition extends TableShape {
  readonly storage: TableStorage;
}

/** All tables as they should be, in order of creation. */
export function tableDefinitions(): (TableDefinition & { readonly name: TableName })[] {
  return tableShapes().map((shape) => ({ ...shape, storage: storageOf(shape.name) }));
}

/** The two tables that say how far a database is. Their shape is the same in every version. */
export function bookkeepingTables(): TableDefinition[] {
  return tableDefinitions().filter(
    ({ name }) => name === 'schema_migration' || name === 'schema_version',
  );
}
