/** A row and its place in what was given, from 0. */
export interface IndexedRow {
  readonly index: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/**
 * Text in one statement, about, in characters: each column travels as one text, and a text of
 * Node.js has 536,870,888 at most.
 */
const MAX_TEXT_LENGTH = 8_000_000;

/**
 * Rows in portions, each taken from the source when it is asked for: `size` rows, or fewer where they
 * are large.
 */
export async function* chunksOf(
  rows:
    | Iterable<Readonly<Record<string, unknown>>>
    | AsyncIterable<Readonly<Record<string, unknown>>>,
  size: number,
): AsyncGenerator<readonly IndexedRow[]> {
  let chunk: IndexedRow[] = [];
  let length = 0;
  let index = 0;
  for await (const row of rows) {
    chunk.push({ index, row });
    index += 1;
    length += textLength(row);
    if (chunk.length === size || length >= MAX_TEXT_LENGTH) {
      yield chunk;
      chunk = [];
      length = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** The characters of all text in a value or row, about; bytes count too, numbers and the like 1. */
export function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null || value instanceof Date) return 1;
  let length = 0;
  for (const [name, member] of Object.entries(value)) length += name.length + textLength(member);
  return length;
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
