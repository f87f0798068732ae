import { tablesOfQuery } from './analysis/analyze.js';
import { isVirtual, quoteTable, type TableName } from './table-name.js';

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
  /**
   * Of a view: what it is made from, without a schema where its maker left it out. `unknown` where
   * its text can't be read.
   */
  readonly sources: readonly TableName[] | 'unknown';
}

const DEFAULT_MAX_AGE_MS = 60_000;

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

const NAMED = 'SELECT table_schema FROM information_schema.tables WHERE table_name = $1';

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
 * through this instance, an unknown relation, or a table that isn't there yet. What another process
 * changes without any of these, such as the definition of a view, is noticed once the answers are
 * `maxAgeMs` old.
 */
export class Catalog {
  readonly #configured: ReadonlyMap<string, Relation>;
  readonly #maxAgeMs: number;
  readonly #onChange: (() => void) | undefined;
  readonly #schemas = new Map<string, ReadonlyMap<string, Relation>>();
  readonly #named = new Map<string, readonly TableName[]>();
  readonly #plans = new Map<string, string>();
  /** The last answers, forgotten ones as well, for comparison. */
  readonly #last = new Map<string, string>();
  #searchPath: readonly string[] | undefined;
  #version = 0;
  /** When the oldest answer was asked for. */
  #since: number | undefined;

  /** @param onChange is called when a schema isn't any more what it was */
  constructor(
    schema: string,
    primaryKeys: Readonly<Record<string, readonly string[]>> = {},
    maxAgeMs = DEFAULT_MAX_AGE_MS,
    onChange?: () => void,
  ) {
    this.#maxAgeMs = maxAgeMs;
    this.#onChange = onChange;
    this.#configured = new Map(
      Object.entries(primaryKeys).map(([name, keys]) => [
        quoteTable(parseName(name, schema)),
        { kind: 'table', keys, sources: [] },
      ]),
    );
  }

  /** Changes whenever an answer may have changed. */
  get version(): number {
    if (this.#since !== undefined && performance.now() - this.#since > this.#maxAgeMs) {
      this.forget();
    }
    return this.#version;
  }

  forget(): void {
    this.#schemas.clear();
    this.#named.clear();
    this.#plans.clear();
    this.#since = undefined;
    this.#version += 1;
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

  /** With the schema in which the server finds a name that a raw text left unqualified. */
  async qualify({ schema, name }: TableName, ask: AskCatalog): Promise<TableName> {
    if (schema !== undefined) return { schema, name };
    for (const candidate of await this.#path(ask)) {
      const table = { schema: candidate, name };
      if ((await this.find(table, ask)) !== undefined) return table;
    }
    return { schema: await this.sessionSchema(ask), name };
  }

  /** Where the server creates what a raw text leaves unqualified. */
  async sessionSchema(ask: AskCatalog): Promise<string> {
    return (await this.#path(ask))[0] ?? 'doc';
  }

  /**
   * The tables and views that a name without a schema may stand for in the definition of a view:
   * it is looked for where the maker of the view had his search path, which CrateDB doesn't show.
   * Where there are several of that name, the plan of the view tells.
   */
  async sourceOf(view: TableName, name: string, ask: AskCatalog): Promise<readonly TableName[]> {
    const named = await this.#ofName(name, ask);
    if (named.length < 2) return named;
    const plan = await this.#plan(view, ask);
    const planned = named.filter((table) => plan.includes(`${table.schema ?? ''}.${name}`));
    return planned.length === 0 ? named : planned;
  }

  async #ofName(name: string, ask: AskCatalog): Promise<readonly TableName[]> {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const { version } = this;
    const asked = performance.now();
    const rows = (await ask(NAMED, [name])) as { table_schema: string }[];
    const tables = rows
      .map((row) => ({ schema: row.table_schema, name }))
      .filter((table) => !isVirtual(table));
    if (tables.length > 0 && version === this.version) {
      this.#since ??= asked;
      this.#named.set(name, tables);
    }
    return tables;
  }

  /** See https://cratedb.com/docs/crate/reference/en/latest/sql/statements/explain.html */
  async #plan(view: TableName, ask: AskCatalog): Promise<string> {
    const name = quoteTable(view);
    const known = this.#plans.get(name);
    if (known !== undefined) return known;
    const { version } = this;
    let plan = '';
    try {
      const rows = (await ask(`EXPLAIN SELECT * FROM ${name}`, [])) as Record<string, unknown>[];
      plan = rows.flatMap((row) => Object.values(row)).join('\n');
    } catch {
      // Whoever reads the view is told why it can't be.
    }
    if (version === this.version) this.#plans.set(name, plan);
    return plan;
  }

  /** Kept: the sessions of a dialect are all alike. */
  async #path(ask: AskCatalog): Promise<readonly string[]> {
    if (this.#searchPath === undefined) {
      const [row] = (await ask('SELECT current_schemas(false) AS names', [])) as {
        names: string[];
      }[];
      this.#searchPath = row?.names ?? [];
    }
    return this.#searchPath;
  }

  async #load(schema: string, ask: AskCatalog): Promise<ReadonlyMap<string, Relation>> {
    const { version } = this;
    const asked = performance.now();
    const rows = (await ask(TABLES, [schema])) as TableRow[];
    const relations = new Map<string, Relation>();
    for (const [name, ofTable] of Map.groupBy(rows, (row) => row.table_name)) {
      relations.set(name, toRelation(ofTable));
    }
    if (rows.some((row) => row.table_type === 'VIEW')) {
      for (const row of (await ask(VIEWS, [schema])) as ViewRow[]) {
        const sources = tablesOfQuery(row.view_definition);
        relations.set(row.table_name, { kind: 'view', keys: [], sources });
      }
    }
    // What was forgotten meanwhile may be what was just read.
    if (version === this.version) {
      if (this.#schemas.has(schema)) this.#version += 1;
      this.#since ??= asked;
      this.#schemas.set(schema, relations);
    }
    const text = JSON.stringify([...relations]);
    const last = this.#last.get(schema);
    this.#last.set(schema, text);
    if (last !== undefined && last !== text) this.#onChange?.();
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
