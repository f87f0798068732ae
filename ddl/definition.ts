import { migrations, type Migration } from './migrations/index.js';
import { tableDefinitions, type TableDefinition } from './table-definition.js';

/** What a database should hold, and the way there from each version before. */
export interface SchemaDefinition {
  /** The tables of the newest version, in order of creation. */
  readonly tables: readonly TableDefinition[];
  /** In ascending order of their versions, from 2 on without a gap. */
  readonly migrations: readonly Migration[];
}

/** What this package needs. */
export function currentSchema(): SchemaDefinition {
  return { tables: tableDefinitions(), migrations };
}

/** The version that a database has after the last migration; 1 where there is none. */
export function versionOf({ migrations: list }: Pick<SchemaDefinition, 'migrations'>): number {
  return list.at(-1)?.version ?? 1;
}

/** The version of {@link currentSchema}: raised by each migration. */
export const SCHEMA_VERSION = versionOf({ migrations });
