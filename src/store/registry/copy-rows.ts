import { type Kysely, sql } from 'kysely';

import type { StoreContext } from '../context.js';
import { sameForAll, sameInt64ForAll } from '../sql/same-for-all.js';
import type { Tenure } from './names.js';
import { newerTenureWins } from './newer-tenure-wins.js';
import { TENURE_TABLES, VERSION_VALUES } from './rows.js';

type Owner = Pick<Tenure, 'name' | 'generation'>;

/** What a rename carries over: all columns but the workspace, the name and the generation. */
const TABLES = {
  registered_models: {
    key: ['workspace', 'name'],
    columns: ['key', 'value', 'creation_time', 'last_updated_time', 'description'],
    time: 'last_updated_time',
  },
  registered_model_tags: {
    key: ['workspace', 'key', 'name'],
    columns: ['key', 'value', 'creation_time', 'last_update_time', 'description'],
    time: undefined,
  },
  registered_model_aliases: {
    key: ['workspace', 'name', 'alias'],
    columns: ['alias', 'version'],
    time: undefined,
  },
  model_versions: {
    key: ['workspace', 'name', 'version'],
    columns: VERSION_VALUES,
    time: 'last_updated_time',
  },
  model_version_tags: {
    key: ['workspace', 'key', 'name', 'version'],
    columns: ['version', 'key', 'value'],
    time: undefined,
  },
} as const;

type TableName = (typeof TENURE_TABLES)[number];

/** How often a copy that came out short is repeated: tags may be deleted while it runs. */
const MOST_COPIES = 3;

export interface CopyOptions {
  /** The time of the rename, which is the rows' last update. ms since the epoch. */
  readonly time: number;
  readonly renew: () => Promise<void>;
}

/** Copies all rows of a tenure under another name, as another tenure. */
export async function copyRows(
  context: StoreContext,
  from: Owner,
  to: Owner,
  { time, renew }: CopyOptions,
): Promise<void> {
  for (const table of TENURE_TABLES) {
    await renew();
    await copyTable(context, table, { from, to, time });
  }
}

interface Copy {
  readonly from: Owner;
  readonly to: Owner;
  readonly time: number;
}

async function copyTable(context: StoreContext, table: TableName, copy: Copy): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const standing = await countRows(context, table, copy.from);
    const copied = standing === 0 ? 0 : await insertCopies(context, table, copy);
    if (copied >= standing) return;
    // CrateDB leaves out rows that it can't write, without an error.
    if (attempt === MOST_COPIES) {
      throw new Error(`Of ${String(standing)} rows of ${table}, ${String(copied)} were copied.`);
    }
  }
}

async function countRows(
  context: StoreContext,
  table: TableName,
  { name, generation }: Owner,
): Promise<number> {
  const { count } = await context.db
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number | bigint | string>().as('count'))
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .where('generation', '=', generation)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** The tables as one shape: which column is where is said by {@link TABLES}. */
type AnyTables = Record<TableName, Record<string, unknown>>;

async function insertCopies(
  context: StoreContext,
  table: TableName,
  { from, to, time }: Copy,
): Promise<number> {
  const { key, columns, time: timeColumn } = TABLES[table];
  const db = context.db as unknown as Kysely<AnyTables>;
  const copied: readonly string[] = columns;
  const keyColumns: readonly string[] = key;
  const rows = db
    .selectFrom(table)
    .select([
      sameForAll(context.workspace).as('workspace'),
      sameForAll(to.name).as('name'),
      sameInt64ForAll(to.generation).as('generation'),
      ...copied.map((column) =>
        column === timeColumn ? sameInt64ForAll(time).as(column) : sql.ref(column).as(column),
      ),
    ])
    .where('workspace', '=', context.workspace)
    .where('name', '=', from.name)
    .where('generation', '=', from.generation);
  const { numInsertedOrUpdatedRows } = await db
    .insertInto(table)
    .columns(['workspace', 'name', 'generation', ...copied])
    .expression(rows)
    .onConflict((conflict) =>
      conflict.columns(keyColumns).doUpdateSet(
        newerTenureWins(
          table,
          copied.filter((column) => !keyColumns.includes(column)),
        ),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(numInsertedOrUpdatedRows ?? 0n);
}
