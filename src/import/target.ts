/** Bulk writes and reads by key of one table, on CrateDB and on the embedded PostgreSQL. */
import { type Kysely, sql, type SqlBool } from 'kysely';

import type { DB, TableName } from '../../ddl/index.js';
import { insertMany, withRefresh } from '../../dialect/index.js';
import { LATEST_METRICS, writeLatestMetrics } from './latest-metrics.js';
import { type Row, rowKey, type TableMapping } from './mapping.js';
import { WEBHOOKS, withEventsOfSource } from './webhooks.js';

export interface Rejected {
  readonly row: Row;
  readonly reason: string;
}

export interface Written {
  readonly written: number;
  readonly rejected: readonly Rejected[];
}

export interface ImportTarget {
  readonly db: Kysely<DB>;
  /** Whether a text may have a NUL in it: CrateDB's may, PostgreSQL's may not. */
  readonly holdsNul: boolean;
  count(table: TableName): Promise<number>;
  /** Those of the rows that stand, by {@link rowKey}. Sees what was there at the last `count`. */
  standing(mapping: TableMapping, rows: readonly Row[]): Promise<ReadonlyMap<string, Row>>;
  /** Writes rows that don't stand; one that came meanwhile is left alone and not counted. */
  insert(mapping: TableMapping, rows: readonly Row[]): Promise<Written>;
  /** Writes over rows that stand, but never an older value of a metric over a newer one. */
  replace(mapping: TableMapping, rows: readonly Row[]): Promise<Written>;
}

/** Any database: the names of tables and columns come from the definitions, at run time. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Kysely can't be typed by names known only at run time
type AnyDatabase = Kysely<any>;

export function importTarget(db: Kysely<DB>, engine: 'cratedb' | 'postgres'): ImportTarget {
  const any: AnyDatabase = db;
  const isCrate = engine === 'cratedb';
  const writeWith = isCrate ? writeCrate : writePostgres;
  return {
    db,
    holdsNul: isCrate,
    async count(table) {
      const row = await any
        .selectFrom(table)
        .select(sql<number | bigint | string>`count(*)`.as('rows'))
        .executeTakeFirstOrThrow();
      return Number(row['rows']);
    },
    async standing(mapping, rows) {
      // The count before refreshed it; what this process wrote since has other keys.
      const reader = isCrate ? withRefresh(any, 'manual') : any;
      const found = await reader
        .selectFrom(mapping.table)
        .select([...mapping.types.keys()])
        .where(keysAmong(mapping, rows, isCrate))
        .execute();
      return new Map((found as Row[]).map((row) => [rowKey(mapping, row), row]));
    },
    insert: (mapping, rows) => writeWith(any, mapping, rows, 'ignore'),
    async replace(mapping, rows) {
      if (mapping.table === LATEST_METRICS) {
        await writeLatestMetrics(db, rows);
        return { written: rows.length, rejected: [] };
      }
      const replacing = mapping.table === WEBHOOKS ? await withEventsOfSource(db, rows) : rows;
      return writeWith(any, mapping, replacing, 'update');
    },
  };
}

/**
 * Each key column by itself: some rows too many in one cheap statement. Numbers with fractions and
 * flags tell little, and are left out.
 */
function keysAmong(mapping: TableMapping, rows: readonly Row[], isCrate: boolean) {
  const conditions = mapping.keys.flatMap((key) => {
    const type = mapping.types.get(key) ?? '';
    if (type === 'double precision' || type === 'boolean') return [];
    const values = [...new Set(rows.map((row) => row[key]))];
    // One text for any number of values, where plans are kept by text.
    return isCrate
      ? [sql`${sql.ref(key)} = any(${sql.val(values)})`]
      : [sql`${sql.ref(key)} in (${sql.join(values)})`];
  });
  return sql<SqlBool>`${sql.join(conditions, sql` and `)}`;
}

async function writeCrate(
  db: AnyDatabase,
  { table }: TableMapping,
  rows: readonly Row[],
  onConflict: 'ignore' | 'update',
): Promise<Written> {
  const rejected: Rejected[] = [];
  const { written } = await insertMany(db, table, rows, {
    onConflict,
    onRejected: ({ row, error }) => rejected.push({ row: row, reason: error.message }),
  });
  return { written, rejected };
}

/** A row that fails fails its statement: so the rows that do are found by halves. */
async function writePostgres(
  db: AnyDatabase,
  mapping: TableMapping,
  rows: readonly Row[],
  onConflict: 'ignore' | 'update',
): Promise<Written> {
  const updated = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter(
    (column) => !mapping.keys.includes(column),
  );
  try {
    const result = await db
      .insertInto(mapping.table)
      .values(rows)
      .onConflict((conflict) => {
        const at = conflict.columns([...mapping.keys]);
        return onConflict === 'ignore' || updated.length === 0
          ? at.doNothing()
          : at.doUpdateSet((eb) =>
              Object.fromEntries(updated.map((name) => [name, eb.ref(`excluded.${name}`)])),
            );
      })
      .executeTakeFirstOrThrow();
    return { written: Number(result.numInsertedOrUpdatedRows ?? 0), rejected: [] };
  } catch (error) {
    const [only] = rows;
    if (only === undefined || !isOfData(error)) throw error;
    if (rows.length === 1) return { written: 0, rejected: [{ row: only, reason: error.message }] };
  }
  const half = Math.ceil(rows.length / 2);
  const one = await writePostgres(db, mapping, rows.slice(0, half), onConflict);
  const other = await writePostgres(db, mapping, rows.slice(half), onConflict);
  return {
    written: one.written + other.written,
    rejected: [...one.rejected, ...other.rejected],
  };
}

/** Classes 22 and 23: what is wrong is a row, not the database. */
function isOfData(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { sqlstate, code } = error as { sqlstate?: unknown; code?: unknown };
  const state = sqlstate ?? code;
  return typeof state === 'string' && /^2[23]/.test(state);
}
