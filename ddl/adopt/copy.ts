import { qualified } from '../render/table.js';
import { field } from '../runner.js';
import { writeRecord, type TableRecord } from './record.js';
import {
  copyName,
  insertRows,
  keyColumn,
  rangeOf,
  whereAll,
  whereRange,
  type CopyShape,
} from './shape.js';
import { readCount, readRow, settledSequence, writtenAbove, type AdoptWork } from './work.js';

const MOST_CATCH_UPS = 4;
/** Writes that a catch-up has room for while it is under way; then four times as many, and so on. */
const SPARE_ROWS = 1_000;

/**
 * Fills the copy, chunk by chunk, and then with what was written meanwhile, while readers and
 * writers go on.
 *
 * @returns The record, with the number above which lies all that the copy may not have.
 */
export async function copyRows(
  work: AdoptWork,
  shape: CopyShape,
  begun: TableRecord,
): Promise<TableRecord> {
  const { runner, target, send } = work;
  const { table } = shape;
  const old = qualified(target.schema, table);
  const copy = qualified(target.schema, copyName(table));
  await runner.execute(`REFRESH TABLE ${old}`);
  const count = (where: string) => readCount(runner, `SELECT count(*) AS n FROM ${old} ${where}`);
  const total = await count('');
  let record = begun;
  let rows =
    begun.copiedTo === undefined ? 0 : await count(whereRange(shape, undefined, begun.copiedTo));
  for (;;) {
    const upTo = await endOfChunk(work, shape, old, record.copiedTo);
    const chunk = whereRange(shape, record.copiedTo, upTo);
    await send(insertRows(shape, old, copy, chunk));
    if (upTo === undefined) break;
    rows += await count(chunk);
    record = { ...record, copiedTo: upTo };
    await work.stillMine();
    await runner.execute(writeRecord(target, record));
    work.onProgress({ table, rows: Math.min(rows, total), total, done: false });
  }
  for (let turn = 0, before = Infinity; turn < MOST_CATCH_UPS; turn++) {
    const settled = await settledSequence(work, table);
    const written = await copyNewest(work, shape, record.settled);
    record = { ...record, settled };
    await runner.execute(writeRecord(target, record));
    // Where shards are filled unevenly it doesn't get less.
    if (written <= work.chunkRows || written >= before) break;
    before = written;
  }
  work.onProgress({ table, rows: total, total, done: true });
  return record;
}

/**
 * Copies the rows above a sequence number, at the least; answers how many were read at the most.
 * `_seq_no` may be sorted by, but is refused in a WHERE: so the newest are taken, as many as were
 * written since. More may have been written before the statement read: then it is done again.
 */
export async function copyNewest(
  work: AdoptWork,
  shape: CopyShape,
  above: number,
): Promise<number> {
  const { runner, target } = work;
  const { table } = shape;
  const old = qualified(target.schema, table);
  const copy = qualified(target.schema, copyName(table));
  await runner.execute(`REFRESH TABLE ${old}`);
  const total = await readCount(runner, `SELECT count(*) AS n FROM ${old}`);
  let written = above < 0 ? undefined : await writtenAbove(work, table, above);
  for (let spare = SPARE_ROWS; written !== undefined; spare *= 4) {
    if (written === 0) return 0;
    const limit = written + spare;
    if (limit >= total) break;
    const newest = `ORDER BY _seq_no DESC LIMIT ${String(limit)}`;
    await work.send(insertRows(shape, old, copy, newest));
    written = await writtenAbove(work, table, above);
    if (written !== undefined && written <= limit) return limit;
  }
  await work.send(insertRows(shape, old, copy, ''));
  return total;
}

/** The leading value of a chunk's last row; undefined where the rest is one chunk. */
async function endOfChunk(
  work: AdoptWork,
  shape: CopyShape,
  table: string,
  after: string | undefined,
): Promise<string | undefined> {
  return shape.lead === undefined ? undefined : valueAtEnd(work, shape, table, shape.lead, [], after);
}

/**
 * What a column of the key has in the last row of a chunk.
 *
 * @param fixed Conditions of the rows that are divided.
 * @param after Where the chunk begins: behind this value.
 */
export async function valueAtEnd(
  { runner, chunkRows }: AdoptWork,
  shape: CopyShape,
  table: string,
  column: string,
  fixed: readonly string[],
  after: string | undefined,
): Promise<string | undefined> {
  const name = keyColumn(shape, column);
  const where = whereAll([...fixed, ...rangeOf(shape, column, after, undefined)]);
  const row = await readRow(
    runner,
    `SELECT ${name} AS v FROM ${table} ${where}` +
      ` ORDER BY ${name} NULLS LAST LIMIT 1 OFFSET ${String(chunkRows - 1)}`,
  );
  const value = field(row, 'v');
  return isScalar(value) ? String(value) : undefined;
}

function isScalar(value: unknown): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}
