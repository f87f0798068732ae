import { RowsDroppedError } from '../errors/index.js';
import { quoteIdentifier } from '../table-name.js';
import type { SentRows } from './sent-rows.js';

/** Runs a statement of the check on the connection of the INSERT. */
export type RunCheck = (sql: string, values: unknown[]) => Promise<Record<string, unknown>[]>;

export interface DroppedCheck {
  readonly sent: SentRows;
  readonly written: number;
  /** Quoted and qualified. */
  readonly table: string;
  readonly primaryKey: readonly string[];
  readonly sql: string;
  readonly run: RunCheck;
}

/** Gets of one row each, in one UNION ALL; more of them are planned slower than one by one. */
const GETS_PER_STATEMENT = 32;

/**
 * Fewer rows were written than sent: finds out which are missing, and raises unless all of them
 * are there, as DO NOTHING leaves them.
 *
 * A key that is in the table belongs to a duplicate, any other to a row that was refused.
 *
 * @throws RowsDroppedError
 */
export async function checkDropped(check: DroppedCheck): Promise<void> {
  const { sent, written, table, sql } = check;
  const missing = await findMissing(check);
  if (sent.ignoresConflicts && missing?.length === 0) return;
  throw new RowsDroppedError({ table, expected: sent.count, written, missing }, { sql });
}

async function findMissing(check: DroppedCheck): Promise<number[] | undefined> {
  const { sent } = check;
  const names = sent.conflictColumns ?? check.primaryKey;
  const columns = names.map((name) => sent.column(name));
  if (columns.length === 0) return undefined;
  const keys: unknown[][] = [];
  for (let row = 0; row < sent.count; row += 1) {
    const key: unknown[] = [];
    for (const column of columns) {
      if (column === undefined) return undefined;
      key.push(column(row) ?? null);
    }
    keys.push(key);
  }
  const candidates = await searchMissing(check, names, keys);
  return confirmMissing(check, names, keys, candidates);
}

/**
 * The rows whose key a search doesn't find: it asks for each column by itself, which gives some
 * more rows than wanted, in one cheap statement however many columns the key has. A multi-get by
 * OR takes seconds for a hundred keys of several columns.
 */
async function searchMissing(
  check: DroppedCheck,
  names: readonly string[],
  keys: readonly unknown[][],
): Promise<number[]> {
  const quoted = names.map(quoteIdentifier);
  const conditions = quoted.map((name, index) => `${name} = ANY($${index + 1})`);
  const values = names.map((_, index) =>
    [...new Set(keys.map((key) => key[index]))].filter((value) => value !== null),
  );
  await check.run(`REFRESH TABLE ${check.table}`, []);
  const found = await check.run(
    `SELECT ${quoted.join(', ')} FROM ${check.table} WHERE ${conditions.join(' AND ')}`,
    values,
  );
  const present = new Set(found.map((row) => fingerprint(names.map((name) => row[name]))));
  return keys.flatMap((key, row) => (present.has(fingerprint(key)) ? [] : [row]));
}

/**
 * Asks again, by key: a value may come back in another form than it was sent (a timestamp, a
 * number as text), and then only the server can compare.
 */
async function confirmMissing(
  check: DroppedCheck,
  names: readonly string[],
  keys: readonly unknown[][],
  candidates: readonly number[],
): Promise<number[]> {
  const missing = new Set(candidates);
  // A key with a null in it is in no table.
  const asked = candidates.filter((row) => !keys[row]?.includes(null));
  for (let start = 0; start < asked.length; start += GETS_PER_STATEMENT) {
    const values: unknown[] = [];
    const gets = asked.slice(start, start + GETS_PER_STATEMENT).map((row) => {
      const conditions = names.map((name, index) => {
        values.push(keys[row]?.[index]);
        return `${quoteIdentifier(name)} = $${values.length}`;
      });
      return `SELECT ${row} AS i FROM ${check.table} WHERE ${conditions.join(' AND ')}`;
    });
    for (const row of await check.run(gets.join(' UNION ALL '), values)) {
      missing.delete(Number(row['i']));
    }
  }
  return [...missing];
}

function fingerprint(key: readonly unknown[]): string {
  return JSON.stringify(
    key.map((value) => (value instanceof Date ? value.getTime() : value)).map(String),
  );
}
