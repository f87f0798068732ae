import type { Kysely } from 'kysely';

import { currentSchema, type DB, type TableName } from '../../ddl/index.js';
import { textLength } from '../../dialect/bulk/chunks.js';
import { refuseCollisions, refuseDoubleNames } from './collisions.js';
import { type ImportSource, type Pass, readTable, type SourceRow } from './contract.js';
import {
  announceWebhooks,
  claimExperimentNames,
  reserveExperimentIds,
  showRegisteredModels,
} from './derived.js';
import { mappingOf, type TableMapping } from './mapping.js';
import { importOrder } from './order.js';
import { type ImportReport, missingAltogether, missingOf, type TableReport } from './report.js';
import { importTarget, type ImportTarget } from './target.js';
import { noOutcome, type OnConflict, RowWriter } from './write-rows.js';

/** How far it is. */
export interface ImportProgress {
  readonly table: string;
  /** Rows read so far. */
  readonly rows: number;
  /** Of how many; undefined where only reading all of it tells. */
  readonly total: number | undefined;
  readonly done: boolean;
}

export interface ImportOptions {
  /** Default: `stop`. */
  readonly onConflict?: OnConflict | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

export interface ImportDatabase {
  readonly db: Kysely<DB>;
  readonly engine: 'cratedb' | 'postgres';
  readonly description: string;
}

const BATCH_ROWS = 1_000;
/** Characters, about. A span may have millions. */
const BATCH_LENGTH = 8_000_000;
/** Batches on their way at the same time, where they are all of one table. */
const CONCURRENCY = 2;

/**
 * Copies all of the source into the database. Idempotent: rows that stand are compared, not written
 * again, so that the same call completes an import that was killed at any moment.
 *
 * @throws ImportCollisionError before anything is written; ImportConflictError with `stop`;
 *   ImportSourceError where the source can't be read.
 */
export async function runImport(
  source: ImportSource,
  database: ImportDatabase,
  { onConflict = 'stop', onProgress }: ImportOptions = {},
): Promise<ImportReport> {
  const target = importTarget(database.db, database.engine);
  const experiments = await readTable(source, 'experiments');
  const models = await readTable(source, 'registered_models');
  refuseDoubleNames(experiments);
  await reserveExperimentIds(target.db, experiments);
  const { replacedDefault } = await refuseCollisions(target, experiments, models);
  const waiting = await claimExperimentNames(target.db, experiments);
  if (replacedDefault !== undefined) {
    const mapping = mappingOfTable('experiments');
    await target.replace(mapping, [mapping.toTarget(replacedDefault)]);
    await claimExperimentNames(target.db, waiting);
  }

  const tables: TableReport[] = [];
  for (const pass of inOrder(source.passes)) {
    const work = new PassWork(source, pass, target, { onConflict, onProgress });
    tables.push(...(await work.run()));
  }
  await showRegisteredModels(target.db, models);
  await announceWebhooks(target.db, await readTable(source, 'webhooks'));
  return {
    from: source.description,
    to: database.description,
    dryRun: false,
    tables,
    leftOut: source.leftOut,
    notes: source.notes,
    missing: missingAltogether(tables, source.leftOut),
  };
}

/** Counts what {@link runImport} would copy; writes nothing, and asks no target. */
export async function countSource(
  source: ImportSource,
  onProgress?: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const tables: TableReport[] = [];
  for (const pass of inOrder(source.passes)) {
    const counts = new Map<TableName, number>();
    for (const table of pass.tables) {
      const count = await source.count(table);
      if (count !== undefined) counts.set(table, count);
    }
    if (counts.size < pass.tables.length) {
      for await (const [table] of pass.read()) counts.set(table, (counts.get(table) ?? 0) + 1);
    }
    for (const table of pass.tables) {
      const rows = counts.get(table) ?? 0;
      onProgress?.({ table, rows, total: rows, done: true });
      tables.push({
        ...noOutcome(),
        table,
        source: rows,
        merged: source.merged(table),
        target: undefined,
        missing: 0,
      });
    }
  }
  const { description: from, leftOut, notes } = source;
  return { from, to: undefined, dryRun: true, tables, leftOut, notes, missing: 0 };
}

function inOrder(passes: readonly Pass[]): Pass[] {
  const place = ({ tables }: Pass) =>
    Math.max(...tables.map((table) => importOrder.indexOf(table)));
  return passes.toSorted((one, other) => place(one) - place(other));
}

interface PassOptions {
  readonly onConflict: OnConflict;
  readonly onProgress: ((progress: ImportProgress) => void) | undefined;
}

interface TableWork {
  readonly table: TableName;
  readonly writer: RowWriter;
  readonly total: number | undefined;
  readonly before: number;
  buffer: SourceRow[];
  /** Of the buffer's rows, by {@link textLength}. */
  length: number;
}

/** The tables of one reading, written side by side. */
class PassWork {
  readonly #source: ImportSource;
  readonly #pass: Pass;
  readonly #target: ImportTarget;
  readonly #options: PassOptions;
  readonly #underWay = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(source: ImportSource, pass: Pass, target: ImportTarget, options: PassOptions) {
    this.#source = source;
    this.#pass = pass;
    this.#target = target;
    this.#options = options;
  }

  async run(): Promise<TableReport[]> {
    const works = new Map<TableName, TableWork>();
    for (const table of this.#pass.tables) works.set(table, await this.#open(table));
    const all = [...works.values()];
    try {
      for await (const [table, row] of this.#pass.read()) {
        const work = works.get(table);
        if (work === undefined) continue;
        work.buffer.push(row);
        work.length += textLength(row);
        if (work.buffer.length === BATCH_ROWS || work.length >= BATCH_LENGTH) {
          await this.#flush(all);
        }
        if (this.#failure !== undefined) break;
      }
      await this.#flush(all);
    } finally {
      await Promise.all(this.#underWay);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    const reports: TableReport[] = [];
    for (const work of all) reports.push(await this.#close(work));
    return reports;
  }

  async #open(table: TableName): Promise<TableWork> {
    const before = await this.#target.count(table);
    const { onConflict } = this.#options;
    const writer = new RowWriter(this.#target, mappingOfTable(table), { onConflict, before });
    return { table, writer, before, total: await this.#source.count(table), buffer: [], length: 0 };
  }

  /** In the pass's order, one after the other: what is seen comes after what belongs to it. */
  async #flush(works: readonly TableWork[]): Promise<void> {
    const batches = works
      .filter(({ buffer }) => buffer.length > 0)
      .map((work) => {
        const { buffer } = work;
        work.buffer = [];
        work.length = 0;
        return { work, buffer };
      });
    const writing = this.#write(batches)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#underWay.delete(writing));
    this.#underWay.add(writing);
    // Of several tables, what is seen must not overtake what belongs to it.
    const limit = this.#pass.tables.length === 1 ? CONCURRENCY : 1;
    if (this.#underWay.size >= limit) await Promise.race(this.#underWay);
  }

  async #write(batches: readonly { work: TableWork; buffer: SourceRow[] }[]): Promise<void> {
    for (const { work, buffer } of batches) {
      await work.writer.write(buffer);
      this.#progress(work, false);
    }
  }

  async #close(work: TableWork): Promise<TableReport> {
    const { table, writer, before, total } = work;
    const { outcome } = writer;
    const after = await this.#target.count(table);
    this.#progress(work, true);
    return {
      ...outcome,
      table,
      source: total,
      merged: this.#source.merged(table),
      target: after,
      missing: missingOf(outcome, { source: total, before, after }),
    };
  }

  #progress({ table, writer, total }: TableWork, done: boolean): void {
    this.#options.onProgress?.({ table, rows: writer.outcome.read, total, done });
  }
}

let mappings: ReadonlyMap<string, TableMapping> | undefined;

function mappingOfTable(name: TableName): TableMapping {
  mappings ??= new Map(currentSchema().tables.map((table) => [table.name, mappingOf(table)]));
  const mapping = mappings.get(name);
  if (mapping === undefined) throw new TypeError(`${name} is none of the package's tables`);
  return mapping;
}
