/** A table or view. Without a schema only where a raw text left it to the session. */
export interface TableName {
  readonly schema: string | undefined;
  readonly name: string;
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."name"`: as it stands in SQL, and as a key for maps. */
export function quoteTable(table: TableName): string {
  return table.schema === undefined
    ? quoteIdentifier(table.name)
    : `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
}

/** Schemas of tables that are computed when they are read, or that hold no rows. */
const VIRTUAL_SCHEMAS = new Set(['information_schema', 'sys', 'pg_catalog', 'blob']);

export function isVirtual(table: TableName): boolean {
  return table.schema !== undefined && VIRTUAL_SCHEMAS.has(table.schema);
}
