import { tablesInFragment } from './analysis/raw-sql.js';
import { quoteTable, type TableName } from './table-name.js';

/** Runs a question of the dialect's own on the connection of the one who needs the answer. */
export type AskCatalog = (sql: string, values: readonly string[]) => Promise<unknown[]>;

export interface Relation {
  readonly kind: 'table' | 'view' | 'other';
  /** Primary key, in its order; empty where there is none. */
  readonly keys: readonly string[];
  /**
   * The routing column, where RETURNING interchanges the key's columns: CrateDB 6.4 builds a row's
   * id with the routing column first, but for an updated row reads the key's columns out of it in
   * the order in which they were declared.
   */
  readonly interchangedBy?: string | undefined;
  /** Of a view: what it is made from. `unknown` where its text can't be read. */
  readonly sources: readonly TableName[] | 'unknown';
}

const TABLES = `SELECT t.table_name, t.table_type, t.clustered_by, k.column_name,
  c.ordinal_position AS declared
FROM information_schema.tables t
LEFT JOIN information_schema.key_column_usage k
  ON k.table_schema = t.table_schema AND k.table_name = t.table_name
LEFT JOIN information_schema.columns c
  ON c.table_schema = k.table_schema AND c.table_name = k.table_name
  AND c.column_name = k.column_name
WHERE t.table_schema = $1
ORDER BY t.table_name, k.ordinal_position`;

const VIEWS =
  'SELECT table_name, view_definition FROM information_schema.views WHERE table_schema = $1';

interface TableRow {
  readonly table_name: string;
  readonly table_type: string;
  readonly clustered_by: string | null;
  readonly column_name: string | null;
  /** The column's place in the table. */
  readonly declared: number | null;
}

interface ViewRow {
  readonly table_name: string;
  readonly view_definition: string;
}

/**
 * Primary keys and views, asked for once and kept until something says that they changed: DDL
 * through this instance, an unknown relation, or a table that isn't there yet.
 */
export class Catalog {
  readonly #configured: ReadonlyMap<string, Relation>;
  readonly #schemas = new Map<string, ReadonlyMap<string, Relation>>();
  #sessionSchema: string | undefined;
  /** Changes whenever an answer may have changed. */
  version = 0;

  constructor(schema: string, primaryKeys: Readonly<Record<string, readonly string[]>> = {}) {
    this.#configured = new Map(
      Object.entries(primaryKeys).map(([name, keys]) => [
        quoteTable(parseName(name, schema)),
        { kind: 'table', keys, sources: [] },
      ]),
    );
  }

  forget(): void {
    this.#schemas.clear();
    this.version += 1;
  }

  /** What is known without asking; undefined is no answer. */
  peek(table: TableName): Relation | undefined {
    return (
      this.#configured.get(quoteTable(table)) ??
      (table.schema === undefined ? undefined : this.#schemas.get(table.schema)?.get(table.name))
    );
  }

  /** Undefined where there is no such table, as of a moment after the call. */
  async find(table: TableName, ask: AskCatalog): Promise<Relation | undefined> {
    const known = this.peek(table);
    if (known !== undefined || table.schema === undefined) return known;
    return (await this.#load(table.schema, ask)).get(table.name);
  }

  /** All tables of a schema, as of a moment after the call. */
  async all(schema: string, ask: AskCatalog): Promise<readonly TableName[]> {
    const relations = await this.#load(schema, ask);
    return [...relations]
      .filter(([, relation]) => relation.kind === 'table')
      .map(([name]) => ({ schema, name }));
  }

  /** Where the server looks for a name that a raw text left unqualified. */
  async sessionSchema(ask: AskCatalog): Promise<string> {
    if (this.#sessionSchema === undefined) {
      const [row] = (await ask('SELECT current_schema AS name', [])) as { name: string }[];
      this.#sessionSchema = row?.name ?? 'doc';
    }
    return this.#sessionSchema;
  }

  async #load(schema: string, ask: AskCatalog): Promise<ReadonlyMap<string, Relation>> {
    const { version } = this;
    const rows = (await ask(TABLES, [schema])) as TableRow[];
    const relations = new Map<string, Relation>();
    for (const [name, ofTable] of Map.groupBy(rows, (row) => row.table_name)) {
      relations.set(name, toRelation(ofTable));
    }
    if (rows.some((row) => row.table_type === 'VIEW')) {
      for (const row of (await ask(VIEWS, [schema])) as ViewRow[]) {
        const sources = tablesInFragment(row.view_definition);
        relations.set(row.table_name, { kind: 'view', keys: [], sources });
      }
    }
    // What was forgotten meanwhile may be what was just read.
    if (version === this.version) {
      if (this.#schemas.has(schema)) this.version += 1;
      this.#schemas.set(schema, relations);
    }
    return relations;
  }
}

function toRelation(rows: readonly TableRow[]): Relation {
  const keys = rows.flatMap(({ column_name }) => (column_name === null ? [] : [column_name]));
  const declared = rows.toSorted((a, b) => (a.declared ?? 0) - (b.declared ?? 0));
  const routing = rows[0]?.clustered_by ?? '';
  const interchanged = keys.includes(routing) && declared[0]?.column_name !== routing;
  return {
    kind: kindOf(rows[0]?.table_type ?? ''),
    keys,
    interchangedBy: interchanged ? routing : undefined,
    sources: [],
  };
}

function kindOf(type: string): Relation['kind'] {
  if (type === 'BASE TABLE') return 'table';
  return type === 'VIEW' ? 'view' : 'other';
}

function parseName(name: string, schema: string): TableName {
  const dot = name.indexOf('.');
  return dot < 0 ? { schema, name } : { schema: name.slice(0, dot), name: name.slice(dot + 1) };
}
