import { setTimeout as sleep } from 'node:timers/promises';

import { SchemaAdoptError, type RefusedRow } from '../errors.js';
import { qualified, quoteName, quoteText } from '../render/table.js';
import { field } from '../runner.js';
import type { TableDefinition } from '../table-definition.js';
import { copyNewest } from './copy.js';
import {
  copyKeys,
  countAllKeys,
  explain,
  findMisfits,
  reconcile,
  sharedKeys,
} from './reconcile.js';
import { writeRecord, type TableRecord } from './record.js';
import { copyName, keptName, keyText, readyName, type CopyShape } from './shape.js';
import {
  countRows,
  fingerprintOf,
  isSame,
  readRow,
  type AdoptWork,
  type Fingerprint,
} from './work.js';

const SETTLE_MS = 100;
const MOST_SETTLE_TURNS = 100;
const POLL_MS = 20;

/** For writes: the last rows are copied, and may be read meanwhile. */
export function blockWrites(target: AdoptWork['target'], table: string): string {
  return `ALTER TABLE ${qualified(target.schema, table)} SET ("blocks.write" = true)`;
}

/** For reads. */
export function blockReads(target: AdoptWork['target'], table: string): string {
  return `ALTER TABLE ${qualified(target.schema, table)} SET ("blocks.read" = true)`;
}

/** It may be swapped then, as no table may that is only blocked. */
export function closeStatement(target: AdoptWork['target'], table: string): string {
  return `ALTER TABLE ${qualified(target.schema, table)} CLOSE`;
}

/** Undoes all of it, as far as they were done. */
export function openStatements(target: AdoptWork['target'], table: string): readonly string[] {
  const name = qualified(target.schema, table);
  return [
    `ALTER TABLE ${name} OPEN`,
    `ALTER TABLE ${name} RESET ("blocks.write", "blocks.read")`,
  ];
}

/** Gives a table the name by which it is swapped. */
export function readyStatement(target: AdoptWork['target'], table: string, ready: string): string {
  return renameStatement(target, copyName(table), ready);
}

export function swapStatement(target: AdoptWork['target'], ready: string, table: string): string {
  return (
    `ALTER CLUSTER SWAP TABLE ${qualified(target.schema, ready)}` +
    ` TO ${qualified(target.schema, table)}`
  );
}

export function keepStatement(target: AdoptWork['target'], old: string, table: string): string {
  return renameStatement(target, old, keptName(table));
}

export function renameStatement(target: AdoptWork['target'], from: string, to: string): string {
  return `ALTER TABLE ${qualified(target.schema, from)} RENAME TO ${quoteName(to)}`;
}

/**
 * Keeps writers out, copies the last rows, compares, keeps readers out, and swaps.
 *
 * @param begun What `copyRows` answered.
 * @returns What is known now, and what the old table is called.
 * @throws SchemaAdoptError where a row is not in the copy; the table is as it was again.
 */
export async function freezeAndSwap(
  work: AdoptWork,
  shape: CopyShape,
  definition: TableDefinition,
  begun: TableRecord,
): Promise<{ readonly record: TableRecord; readonly old: string }> {
  const { runner, target, send } = work;
  const { table } = shape;
  const ready = readyName(table);
  await copyPrivileges(work, table);
  // Counted once more only if something is written until then.
  const early = { of: await fingerprintOf(work, table), counted: await countAllKeys(work, shape) };
  await work.stillMine();
  const blockedAt = Date.now();
  try {
    await send(blockWrites(target, table));
    const settled = await settledFingerprint(work, table);
    await copyNewest(work, shape, begun.settled);
    const counted = isSame(early.of, settled) ? early.counted : await countAllKeys(work, shape);
    const { rows, keys } = counted;
    await compare(work, shape, definition, keys);
    const record = { ...begun, phase: 'frozen' as const, before: rows, merged: rows - keys };
    await work.stillMine();
    await runner.execute(writeRecord(target, record));
    await send(readyStatement(target, table, ready));
    await send(blockReads(target, table));
    // A statement that was planned before has read by then.
    await sleep(SETTLE_MS);
    await send(closeStatement(target, table));
    await work.stillMine();
    await swap(work, table, ready);
    return { record: { ...record, blockedMs: Date.now() - blockedAt }, old: ready };
  } catch (error) {
    await openIfMine(work, table);
    throw error;
  }
}

/** Who took over has blocked it for itself, or will open it. */
async function openIfMine(work: AdoptWork, table: string): Promise<void> {
  try {
    await work.stillMine();
  } catch {
    return;
  }
  await openAgain(work, table);
}

/**
 * CrateDB swaps a closed table at once, but answers only when its shards are there, which they are
 * not before it is opened, or with an error of its own. So what is there decides: before, the copy was
 * open and the table closed. A runner of one connection waits for CrateDB's timeout of 30 s.
 */
async function swap(work: AdoptWork, table: string, ready: string): Promise<void> {
  const answers: { readonly error?: unknown }[] = [];
  const answered = work.send(swapStatement(work.target, ready, table)).then(
    () => answers.push({}),
    (error: unknown) => answers.push({ error }),
  );
  for (;;) {
    // Known before the look, so that nothing can happen after it.
    const [answer] = answers;
    if (await isClosed(work, ready)) break;
    if (answer !== undefined) {
      const message = `CrateDB did not swap ${table}`;
      throw answer.error instanceof Error
        ? answer.error
        : new SchemaAdoptError(work.target.schema, message);
    }
    await sleep(POLL_MS);
  }
  await openAgain(work, ready);
  await answered;
}

async function isClosed({ runner, target }: AdoptWork, name: string): Promise<boolean> {
  const row = await readRow(
    runner,
    `SELECT closed FROM information_schema.tables WHERE table_schema = ${quoteText(target.schema)}` +
      ` AND table_name = ${quoteText(name)}`,
  );
  return field(row, 'closed') === true;
}

export async function openAgain({ target, send }: AdoptWork, table: string): Promise<void> {
  for (const statement of openStatements(target, table)) await send(statement);
}

/** Once the names are swapped and the old table is open: its last name. */
export async function afterSwap(
  work: AdoptWork,
  table: string,
  record: TableRecord,
  old: string,
): Promise<void> {
  const { runner, target, send } = work;
  const wasEmpty = record.phase === 'frozen' && record.before === 0;
  if (wasEmpty) await send(`DROP TABLE ${qualified(target.schema, old)}`);
  else await send(keepStatement(target, old, table));
  await runner.execute(writeRecord(target, { ...record, phase: 'swapped' }));
}

/** Writes that were under way when the block came have come to their end, one way or the other. */
async function settledFingerprint(work: AdoptWork, table: string): Promise<Fingerprint> {
  let before = await fingerprintOf(work, table);
  for (let turn = 0; turn < MOST_SETTLE_TURNS; turn++) {
    await sleep(SETTLE_MS);
    const now = await fingerprintOf(work, table);
    if (isSame(before, now)) return now;
    before = now;
  }
  throw new SchemaAdoptError(
    work.target.schema,
    `${table} is written to although its writes are blocked`,
  );
}

/** @param keys Of the table: so many rows must the copy have. */
async function compare(
  work: AdoptWork,
  shape: CopyShape,
  definition: TableDefinition,
  keys: number,
): Promise<void> {
  const misfits = await findMisfits(work, shape, definition);
  if (misfits.rows > 0) throw refusal(work, shape, misfits.refused, misfits.rows);
  const shared = await sharedKeys(work, shape, definition);
  if (shared.length > 0) throw refusal(work, shape, shared, shared.length);
  if ((await countRows(work, copyName(shape.table))) === keys) return;
  let missing = await reconcile(work, shape);
  for (let first: string | undefined; missing.length > 0; missing = await reconcile(work, shape)) {
    const key = keyText(shape, missing[0]);
    // What was copied once more and still isn't there is refused.
    if (key === first) break;
    first = key;
    await copyKeys(work, shape, missing);
  }
  const copied = await countRows(work, copyName(shape.table));
  if (missing.length === 0 && copied === keys) return;
  const refused = await explain(work, shape, definition, missing);
  throw refusal(work, shape, refused, Math.max(keys - copied, refused.length));
}

/** One line, with the first of them. */
function refusal(
  { target }: AdoptWork,
  { table }: CopyShape,
  refused: readonly RefusedRow[],
  rows: number,
): SchemaAdoptError {
  const [first] = refused;
  const example =
    first === undefined
      ? ''
      : `, such as ${JSON.stringify(first.key)} (${first.reason})`;
  return new SchemaAdoptError(
    target.schema,
    `${String(rows)} of the rows of ${table} can't be copied${example}; all are where they were`,
    refused,
  );
}

/**
 * Rights on the table itself stay with it through a swap: the copy gets the same. Those on the schema
 * or the cluster hold for both.
 */
async function copyPrivileges(work: AdoptWork, table: string): Promise<void> {
  const { runner, target } = work;
  const copy = qualified(target.schema, copyName(table));
  let rows: readonly unknown[];
  try {
    ({ rows } = await runner.execute(
      "SELECT grantee, state, type FROM sys.privileges WHERE class = 'TABLE'" +
        ` AND ident = ${quoteText(`${target.schema}.${table}`)}`,
    ));
  } catch {
    // Who may not read them may not grant them either.
    return;
  }
  for (const row of rows) {
    const state = String(field(row, 'state'));
    const grantee = quoteName(String(field(row, 'grantee')));
    if (state !== 'GRANT' && state !== 'DENY') continue;
    await work.send(`${state} ${String(field(row, 'type'))} ON TABLE ${copy} TO ${grantee}`);
  }
}
