import type { StatementAnalysis, TableRead } from '../analysis/analysis.js';
import { isLookup } from '../analysis/key-conditions.js';
import type { AskCatalog, Catalog } from '../catalog.js';
import { isVirtual, quoteTable, type TableName } from '../table-name.js';

export interface SearchedTables {
  /** Quoted and qualified, ready for REFRESH TABLE. */
  readonly tables: readonly string[];
  /** Every name was a known table, so that this holds until the catalog changes. */
  readonly final: boolean;
}

/** The tables that a statement searches, views resolved to theirs. */
export async function tablesToRefresh(
  reads: StatementAnalysis['reads'],
  schema: string,
  catalog: Catalog,
  ask: AskCatalog,
): Promise<SearchedTables> {
  const found = new Set<string>();
  let final = true;
  if (reads === 'unknown') {
    final = false;
    for (const table of await catalog.all(schema, ask)) found.add(quoteTable(table));
  } else {
    for (const read of reads) {
      if (!(await addRead(read, schema, catalog, ask, found))) final = false;
    }
  }
  return { tables: [...found].sort(), final };
}

/** False where a name was no table, which may be one the next time. */
async function addRead(
  read: TableRead,
  schema: string,
  catalog: Catalog,
  ask: AskCatalog,
  found: Set<string>,
): Promise<boolean> {
  const table: TableName =
    read.table.schema === undefined
      ? { schema: await catalog.sessionSchema(ask), name: read.table.name }
      : read.table;
  if (isVirtual(table) || found.has(quoteTable(table))) return true;

  const relation = await catalog.find(table, ask);
  // No such table: the statement itself will say so, or it is the name of a CTE in a raw text.
  if (relation === undefined) return false;
  if (relation.kind === 'other') return true;
  if (relation.kind === 'table') {
    const { lookup } = read;
    if (lookup === undefined || !isLookup(lookup.conditions, relation.keys, lookup.forWrite)) {
      found.add(quoteTable(table));
    }
    return true;
  }
  if (relation.sources === 'unknown') {
    for (const one of await catalog.all(schema, ask)) found.add(quoteTable(one));
    return false;
  }
  let final = true;
  for (const source of relation.sources) {
    // CrateDB writes the tables of a view qualified; other names are CTEs.
    if (source.schema === undefined) continue;
    const read = { table: source, lookup: undefined };
    if (!(await addRead(read, schema, catalog, ask, found))) final = false;
  }
  return final;
}
