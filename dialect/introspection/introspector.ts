import {
  type ColumnMetadata,
  type DatabaseIntrospector,
  type DatabaseMetadataOptions,
  type Kysely,
  type SchemaMetadata,
  sql,
  type TableMetadata,
} from 'kysely';

import { connectionOf } from '../migration/connection-of.js';
import { DEFAULT_LEASE_TABLE, INTERNAL_TABLES } from '../migration/tables.js';
import { isUsedFrom } from '../migration/users.js';
import { type ColumnRow, columnTree } from './columns.js';
import type { CrateTableMetadata, ObjectPolicy } from './metadata.js';
import { dottedOptions } from './options.js';

interface Named {
  readonly table_schema: string;
  readonly table_name: string;
}

interface TableRow extends Named {
  readonly table_type: string;
  readonly clustered_by: string | null;
  readonly number_of_shards: number | null;
  readonly number_of_replicas: string | null;
  readonly partitioned_by: readonly string[] | null;
  readonly column_policy: ObjectPolicy | null;
  readonly closed: boolean | null;
  readonly settings: object | null;
}

interface InformationSchema {
  'information_schema.schemata': { readonly schema_name: string };
  'information_schema.tables': TableRow;
  'information_schema.columns': ColumnRow;
  'information_schema.views': Named & { readonly view_definition: string };
  'information_schema.key_column_usage': Named & {
    readonly column_name: string;
    readonly ordinal_position: number;
  };
  'information_schema.table_constraints': Named & {
    readonly constraint_name: string;
    readonly constraint_type: string;
  };
}

const SYSTEM_SCHEMAS = ['information_schema', 'sys', 'pg_catalog', 'blob'];

export interface CrateTablesOptions extends DatabaseMetadataOptions {
  /** Only the tables of this schema. Default: of all schemas but CrateDB's own. */
  readonly schema?: string;
}

/**
 * Tables and views of all schemas but CrateDB's own; a partitioned table is one table. `dataType`
 * is as information_schema has it: `text`, `bigint`, `timestamp with time zone`, `text_array`,
 * `object`, `float_vector`. Nothing in CrateDB counts up by itself (`isAutoIncrementing`), and there
 * are no comments.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/admin/information-schema.html
 */
export class CrateIntrospector implements DatabaseIntrospector {
  readonly #db: Kysely<InformationSchema>;

  constructor(db: Kysely<unknown>) {
    // Plugins would rename what is asked for here.
    this.#db = db.withoutPlugins();
  }

  /** All schemas, CrateDB's own among them; one without tables if CREATE SCHEMA made it. */
  async getSchemas(): Promise<SchemaMetadata[]> {
    const rows = await this.#db
      .selectFrom('information_schema.schemata')
      .select('schema_name')
      .orderBy('schema_name')
      .execute();
    return rows.map((row) => ({ name: row.schema_name }));
  }

  /**
   * What Kysely's interface has. Columns inside of objects are not listed: see
   * {@link getCrateTables}.
   *
   * `withInternalKyselyTables`, as Kysely's Migrator asks, lists the Migrator's tables of the
   * dialect's schema, and those of a `migrationTableSchema` that was used from this schema before.
   * Others belong to other applications: schemas are what CrateDB has instead of databases, and the
   * Migrator would take them for its own.
   */
  async getTables(
    options: DatabaseMetadataOptions = { withInternalKyselyTables: false },
  ): Promise<TableMetadata[]> {
    const { tables, columns } = await this.#tables(options);
    return tables.map((table) => ({
      ...identity(table),
      columns: columnTree(columns.get(tableId(table)) ?? []).map(plainColumn),
    }));
  }

  /** As {@link getTables}, with what only CrateDB has. */
  async getCrateTables(
    options: CrateTablesOptions = { withInternalKyselyTables: false },
  ): Promise<CrateTableMetadata[]> {
    const { tables, columns } = await this.#tables(options);
    const keys = byTable(
      await this.#db
        .selectFrom('information_schema.key_column_usage')
        .select(['table_schema', 'table_name', 'column_name'])
        .orderBy('ordinal_position')
        .execute(),
    );
    const constraints = byTable(
      await this.#db
        .selectFrom('information_schema.table_constraints')
        .select(['table_schema', 'table_name', 'constraint_name'])
        .where('constraint_type', '=', 'CHECK')
        .execute(),
    );
    const views = byTable(
      await this.#db
        .selectFrom('information_schema.views')
        .select(['table_schema', 'table_name', 'view_definition'])
        .execute(),
    );
    return tables.map((table) => ({
      ...identity(table),
      columns: columnTree(columns.get(tableId(table)) ?? []),
      primaryKey: (keys.get(tableId(table)) ?? []).map((key) => key.column_name),
      clusteredBy: table.clustered_by ?? undefined,
      shards: table.number_of_shards ?? undefined,
      replicas: table.number_of_replicas ?? undefined,
      partitionedBy: table.partitioned_by ?? [],
      columnPolicy: table.table_type === 'VIEW' ? undefined : (table.column_policy ?? undefined),
      isClosed: table.closed ?? false,
      options: dottedOptions(table.settings ?? {}),
      checks: (constraints.get(tableId(table)) ?? [])
        .map((constraint) => constraint.constraint_name)
        .filter((name) => !isNotNull(name, table))
        .sort(),
      viewDefinition: views.get(tableId(table))?.[0]?.view_definition,
    }));
  }

  /** Part of the interface up to Kysely 0.28. */
  async getMetadata(options?: DatabaseMetadataOptions): Promise<{ tables: TableMetadata[] }> {
    return { tables: await this.getTables(options) };
  }

  /** Columns first: a table that is made meanwhile isn't listed without them. */
  async #tables({ withInternalKyselyTables, schema }: CrateTablesOptions) {
    const inSchema = (of: string | undefined) =>
      of === undefined
        ? sql<boolean>`table_schema not in (${sql.join(SYSTEM_SCHEMAS)})`
        : sql<boolean>`table_schema = ${of}`;
    const columns = await this.#db
      .selectFrom('information_schema.columns')
      .select([
        'table_schema',
        'table_name',
        'column_name',
        'data_type',
        'is_nullable',
        'column_default',
        'is_generated',
        'generation_expression',
        'character_maximum_length',
        'numeric_precision',
        'ordinal_position',
        'column_details',
      ])
      .where(inSchema(schema))
      .orderBy('ordinal_position')
      .execute();
    const tables = await this.#db
      .selectFrom('information_schema.tables')
      .select([
        'table_schema',
        'table_name',
        'table_type',
        'clustered_by',
        'number_of_shards',
        'number_of_replicas',
        'partitioned_by',
        'column_policy',
        'closed',
        'settings',
      ])
      .where(inSchema(schema))
      .orderBy('table_schema')
      .orderBy('table_name')
      .execute();
    const grouped = byTable(columns);
    const listed = tables.filter((table) => grouped.has(tableId(table)));
    const internal = withInternalKyselyTables ? await this.#ownInternalSchemas(listed) : [];
    return {
      tables: listed.filter(
        (table) =>
          !INTERNAL_TABLES.includes(table.table_name) || internal.includes(table.table_schema),
      ),
      columns: grouped,
    };
  }

  /** Schemas whose internal tables are of migrations that run from this dialect's schema. */
  async #ownInternalSchemas(tables: readonly Named[]): Promise<string[]> {
    const { schema } = await connectionOf(this.#db);
    const own = [schema];
    for (const { table_schema, table_name } of tables) {
      if (table_name !== DEFAULT_LEASE_TABLE || table_schema === schema) continue;
      if (await isUsedFrom(this.#db, table_schema, schema)) own.push(table_schema);
    }
    return own;
  }
}

function byTable<R extends Named>(rows: readonly R[]): Map<string, R[]> {
  const tables = new Map<string, R[]>();
  for (const row of rows) {
    const id = tableId(row);
    const known = tables.get(id);
    if (known === undefined) tables.set(id, [row]);
    else known.push(row);
  }
  return tables;
}

function tableId({ table_schema, table_name }: Named): string {
  return JSON.stringify([table_schema, table_name]);
}

/** CrateDB lists each NOT NULL as a CHECK, under such a name. */
function isNotNull(constraint: string, { table_schema, table_name }: Named): boolean {
  return constraint.startsWith(`${table_schema}_${table_name}_`) && constraint.endsWith('_not_null');
}

function identity(table: TableRow) {
  return {
    schema: table.table_schema,
    name: table.table_name,
    isView: table.table_type === 'VIEW',
    isForeign: table.table_type === 'FOREIGN',
  };
}

function plainColumn(column: ColumnMetadata): ColumnMetadata {
  const { name, dataType, isNullable, hasDefaultValue, isAutoIncrementing } = column;
  return { name, dataType, isNullable, hasDefaultValue, isAutoIncrementing };
}
