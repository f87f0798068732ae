import { qualified, quoteName, quoteNames } from '../render/table.js';
import { field } from '../runner.js';
import { partsOf, type Part } from './parts.js';
import {
  copyName,
  insertRows,
  keyColumn,
  keyOf,
  keyText,
  varcharLength,
  whereKey,
  type CopyShape,
} from './shape.js';
import { readCount, type AdoptWork } from './work.js';
import type { RefusedRow } from '../errors.js';
import type { TableDefinition } from '../table-definition.js';
import { crateType } from '../render/cratedb.js';

const DELETED_AT_ONCE = 100;
const MOST_REFUSED = 100;

interface Counted {
  readonly rows: number;
  readonly keys: number;
}

/** Rows of the table, and how many of them have a key of their own. */
export async function countAllKeys(work: AdoptWork, shape: CopyShape): Promise<Counted> {
  const old = qualified(work.target.schema, shape.table);
  if (shape.isUnique) {
    const rows = await readCount(work.runner, `SELECT count(*) AS n FROM ${old}`);
    return { rows, keys: rows };
  }
  let [rows, keys] = [0, 0];
  for await (const part of partsOf(work, shape, old)) {
    rows += part.rows;
    keys += await countKeys(work, shape, old, part);
  }
  return { rows, keys };
}

async function countKeys(
  { runner }: AdoptWork,
  shape: CopyShape,
  table: string,
  { where, rows }: Part,
): Promise<number> {
  if (shape.isUnique || rows === 0) return rows;
  return readCount(
    runner,
    `SELECT count(*) AS n FROM (SELECT DISTINCT ${keyColumns(shape)} FROM ${table} ${where}) AS k`,
  );
}

/** Two sets are the same if each has as many keys as both together. */
async function hasSameKeys(work: AdoptWork, shape: CopyShape, part: Part): Promise<boolean> {
  const old = qualified(work.target.schema, shape.table);
  const copy = qualified(work.target.schema, copyName(shape.table));
  const { where } = part;
  const copied = await readCount(work.runner, `SELECT count(*) AS n FROM ${copy} ${where}`);
  if ((await countKeys(work, shape, old, part)) !== copied) return false;
  const together = await readCount(
    work.runner,
    `SELECT count(*) AS n FROM (SELECT ${keyColumns(shape)} FROM ${old} ${where}` +
      ` UNION SELECT ${quoteNames([...shape.keyTypes.keys()])} FROM ${copy} ${where}) AS k`,
  );
  return together === copied;
}

/** As the copy has them. */
function keyColumns(shape: CopyShape): string {
  return [...shape.keyTypes.keys()]
    .map((name) => `${keyColumn(shape, name)} AS ${quoteName(name)}`)
    .join(', ');
}

/**
 * Compares the keys of both tables where their counts differ. What the table doesn't have any more is
 * deleted from the copy.
 *
 * @returns The keys that the copy lacks, a hundred at most.
 */
export async function reconcile(work: AdoptWork, shape: CopyShape): Promise<unknown[]> {
  const { runner, target } = work;
  const old = qualified(target.schema, shape.table);
  const copy = qualified(target.schema, copyName(shape.table));
  const missing: unknown[] = [];
  for await (const part of partsOf(work, shape, old)) {
    const { where } = part;
    if (await hasSameKeys(work, shape, part)) continue;
    const select = (table: string, columns: string) =>
      runner.execute(`SELECT DISTINCT ${columns} FROM ${table} ${where}`);
    const there = (await select(old, keyColumns(shape))).rows;
    const here = (await select(copy, quoteNames([...shape.keyTypes.keys()]))).rows;
    const keysThere = new Set(there.map((row) => keyText(shape, row)));
    const keysHere = new Set(here.map((row) => keyText(shape, row)));
    missing.push(
      ...there.filter((row) => !keysHere.has(keyText(shape, row)) && isWhole(shape, row)),
    );
    const gone = here.filter((row) => !keysThere.has(keyText(shape, row)));
    for (let start = 0; start < gone.length; start += DELETED_AT_ONCE) {
      const some = gone.slice(start, start + DELETED_AT_ONCE);
      await work.send(
        `DELETE FROM ${copy} WHERE ${some.map((row) => `(${whereKey(shape, row)})`).join(' OR ')}`,
      );
    }
    if (missing.length >= MOST_REFUSED) break;
  }
  await runner.execute(`REFRESH TABLE ${copy}`);
  return missing.slice(0, MOST_REFUSED);
}

/** Why rows aren't in the copy, as far as it can be seen from them. */
export async function explain(
  { runner, target }: AdoptWork,
  shape: CopyShape,
  definition: TableDefinition,
  keys: readonly unknown[],
): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = [];
  for (const row of keys) {
    const where = whereKey(shape, row);
    const { rows } = await runner.execute(
      `SELECT * FROM ${qualified(target.schema, shape.table)} WHERE ${where} LIMIT 1`,
    );
    refused.push({ table: shape.table, key: keyOf(shape, row), reason: reasonOf(rows[0], definition, shape) });
  }
  return refused;
}

function reasonOf(row: unknown, definition: TableDefinition, { columns }: CopyShape): string {
  for (const { name, type, notNull, default: byDefault, generated } of definition.columns) {
    if (generated !== undefined || !columns.has(name)) continue;
    const value = field(row, name);
    if (notNull && byDefault === undefined && (value === null || value === undefined)) {
      return `${name} is null`;
    }
    const length = varcharLength(crateType(type));
    if (typeof value === 'string' && value.length > length) {
      return `${name} is longer than ${String(length)}`;
    }
  }
  return 'CrateDB refuses it';
}

/** Whether no part of the key is null: such rows are told by {@link findMisfits}. */
function isWhole({ keyTypes }: CopyShape, row: unknown): boolean {
  return [...keyTypes.keys()].every((name) => (field(row, name) ?? null) !== null);
}

/** Copies the rows of these keys. */
export async function copyKeys(
  work: AdoptWork,
  shape: CopyShape,
  keys: readonly unknown[],
): Promise<void> {
  const { schema } = work.target;
  const copy = qualified(schema, copyName(shape.table));
  const where = keys.map((row) => `(${whereKey(shape, row)})`).join(' OR ');
  await work.send(insertRows(shape, qualified(schema, shape.table), copy, `WHERE ${where}`));
  await work.runner.execute(`REFRESH TABLE ${copy}`);
}

/**
 * Rows that have no place in the new table: a null or a text that is too long. CrateDB leaves such a
 * row out of an `INSERT … SELECT` without a word, and where another was deleted meanwhile, no count
 * tells. So they are looked for wherever the table that is there allows them.
 */
export async function findMisfits(
  work: AdoptWork,
  shape: CopyShape,
  definition: TableDefinition,
): Promise<{ readonly rows: number; readonly refused: readonly RefusedRow[] }> {
  if (shape.misfits.length === 0) return { rows: 0, refused: [] };
  const old = qualified(work.target.schema, shape.table);
  const where = shape.misfits.join(' OR ');
  const rows = await readCount(work.runner, `SELECT count(*) AS n FROM ${old} WHERE ${where}`);
  if (rows === 0) return { rows, refused: [] };
  const names = [...new Set([...shape.keyTypes.keys(), ...shape.columns.keys()])];
  const found = await work.runner.execute(
    `SELECT ${quoteNames(names)} FROM ${old} WHERE ${where} LIMIT ${String(MOST_REFUSED)}`,
  );
  const refused = found.rows.map((row) => ({
    table: shape.table,
    key: keyOf(shape, row),
    reason: reasonOf(row, definition, shape),
  }));
  return { rows, refused };
}

/**
 * Keys that several rows share which are not the same in all: only one could be in the copy. What is
 * the same in all is one and the same.
 */
export async function sharedKeys(
  work: AdoptWork,
  shape: CopyShape,
  definition: TableDefinition,
): Promise<RefusedRow[]> {
  const values = [...shape.columns].filter(([name]) => !shape.key.includes(name));
  if (shape.isUnique || values.length === 0) return [];
  const objects = new Set([
    ...definition.columns.filter(({ type }) => type === 'jsonb').map(({ name }) => name),
    ...shape.extra.filter(({ type }) => /^object|_array$/.test(type)).map(({ name }) => name),
  ]);
  const names = quoteNames([...shape.keyTypes.keys()]);
  const compared = values.map(([name, value], index) => {
    // CrateDB groups by no objects.
    return `${objects.has(name) ? `${value}::text` : value} AS v${String(index)}`;
  });
  const { rows } = await work.runner.execute(
    `SELECT ${names} FROM (SELECT DISTINCT ${[keyColumns(shape), ...compared].join(', ')}` +
      ` FROM ${qualified(work.target.schema, shape.table)}) AS r` +
      ` GROUP BY ${names} HAVING count(*) > 1 LIMIT ${String(MOST_REFUSED)}`,
  );
  return rows.map((row) => ({
    table: shape.table,
    key: keyOf(shape, row),
    reason: 'rows of this key differ',
  }));
}
