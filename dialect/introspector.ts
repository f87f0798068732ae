import type {
  DatabaseIntrospector,
  DatabaseMetadataOptions,
  Kysely,
  SchemaMetadata,
  TableMetadata,
} from 'kysely';

interface InformationSchema {
  'information_schema.schemata': { schema_name: string };
  'information_schema.tables': { table_schema: string; table_name: string; table_type: string };
  'information_schema.columns': {
    table_schema: string;
    table_name: string;
    column_name: string;
    data_type: string;
    is_nullable: string;
    column_default: string | null;
    is_generated: string;
    ordinal_position: number;
  };
}

/** Kysely's own, by its defaults; 0.28 and 0.29 export these names from different places. */
const MIGRATION_TABLES = ['kysely_migration', 'kysely_migration_lock'];
const SYSTEM_SCHEMAS = ['information_schema', 'sys', 'pg_catalog', 'blob'];

/**
 * Tables and views of all schemas of a user's.
 * https://cratedb.com/docs/crate/reference/en/latest/admin/information-schema.html
 */
export class CrateIntrospector implements DatabaseIntrospector {
  readonly #db: Kysely<InformationSchema>;

  constructor(db: Kysely<unknown>) {
    this.#db = db;
  }

  async getSchemas(): Promise<SchemaMetadata[]> {
    const rows = await this.#db
      .selectFrom('information_schema.schemata')
      .select('schema_name')
      .orderBy('schema_name')
      .execute();
    return rows.map((row) => ({ name: row.schema_name }));
  }

  async getTables(
    options: DatabaseMetadataOptions = { withInternalKyselyTables: false },
  ): Promise<TableMetadata[]> {
    const hidden = options.withInternalKyselyTables ? [] : MIGRATION_TABLES;
    const rows = await this.#db
      .selectFrom('information_schema.tables as t')
      .innerJoin('information_schema.columns as c', (join) =>
        join
          .onRef('c.table_schema', '=', 't.table_schema')
          .onRef('c.table_name', '=', 't.table_name'),
      )
      .select([
        't.table_schema',
        't.table_name',
        't.table_type',
        'c.column_name',
        'c.data_type',
        'c.is_nullable',
        'c.column_default',
        'c.is_generated',
      ])
      .where('t.table_schema', 'not in', SYSTEM_SCHEMAS)
      .orderBy('t.table_schema')
      .orderBy('t.table_name')
      .orderBy('c.ordinal_position')
      .execute();

    const tables = new Map<string, Mutable<TableMetadata>>();
    for (const row of rows) {
      if (hidden.includes(row.table_name)) continue;
      const id = JSON.stringify([row.table_schema, row.table_name]);
      let table = tables.get(id);
      if (table === undefined) {
        table = {
          schema: row.table_schema,
          name: row.table_name,
          isView: row.table_type === 'VIEW',
          isForeign: row.table_type === 'FOREIGN',
          columns: [],
        };
        tables.set(id, table);
      }
      table.columns.push({
        name: row.column_name,
        dataType: row.data_type,
        isNullable: row.is_nullable === 'YES',
        hasDefaultValue: row.column_default !== null || row.is_generated === 'ALWAYS',
        isAutoIncrementing: false,
      });
    }
    return [...tables.values()];
  }

  /** Part of the interface up to Kysely 0.28. */
  async getMetadata(options?: DatabaseMetadataOptions): Promise<{ tables: TableMetadata[] }> {
    return { tables: await this.getTables(options) };
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
