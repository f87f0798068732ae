/** A row and its place in what was given, from 0. */
export interface IndexedRow {
  readonly index: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Rows in portions, each taken from the source when it is asked for. */
export async function* chunksOf(
  rows:
    | Iterable<Readonly<Record<string, unknown>>>
    | AsyncIterable<Readonly<Record<string, unknown>>>,
  size: number,
): AsyncGenerator<readonly IndexedRow[]> {
  let chunk: IndexedRow[] = [];
  let index = 0;
  for await (const row of rows) {
    chunk.push({ index, row });
    index += 1;
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * The rows by the columns that they have: a row that leaves a column out gets that column's default,
 * not NULL, so it can't share a statement with one that has it.
 */
export function byColumns(
  rows: readonly IndexedRow[],
): readonly { readonly columns: readonly string[]; readonly rows: readonly IndexedRow[] }[] {
  const groups = new Map<string, { columns: readonly string[]; rows: IndexedRow[] }>();
  for (const indexed of rows) {
    const columns = Object.keys(indexed.row).filter((name) => indexed.row[name] !== undefined);
    const id = JSON.stringify(columns.toSorted());
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { columns, rows: [indexed] });
    else group.rows.push(indexed);
  }
  return [...groups.values()];
}
