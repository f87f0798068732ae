import { type Kysely, sql } from 'kysely';

import type { StoreContext } from '../context.js';
import { sameForAll, sameInt64ForAll } from '../sql/same-for-all.js';
import type { Tenure } from './names.js';
import { newerTenureWins } from './newer-tenure-wins.js';
import { TENURE_TABLES, type TenureTable, VERSION_VALUES } from './rows.js';
import { stampRows } from './stamp.js';

type Owner = Pick<Tenure, 'name' | 'generation'>;

/**
 * What a rename carries over: all columns but the workspace, the name and the generation; and what
 * becomes of another program's row in its way. Under a name that is the model's by now, a tag or an
 * alias is only set again.
 */
const TABLES = {
  registered_models: {
    key: ['workspace', 'name'],
    columns: ['key', 'value', 'creation_time', 'last_updated_time', 'description'],
    time: 'last_updated_time',
    foreign: 'kept',
  },
  registered_model_tags: {
    key: ['workspace', 'key', 'name'],
    columns: ['key', 'value', 'creation_time', 'last_update_time', 'description'],
    time: undefined,
    foreign: 'replaced',
  },
  registered_model_aliases: {
    key: ['workspace', 'name', 'alias'],
    columns: ['alias', 'version'],
    time: undefined,
    foreign: 'replaced',
  },
  model_versions: {
    key: ['workspace', 'name', 'version'],
    columns: VERSION_VALUES,
    time: 'last_updated_time',
    foreign: 'kept',
  },
  model_version_tags: {
    key: ['workspace', 'key', 'name', 'version'],
    columns: ['version', 'key', 'value'],
    time: undefined,
    foreign: 'replaced',
  },
} as const;

/** How often a copy that came out short is repeated: tags may be deleted while it runs. */
const MOST_COPIES = 3;

export interface CopyOptions {
  /** The time of the rename, which is the rows' last update. ms since the epoch. */
  readonly time: number;
  readonly renew: () => Promise<void>;
}

/**
 * Copies all rows of a tenure under another name, as another tenure. Those that another program
 * wrote for the model, and that were not taken in yet, go along. Nobody else may change the old
 * name meanwhile.
 *
 * Answers false where the new name, or the number of a version under it, is another program's: that
 * row stays, and what was copied is seen by nobody.
 */
export async function copyRows(
  context: StoreContext,
  from: Owner,
  to: Owner,
  { time, renew }: CopyOptions,
): Promise<boolean> {
  // The model's own row comes first: by its key another program knows that the name is taken.
  for (const table of TENURE_TABLES) {
    await renew();
    if (!(await copyTable(context, table, { from, to, time }))) return false;
  }
  return true;
}

interface Copy {
  readonly from: Owner;
  readonly to: Owner;
  readonly time: number;
}

async function copyTable(context: StoreContext, table: TenureTable, copy: Copy): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const standing = await countRows(context, table, copy.from);
    if (standing.foreign > 0) await stampRows(context, table, copy.from);
    const expected = standing.own + standing.foreign;
    const { copied, kept } =
      expected === 0 ? { copied: 0, kept: 0 } : await insertCopies(context, table, copy);
    if (kept > 0) return false;
    if (copied >= expected) return true;
    // CrateDB leaves out rows that it can't write, without an error.
    if (attempt === MOST_COPIES) {
      throw new Error(`Of ${String(expected)} rows of ${table}, ${String(copied)} were copied.`);
    }
  }
}

interface RowCounts {
  readonly own: number;
  /** Without a generation. */
  readonly foreign: number;
}

async function countRows(
  context: StoreContext,
  table: TenureTable,
  { name, generation }: Owner,
): Promise<RowCounts> {
  const { all, own } = await context.db
    .selectFrom(table)
    .select(({ fn }) => [
      fn.countAll<number | bigint | string>().as('all'),
      fn.count<number | bigint | string>('generation').as('own'),
    ])
    .where('workspace', '=', context.workspace)
    .where('name', '=', name)
    .where((eb) => eb.or([eb('generation', '=', generation), eb('generation', 'is', null)]))
    .executeTakeFirstOrThrow();
  return { own: Number(own), foreign: Number(all) - Number(own) };
}

/** The tables as one shape: which column is where is said by {@link TABLES}. */
type AnyTables = Record<TenureTable, Record<string, unknown>>;

async function insertCopies(
  context: StoreContext,
  table: TenureTable,
  { from, to, time }: Copy,
): Promise<{ readonly copied: number; readonly kept: number }> {
  const { key, columns, time: timeColumn, foreign } = TABLES[table];
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
  const insert = db
    .insertInto(table)
    .columns(['workspace', 'name', 'generation', ...copied])
    .expression(rows)
    .onConflict((conflict) =>
      conflict.columns(keyColumns).doUpdateSet(
        newerTenureWins(
          table,
          copied.filter((column) => !keyColumns.includes(column)),
          { foreign },
        ),
      ),
    );
  if (foreign === 'replaced') {
    const { numInsertedOrUpdatedRows } = await insert.executeTakeFirstOrThrow();
    return { copied: Number(numInsertedOrUpdatedRows ?? 0n), kept: 0 };
  }
  const standing = await insert.returning('generation').execute();
  const kept = standing.filter((row) => row['generation'] === null).length;
  return { copied: standing.length - kept, kept };
}
