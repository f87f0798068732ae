import { qualified, quoteName, quoteNames } from '../render/table.js';
import { field } from '../runner.js';
import { endOfChunk } from './copy.js';
import { copyName, keyText, whereKey, whereRange, type CopyShape } from './shape.js';
import { readCount, type AdoptWork } from './work.js';
import type { RefusedRow } from '../errors.js';
import type { TableDefinition } from '../table-definition.js';
import { crateType } from '../render/cratedb.js';

const DELETED_AT_ONCE = 100;
const MOST_REFUSED = 100;

/** Rows of the table, and how many of them have a key of their own. */
export async function countKeys(
  { runner }: AdoptWork,
  shape: CopyShape,
  table: string,
  where = '',
): Promise<{ readonly rows: number; readonly keys: number }> {
  const rows = await readCount(runner, `SELECT count(*) AS n FROM ${table} ${where}`);
  if (shape.isUnique) return { rows, keys: rows };
  const keys = await readCount(
    runner,
    `SELECT count(*) AS n FROM (SELECT DISTINCT ${keyColumns(shape)} FROM ${table} ${where}) AS k`,
  );
  return { rows, keys };
}

/** As the copy has them. */
function keyColumns({ keyTypes, columns }: CopyShape): string {
  return [...keyTypes.keys()]
    .map((name) => `${columns.get(name) ?? quoteName(name)} AS ${quoteName(name)}`)
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
  let after: string | undefined;
  do {
    const upTo = await endOfChunk(work, shape, old, after);
    const where = whereRange(shape, after, upTo);
    after = upTo;
    const copied = await readCount(runner, `SELECT count(*) AS n FROM ${copy} ${where}`);
    if ((await countKeys(work, shape, old, where)).keys === copied) continue;
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
  } while (after !== undefined && missing.length < MOST_REFUSED);
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
    const key = Object.fromEntries([...shape.keyTypes.keys()].map((name) => [name, field(row, name)]));
    refused.push({ table: shape.table, key, reason: reasonOf(rows[0], definition, shape) });
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
    const length = Number(/^VARCHAR\((\d+)\)$/.exec(crateType(type))?.[1] ?? Infinity);
    if (typeof value === 'string' && value.length > length) {
      return `${name} is longer than ${String(length)}`;
    }
  }
  return 'CrateDB refuses it';
}

/** Whether no part of the key is null: such rows are told by {@link rowsWithoutKey}. */
function isWhole({ keyTypes }: CopyShape, row: unknown): boolean {
  return [...keyTypes.keys()].every((name) => (field(row, name) ?? null) !== null);
}

/** Rows of which a part of the key is null. */
export async function rowsWithoutKey(work: AdoptWork, shape: CopyShape): Promise<RefusedRow[]> {
  const names = [...shape.keyTypes.keys()];
  const old = qualified(work.target.schema, shape.table);
  const refused: RefusedRow[] = [];
  for (const column of shape.nullableKey) {
    const { rows } = await work.runner.execute(
      `SELECT ${quoteNames(names)} FROM ${old} WHERE ${quoteName(column)} IS NULL` +
        ` LIMIT ${String(MOST_REFUSED)}`,
    );
    for (const row of rows) {
      const key = Object.fromEntries(names.map((name) => [name, field(row, name)]));
      refused.push({ table: shape.table, key, reason: `${column} is null` });
    }
  }
  return refused;
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
    key: Object.fromEntries([...shape.keyTypes.keys()].map((name) => [name, field(row, name)])),
    reason: 'rows of this key differ',
  }));
}
