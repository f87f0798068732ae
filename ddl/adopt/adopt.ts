/**
 * Takes over, in place and online, the tables of the Python program of the same name (`pip install
 * mlflow-cratedb`, 3.12), which have other primary keys, routing and types.
 *
 * What always holds:
 * - Under each name there is at every moment one whole table, with all rows that were acknowledged. A
 *   table is made anew beside the old one, filled, compared, and takes its name by one atomic statement.
 *   Whoever reads or writes gets the right answer or an error, never a wrong one.
 * - No row is given up. One that has no place in the new table stops its swap, and is named. Columns
 *   that this program doesn't know are in the new table too. The old table stays until it is dropped
 *   by `dropOld`.
 * - What is there says what is left to do, so that it may be killed after every statement; the next run
 *   goes on. Beside it, `schema_adoption` says how far a copy is, and that not all is done: until then no
 *   server takes the tables for its own (`SchemaAdoptionPendingError`).
 * - One at a time: whoever holds the lease of the migrations, see migrations/lease.ts.
 *
 * ```
 * per table                   writers                  readers              killed after it
 * 1 copy, in chunks           write to the old table   of the old table     goes on with the next chunk
 * 2 what was written since    write to the old table   of the old table     again
 * 3 block writes to the old   are refused              of the old table     opened again, then 2
 * 4 the last, compare, note   are refused              of the old table     opened again, then 2
 * 5 rename the copy,          are refused              are refused          opened again, renamed
 *   block reads, close                                                       back, then 2
 * 6 swap the names            write to the new table   of the new table     7
 * 7 open the old, rename it   write to the new table   of the new table     again
 * then: names of experiments, the sequence of their ids, the version
 * ```
 *
 * 5 is needed for two reasons. CrateDB swaps no table that is blocked, but one that is closed. And it
 * plans a statement on one state of the cluster and executes it on the next: one that meets the swap in
 * between reads the new table by the old one's column numbers, and finds no rows, others' values, or
 * hangs. So nobody reads when the names change. The name of the copy is of this try alone, so that one
 * who was stopped for longer than its lease swaps nothing of whoever took over.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-cluster.html
 */
import type { Kysely } from 'kysely';

import { currentSchema, versionOf, type SchemaDefinition } from '../definition.js';
import { SchemaAdoptError } from '../errors.js';
import { refuseBlindUser } from '../may-see.js';
import {
  bookkeepingStatements,
  withLease,
  type WorkOptions,
} from '../migrations/bring-in-step.js';
import { readCatalog } from '../migrations/catalog.js';
import { type Lease } from '../migrations/lease.js';
import { hasTables } from '../migrations/plan.js';
import { readVersion, recordVersion } from '../migrations/version.js';
import { isRefusedForNow, whenReady } from '../migrations/when-ready.js';
import { onSchema, type ProvisionOptions } from '../provision.js';
import { qualified } from '../render/table.js';
import type { StatementRunner } from '../runner.js';
import { readSnapshot } from '../snapshot/read.js';
import { bookkeepingTables } from '../table-definition.js';
import type { ResolvedTarget } from '../target.js';
import { backfillStatements, readDuplicateNames } from './backfill.js';
import { copyRows } from './copy.js';
import { planTables, type CopyPlan, type TablePlan } from './plan.js';
import {
  beginRecord,
  createRecordTable,
  endRecord,
  readRecords,
  RECORD_TABLE,
  writeRecord,
  type TableRecord,
} from './record.js';
import type { AdoptedTable, AdoptReport } from './report.js';
import { copyName, createCopy, keptName } from './shape.js';
import { endInserts } from './end-inserts.js';
import { afterSwap, freezeAndSwap, openAgain, renameStatement } from './swap.js';
import { countRows, settledSequence, type AdoptProgress, type AdoptWork } from './work.js';

export interface AdoptOptions extends ProvisionOptions {
  /** Rows copied by one statement. Default: 20,000. */
  readonly chunkRows?: number | undefined;
  /** Drop the tables of before, at the end or in a later call. Default: false. */
  readonly dropOld?: boolean | undefined;
  readonly onProgress?: ((progress: AdoptProgress) => void) | undefined;
}

export const CHUNK_ROWS = 20_000;

/**
 * Takes over the tables of the Python program, with all their rows; the head of this file says how.
 * What was interrupted is completed by the same call again, and what is adopted already is only
 * counted.
 *
 * @param definition The tables and migrations. Default: those of this package.
 * @throws SchemaAdoptError where there is nothing to adopt, or rows or tables can't be taken over:
 *   they are where they were, and so is what was adopted before them; SchemaReadOnlyError;
 *   SchemaPrivilegeError: it takes DDL, DML and DQL on the schema;
 *   SchemaBusyError.
 */
export async function adoptSchema<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: AdoptOptions,
  definition: SchemaDefinition = currentSchema(),
): Promise<AdoptReport> {
  return onSchema(db, options, async (runner, target) => {
    await refuseOthers(runner, target, definition);
    const adoption = new Adoption(runner, target, definition, options);
    if ((await readVersion(runner, target.schema)) === undefined) await adoption.run();
    return adoption.finish();
  });
}

/** Where there is nothing that could be adopted. */
export async function refuseOthers(
  runner: StatementRunner,
  target: ResolvedTarget,
  definition: SchemaDefinition,
): Promise<void> {
  if (target.engine !== 'cratedb') {
    throw new SchemaAdoptError(target.schema, 'only CrateDB has tables of the Python program');
  }
  const catalog = await readCatalog(runner, target.schema);
  if (catalog.size === 0) await refuseBlindUser(runner, target);
  if (!hasTables(definition, catalog)) {
    throw new SchemaAdoptError(target.schema, 'there are none; `ddl apply` makes them');
  }
}

class Adoption {
  readonly #runner: StatementRunner;
  readonly #target: ResolvedTarget;
  readonly #definition: SchemaDefinition;
  readonly #options: AdoptOptions;
  readonly #sent: string[] = [];

  constructor(
    runner: StatementRunner,
    target: ResolvedTarget,
    definition: SchemaDefinition,
    options: AdoptOptions,
  ) {
    this.#runner = runner;
    this.#target = target;
    this.#definition = definition;
    this.#options = options;
  }

  async run(): Promise<void> {
    // What can be refused is refused before anything is made.
    await this.#plan();
    const bookkeeping = bookkeepingStatements(
      await readCatalog(this.#runner, this.#target.schema),
      this.#target,
    );
    for (const statement of bookkeeping) await this.#send(statement);
    for (const { name } of bookkeepingTables()) await this.#untilReadable(name);
    const isDone = async () =>
      (await readVersion(this.#runner, this.#target.schema)) !== undefined;
    await withLease(
      this.#runner,
      this.#target,
      async (lease) => {
        if (!(await isDone())) await this.#work(lease);
      },
      this.#options satisfies WorkOptions,
      isDone,
    );
  }

  async #work(lease: Lease): Promise<void> {
    const target = this.#target;
    let step = 0;
    const work: AdoptWork = {
      runner: this.#runner,
      target,
      chunkRows: this.#options.chunkRows ?? CHUNK_ROWS,
      send: (statement) => this.#send(statement),
      stillMine: () => lease.progress({ version: 0, step: (step += 1) }),
      onProgress: (progress) => this.#options.onProgress?.(progress),
      onEvent: (event) => this.#options.onEvent?.(event),
    };
    await this.#send(createRecordTable(target));
    await this.#untilReadable(RECORD_TABLE);
    await this.#runner.execute(beginRecord(target));
    const { plans, records } = await this.#plan();
    for (const plan of plans) {
      await work.stillMine();
      await this.#adopt(work, plan, records.get(plan.table));
    }
    for (const statement of this.#lastStatements()) await this.#send(statement);
    await work.stillMine();
    const version = versionOf(this.#definition);
    for (const statement of recordVersion(version, target)) await this.#send(statement);
    await this.#runner.execute(endRecord(target));
    work.onEvent({ kind: 'version', text: `recorded version ${String(version)}` });
  }

  async #plan(): Promise<{ plans: TablePlan[]; records: Map<string, TableRecord> }> {
    const records = await readRecords(this.#runner, this.#target);
    const live = await readSnapshot(this.#runner, this.#target);
    return { plans: planTables(this.#definition, live, records, this.#target), records };
  }

  async #adopt(work: AdoptWork, plan: TablePlan, record: TableRecord | undefined): Promise<void> {
    switch (plan.action) {
      case 'create':
        for (const statement of plan.statements) await this.#send(statement);
        await this.#untilReadable(plan.table);
        return;
      case 'keep':
        if (record === undefined) {
          const before = await countRows(work, plan.table);
          await this.#write({ ...newRecord(plan.table), phase: 'counted', before });
        }
        for (const statement of plan.statements) await this.#send(statement);
        return;
      case 'finish':
        await openAgain(work, plan.old);
        await afterSwap(work, plan.table, record ?? newRecord(plan.table), plan.old);
        return;
      case 'copy': {
        const begun = await this.#prepareCopy(work, plan, record);
        const copied = await copyRows(work, plan.shape, begun);
        const swapped = await freezeAndSwap(work, plan.shape, plan.definition, copied);
        await afterSwap(work, plan.table, swapped.record, swapped.old);
      }
    }
  }

  /** The copy, new or as somebody left it, and how far it is. */
  async #prepareCopy(
    work: AdoptWork,
    { table, definition, live, shape, begun, isStale, isBlocked }: CopyPlan,
    record: TableRecord | undefined,
  ): Promise<TableRecord> {
    work.onEvent({ kind: 'step', text: `copy ${table}` });
    // By one who was stopped: writers have waited long enough.
    if (isBlocked) await openAgain(work, table);
    if (begun !== undefined) {
      await endInserts(this.#runner, qualified(this.#target.schema, copyName(table)));
      if (isStale) await this.#send(`DROP TABLE ${qualified(this.#target.schema, begun.name)}`);
      else if (begun.name !== copyName(table)) {
        await this.#send(renameStatement(this.#target, begun.name, copyName(table)));
      }
    }
    let state = isStale || begun === undefined ? undefined : record;
    if (state?.phase === 'counted') state = undefined;
    if (state === undefined) {
      // Before the copy is there: a copy without a record is somebody else's.
      state = { ...newRecord(table), settled: await settledSequence(work, table) };
      await this.#write(state);
    }
    const present = new Set(isStale ? [] : begun?.columns.map(({ name }) => name));
    for (const statement of createCopy(definition, shape, live, this.#target)) {
      const added = / ADD COLUMN "((?:[^"]|"")+)"/.exec(statement)?.[1]?.replaceAll('""', '"');
      const isThere = added === undefined ? begun !== undefined && !isStale : present.has(added);
      if (!isThere) await this.#send(statement);
    }
    await this.#untilReadable(copyName(table));
    return { ...state, phase: 'copying' };
  }

  /** Once all tables are what they should be. */
  #lastStatements(): string[] {
    const table = (name: string) => qualified(this.#target.schema, name);
    return [
      ...backfillStatements(this.#target),
      // What a migration does to the rows that are there it does to these.
      ...this.#definition.migrations.flatMap(({ steps }) =>
        steps.flatMap((step) =>
          step.kind === 'data' ? step.statements(this.#target.engine, table) : [],
        ),
      ),
    ];
  }

  /** Counts, and drops what is not wanted any more. */
  async finish(): Promise<AdoptReport> {
    const runner = this.#runner;
    const target = this.#target;
    const records = await readRecords(runner, target);
    const version = (await readVersion(runner, target.schema))?.version ?? 0;
    // Where another was killed between the two.
    if (records.size > 0) await runner.execute(endRecord(target));
    // The records go with the old tables.
    const isRecorded = records.size > 0;
    const dropped = this.#options.dropOld === true ? await this.#dropOld() : [];
    const { tables: live } = await readSnapshot(runner, target);
    const present = new Map(live.map((table) => [table.name, table]));
    const bookkeeping = new Set(bookkeepingTables().map(({ name }) => name));
    const tables: AdoptedTable[] = [];
    for (const { name, columns } of this.#definition.tables) {
      const there = present.get(name);
      if (bookkeeping.has(name) || there === undefined) continue;
      const record = records.get(name);
      const known = new Set(columns.map((column) => column.name));
      const after = await countRows({ runner, target }, name);
      tables.push({
        table: name,
        action:
          record !== undefined
            ? record.phase === 'counted'
              ? 'kept'
              : 'copied'
            : isRecorded
              ? 'created'
              : 'adopted earlier',
        before: record?.before ?? (isRecorded ? 0 : after),
        merged: record?.merged ?? 0,
        after,
        blockedMs: record?.blockedMs ?? 0,
        keptAs: present.has(keptName(name)) ? keptName(name) : undefined,
        extraColumns: there.columns.flatMap((column) =>
          known.has(column.name) ? [] : [column.name],
        ),
      });
    }
    return {
      schema: target.schema,
      version,
      tables,
      duplicateNames: await readDuplicateNames(runner, target),
      statements: this.#sent,
      dropped,
    };
  }

  async #dropOld(): Promise<string[]> {
    const { schema } = this.#target;
    const catalog = await readCatalog(this.#runner, schema);
    const old = this.#definition.tables
      .map(({ name }) => keptName(name))
      .filter((name) => catalog.has(name));
    const names = [...old, ...(catalog.has(RECORD_TABLE) ? [RECORD_TABLE] : [])];
    for (const name of names) await this.#send(`DROP TABLE IF EXISTS ${qualified(schema, name)}`);
    return old;
  }

  async #write(record: TableRecord): Promise<void> {
    await this.#runner.execute(writeRecord(this.#target, record));
  }

  async #send(statement: string): Promise<void> {
    this.#options.onEvent?.({ kind: 'statement', text: statement });
    await this.#runner.execute(statement);
    this.#sent.push(statement);
  }

  async #untilReadable(name: string): Promise<void> {
    const select = `SELECT 1 AS one FROM ${qualified(this.#target.schema, name)} LIMIT 1`;
    await whenReady(() => this.#runner.execute(select), isRefusedForNow);
  }
}

function newRecord(table: string): TableRecord {
  return {
    table,
    phase: 'copying',
    before: 0,
    merged: 0,
    blockedMs: 0,
    copiedTo: undefined,
    settled: -1,
  };
}
