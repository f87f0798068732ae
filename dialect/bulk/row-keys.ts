import type { Kysely, SqlBool } from 'kysely';
import { sql } from 'kysely';

import { toDate } from '../values/date.js';
import type { IndexedRow } from './chunks.js';

interface KeyedTable {
  readonly table: string;
  readonly keys: readonly string[];
  readonly types: ReadonlyMap<string, string>;
}

/** The row's key as a text, the same for what was sent and for what comes back. */
export function keyText(
  row: Readonly<Record<string, unknown>>,
  { keys, types }: KeyedTable,
): string {
  return JSON.stringify(keys.map((name) => normalized(row[name], types.get(name) ?? '')));
}

function normalized(value: unknown, type: string): unknown {
  if (value === null || value === undefined) return null;
  if (type.startsWith('timestamp')) return toMilliseconds(value);
  if (type === 'real') return Math.fround(Number(value));
  if (type === 'double precision') return Number(value);
  if (value instanceof Date) return value.getTime();
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | bigint}`;
}

/** As it is, where it is no time: the server says so. */
function toMilliseconds(value: unknown): unknown {
  const time = toDate(value).getTime();
  return Number.isNaN(time) ? value : time;
}

/** Which of the rows' keys are in the table, as {@link keyText}. One search, whatever their number. */
export async function keysInTable(
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Kysely can't be typed by names known only at run time
  db: Kysely<any>,
  target: KeyedTable,
  rows: readonly IndexedRow[],
): Promise<ReadonlySet<string>> {
  const { table, keys } = target;
  // A key with a null in it is in no table.
  const complete = rows.filter(({ row }) => keys.every((name) => row[name] !== null && row[name] !== undefined));
  if (complete.length === 0) return new Set();
  // Each column by itself gives some more rows than wanted, in one cheap statement.
  const found = await db
    .selectFrom(table)
    .select([...keys])
    .where(
      sql<SqlBool>`${sql.join(
        keys.map((name) => {
          const values = [...new Set(complete.map(({ row }) => row[name]))];
          return sql`${sql.ref(name)} = any(${sql.val(values)})`;
        }),
        sql` and `,
      )}`,
    )
    .execute();
  return new Set(found.map((row) => keyText(row as Record<string, unknown>, target)));
}
