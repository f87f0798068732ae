import type { StatementAnalysis, TableRead } from '../analysis/analysis.js';
import { isLookup } from '../analysis/key-conditions.js';
import type { AskCatalog, Catalog } from '../catalog.js';
import { isVirtual, quoteTable, type TableName } from '../table-name.js';

export interface SearchedTables {
  /** Quoted and qualified, ready for REFRESH TABLE. */
  readonly tables: readonly string[];
  /** Every name was a known table, so that this holds until the catalog changes. */
  readonly final: boolean;
  /** Of the catalog when it was first asked. */
  readonly version: number;
}

/** The tables that a statement searches, views resolved to theirs. */
export async function tablesToRefresh(
  reads: StatementAnalysis['reads'],
  schema: string,
  catalog: Catalog,
  ask: AskCatalog,
): Promise<SearchedTables> {
  const { version } = catalog;
  const search = new Search(schema, catalog, ask);
  if (reads === 'unknown') await search.all();
  else for (const read of reads) await search.read(read);
  return { tables: [...search.tables].sort(), final: search.final, version };
}

class Search {
  readonly tables = new Set<string>();
  final = true;
  readonly #schema: string;
  readonly #catalog: Catalog;
  readonly #ask: AskCatalog;
  readonly #views = new Set<string>();

  constructor(schema: string, catalog: Catalog, ask: AskCatalog) {
    this.#schema = schema;
    this.#catalog = catalog;
    this.#ask = ask;
  }

  /** Whatever it is that can't be read. */
  async all(): Promise<void> {
    this.final = false;
    for (const table of await this.#catalog.all(this.#schema, this.#ask)) {
      this.tables.add(quoteTable(table));
    }
  }

  async read({ table: name, lookup }: TableRead): Promise<void> {
    const table = await this.#catalog.qualify(name, this.#ask);
    if (isVirtual(table) || this.tables.has(quoteTable(table))) return;
    const relation = await this.#catalog.find(table, this.#ask);
    if (relation === undefined) {
      // The statement itself will say so; it may be one the next time.
      this.final = false;
    } else if (relation.kind === 'view') {
      await this.#view(table, relation.sources);
    } else if (relation.kind === 'table') {
      if (lookup !== undefined && isLookup(lookup.conditions, relation.keys, lookup.forWrite)) {
        return;
      }
      this.tables.add(quoteTable(table));
    }
  }

  async #view(view: TableName, sources: readonly TableName[] | 'unknown'): Promise<void> {
    const name = quoteTable(view);
    if (this.#views.has(name)) return;
    this.#views.add(name);
    if (sources === 'unknown') {
      await this.all();
      return;
    }
    for (const source of sources) {
      const tables =
        source.schema === undefined
          ? await this.#catalog.sourceOf(view, source.name, this.#ask)
          : [source];
      if (tables.length === 0) this.final = false;
      for (const table of tables) await this.read({ table, lookup: undefined });
    }
  }
}
