import { missingPrivilege } from '../errors.js';
import type { SchemaEvent } from '../migrations/bring-in-step.js';
import { qualified, quoteText } from '../render/table.js';
import { field, type StatementRunner } from '../runner.js';
import type { ResolvedTarget } from '../target.js';

/** How far the copying of a table is. */
export interface AdoptProgress {
  readonly table: string;
  /** Rows that were read for the copy. */
  readonly rows: number;
  readonly total: number;
  readonly done: boolean;
}

/** What all steps of an adoption need. */
export interface AdoptWork {
  readonly runner: StatementRunner;
  readonly target: ResolvedTarget;
  readonly chunkRows: number;
  /** Executes what changes something, and takes it down. */
  readonly send: (statement: string) => Promise<void>;
  /** Fails if another took over; called before what must not be done by two. */
  readonly stillMine: () => Promise<void>;
  readonly onProgress: (progress: AdoptProgress) => void;
  readonly onEvent: (event: SchemaEvent) => void;
}

export async function readRow(runner: StatementRunner, statement: string): Promise<unknown> {
  const { rows } = await runner.execute(statement);
  return rows[0];
}

export async function readCount(runner: StatementRunner, statement: string): Promise<number> {
  return Number(field(await readRow(runner, statement), 'n') ?? 0);
}

/** As searches see it: after a refresh. */
export async function countRows(
  { runner, target }: Pick<AdoptWork, 'runner' | 'target'>,
  name: string,
): Promise<number> {
  const table = qualified(target.schema, name);
  await runner.execute(`REFRESH TABLE ${table}`);
  return readCount(runner, `SELECT count(*) AS n FROM ${table}`);
}

/**
 * A number below which, in every shard, all writes are there to be read after a refresh; -1 where that
 * can't be known: some shard is empty, or the user may not read `sys.shards`. Every later write has a
 * higher `_seq_no`.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/admin/system-information.html#shards
 */
export async function settledSequence(work: ShardWork, name: string): Promise<number> {
  const row = await readShards(work, name, "min(seq_no_stats['local_checkpoint'])");
  return Number(field(row, 'n') ?? -1);
}

/**
 * How many rows have a `_seq_no` above this one, at the most: each write took one of its own, also
 * those that were deleted or written over since. Undefined where that can't be known.
 */
export async function writtenAbove(
  work: ShardWork,
  name: string,
  above: number,
): Promise<number | undefined> {
  const since = `greatest(seq_no_stats['max_seq_no'] - ${String(above)}, 0)`;
  const row = await readShards(work, name, `sum(${since})`);
  const sum = field(row, 'n') ?? undefined;
  return sum === undefined ? undefined : Number(sum);
}

type ShardWork = Pick<AdoptWork, 'runner' | 'target'>;

async function readShards(
  { runner, target }: ShardWork,
  name: string,
  value: string,
): Promise<unknown> {
  try {
    return await readRow(
      runner,
      `SELECT ${value} AS n FROM sys.shards WHERE schema_name = ${quoteText(target.schema)}` +
        ` AND table_name = ${quoteText(name)} AND "primary"`,
    );
  } catch (error) {
    if (missingPrivilege(error, target.engine) === undefined) throw error;
    return undefined;
  }
}

/** What changes with every insert, update and delete. */
export interface Fingerprint {
  readonly rows: number;
  readonly sequences: string;
  readonly highest: string;
}

export async function fingerprintOf(
  { runner, target }: Pick<AdoptWork, 'runner' | 'target'>,
  name: string,
): Promise<Fingerprint> {
  const table = qualified(target.schema, name);
  await runner.execute(`REFRESH TABLE ${table}`);
  const row = await readRow(
    runner,
    'SELECT count(*) AS n, sum(_seq_no) AS sequences, max(_seq_no) AS highest' +
      ` FROM ${table}`,
  );
  return {
    rows: Number(field(row, 'n')),
    sequences: numberText(field(row, 'sequences')),
    highest: numberText(field(row, 'highest')),
  };
}

/** Drivers differ in how they read a BIGINT. */
function numberText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : '';
}

export function isSame(one: Fingerprint, other: Fingerprint): boolean {
  return (
    one.rows === other.rows && one.sequences === other.sequences && one.highest === other.highest
  );
}
