import { setTimeout as sleep } from 'node:timers/promises';

import { versionOf, type SchemaDefinition } from '../definition.js';
import { causes, SchemaBusyError, SchemaNewerError } from '../errors.js';
import { refuseForeignTables } from '../diff/live.js';
import { renderTable } from '../render/alter.js';
import { qualified, quoteName } from '../render/table.js';
import type { StatementRunner } from '../runner.js';
import { bookkeepingTables } from '../table-definition.js';
import type { ResolvedTarget } from '../target.js';
import { readCatalog, readTableNames } from './catalog.js';
import { type Lease, LeaseLostError, readLease, takeLease } from './lease.js';
import { planSteps, type PlannedStep, type Position } from './plan.js';
import { readVersion, recordVersion } from './version.js';
import { isRefusedForNow, whenReady } from './when-ready.js';

/** What is told while it happens: for a log or a progress bar. */
export interface SchemaEvent {
  readonly kind: 'waiting' | 'step' | 'statement' | 'version';
  /** One line: what is done, or who is waited for. */
  readonly text: string;
}

export interface WorkOptions {
  /** How long the others keep away from a migrator that died. Default: 10,000 ms. */
  readonly leaseMs?: number | undefined;
  /** How long another who is at work is waited for. Default: 600,000 ms. */
  readonly waitMs?: number | undefined;
  /** Take the lease whoever holds it: where no other process can be at work. Default: false. */
  readonly force?: boolean | undefined;
  readonly onEvent?: ((event: SchemaEvent) => void) | undefined;
}

export interface WorkDone {
  /** The version that was recorded before; undefined where there was none. */
  readonly from: number | undefined;
  readonly to: number;
  /** What this process executed, in order; not the lease. */
  readonly statements: readonly string[];
}

const LEASE_MS = 10_000;
const WAIT_MS = 600_000;
const FIRST_POLL_MS = 50;
const LAST_POLL_MS = 400;
const ATTEMPTS = 5;

/** Whether everything is there, in two small reads: what every start costs. */
export async function isInStep(
  runner: StatementRunner,
  definition: SchemaDefinition,
  schema: string,
): Promise<boolean> {
  const present = await readTableNames(runner, schema);
  if (!definition.tables.every(({ name }) => present.has(name)) || !present.has('schema_version')) {
    return false;
  }
  const recorded = await readVersion(runner, schema);
  // A higher one was recorded by a later program, which adds and takes nothing away.
  return (recorded?.version ?? 0) >= versionOf(definition);
}

export async function readPosition(
  runner: StatementRunner,
  target: ResolvedTarget,
): Promise<Position> {
  const catalog = await readCatalog(runner, target.schema);
  return {
    catalog,
    recorded: catalog.has('schema_version')
      ? (await readVersion(runner, target.schema))?.version
      : undefined,
    progress: catalog.has('schema_migration') ? await readLease(runner, target) : undefined,
  };
}

/**
 * Makes what is missing and runs the migrations that are pending, once, however many call it at the
 * same time: one works, the others wait until it is done. What a process left half done when it was
 * killed, after whichever statement, the next one completes.
 */
export async function bringInStep(
  runner: StatementRunner,
  definition: SchemaDefinition,
  target: ResolvedTarget,
  options: WorkOptions = {},
): Promise<WorkDone | undefined> {
  if (await isInStep(runner, definition, target.schema)) return undefined;
  const from = (await readVersion(runner, target.schema))?.version;
  const to = versionOf(definition);
  // Its tables may have more columns than we know: only a program of that version can make them.
  if (from !== undefined && from > to) throw new SchemaNewerError(target.schema, from, to);
  const work = new Work(runner, definition, target, options);
  await work.makeBookkeeping();
  await withLease(
    runner,
    target,
    async (lease) => work.run(lease),
    options,
    () => isInStep(runner, definition, target.schema),
  );
  return { from, to, statements: work.sent };
}

/**
 * Runs `work` once the lease is free, again if it was lost in between, and not at all if it `isDone`
 * once another, who was waited for, has come to an end.
 */
export async function withLease(
  runner: StatementRunner,
  target: ResolvedTarget,
  work: (lease: Lease) => Promise<void>,
  { leaseMs = LEASE_MS, waitMs = WAIT_MS, force = false, onEvent }: WorkOptions,
  isDone: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<void> {
  const deadline = Date.now() + waitMs;
  let told = '';
  for (;;) {
    const lease = await takeLease(runner, target, { leaseMs, force });
    if (lease !== undefined) {
      try {
        await work(lease);
        return;
      } catch (error) {
        if (!(error instanceof LeaseLostError)) throw error;
      } finally {
        await lease.release();
      }
    }
    // Those who wait read one row; they write to it only once it is free.
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(2 * pollMs, LAST_POLL_MS)) {
      const holder = await readLease(runner, target);
      if (holder === undefined || holder.remainingMs === 0) break;
      if (Date.now() > deadline) throw new SchemaBusyError(target.schema, holder.owner);
      if (told !== holder.owner) {
        told = holder.owner;
        onEvent?.({ kind: 'waiting', text: `waiting for ${told}, which works on the tables` });
      }
      await sleep(pollMs);
    }
    if (await isDone()) return;
  }
}

class Work {
  readonly sent: string[] = [];
  readonly #runner: StatementRunner;
  readonly #definition: SchemaDefinition;
  readonly #target: ResolvedTarget;
  readonly #options: WorkOptions;

  constructor(
    runner: StatementRunner,
    definition: SchemaDefinition,
    target: ResolvedTarget,
    options: WorkOptions,
  ) {
    this.#runner = runner;
    this.#definition = definition;
    this.#target = target;
    this.#options = options;
  }

  /** The tables without which there is no lease. */
  async makeBookkeeping(): Promise<void> {
    const present = await readTableNames(this.#runner, this.#target.schema);
    for (const statement of bookkeepingStatements(present, this.#target)) {
      await this.#send(statement);
    }
    await this.#untilReadable(bookkeepingTables().map(({ name }) => name));
  }

  async run(lease: Lease): Promise<void> {
    const position = await readPosition(this.#runner, this.#target);
    await refuseForeignTables(this.#runner, this.#definition, position, this.#target);
    const steps = planSteps(this.#definition, position, this.#target);
    // A table that a killed process made may not be readable yet either. What a step makes is waited
    // for from that step on: a version before it is recorded without it.
    const planned = new Set(steps.map(({ creates }) => creates));
    const created = new Set(
      position.recorded === undefined
        ? this.#definition.tables.map(({ name }) => name).filter((name) => !planned.has(name))
        : [],
    );
    for (const step of steps) {
      if (step.creates !== undefined) created.add(step.creates);
      await this.#runStep(step, lease, created);
    }
    if (steps.at(-1)?.completes === undefined) {
      await this.#record(versionOf(this.#definition), lease, position, created);
    }
  }

  async #runStep(step: PlannedStep, lease: Lease, created: ReadonlySet<string>): Promise<void> {
    if (step.statements.length > 0) this.#options.onEvent?.({ kind: 'step', text: step.about });
    for (const statement of step.statements) await this.#send(statement);
    if (step.progress !== undefined) await lease.progress(step.progress);
    if (step.completes !== undefined) await this.#finish(step.completes, created);
  }

  async #record(
    version: number,
    lease: Lease,
    { progress, recorded }: Position,
    created: ReadonlySet<string>,
  ): Promise<void> {
    // Says nothing new, but fails if another took over.
    await lease.progress(progress ?? { version: 0, step: 0 });
    await this.#finish(version, created, recorded);
  }

  /** Last: whoever finds the version may rely on every table. */
  async #finish(version: number, created: ReadonlySet<string>, recorded?: number): Promise<void> {
    await this.#untilReadable(created);
    for (const statement of recordVersion(version, this.#target)) await this.#send(statement);
    // Where a table was missing alone, it says what it said before.
    if (recorded === version) return;
    this.#options.onEvent?.({ kind: 'version', text: `recorded version ${String(version)}` });
  }

  /**
   * `IF NOT EXISTS` looks and then makes: on PostgreSQL two who do so at once may collide on the
   * catalog's own unique keys (23505) or the name (42P07). CrateDB was never seen to. A column
   * collides only where a lease was lost, and is there then.
   */
  async #send(statement: string): Promise<void> {
    this.#options.onEvent?.({ kind: 'statement', text: statement });
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#runner.execute(statement);
        break;
      } catch (error) {
        if (isKnownColumn(error, statement)) break;
        if (attempt === ATTEMPTS || !isCollision(error)) throw error;
      }
    }
    this.sent.push(statement);
  }

  /** Whoever finds a table there may read it. */
  async #untilReadable(names: Iterable<string>): Promise<void> {
    if (this.#target.engine !== 'cratedb') return;
    for (const name of names) {
      const select = `SELECT 1 AS one FROM ${qualified(this.#target.schema, name)} LIMIT 1`;
      await whenReady(() => this.#runner.execute(select), isRefusedForNow);
    }
  }
}

/** What makes the tables of the bookkeeping, where they are not there yet. */
export function bookkeepingStatements(
  present: { has(name: string): boolean },
  target: ResolvedTarget,
): string[] {
  const missing = bookkeepingTables().filter(({ name }) => !present.has(name));
  if (missing.length === 0) return [];
  return [
    ...(target.engine === 'postgres'
      ? [`CREATE SCHEMA IF NOT EXISTS ${quoteName(target.schema)}`]
      : []),
    ...missing.flatMap((table) => renderTable(table, target)),
  ];
}

function isCollision(error: unknown): boolean {
  for (const { sqlState } of causes(error)) {
    if (sqlState === '23505' || sqlState === '42P07') return true;
  }
  return false;
}

const DUPLICATE_COLUMN = '42701';

function isKnownColumn(error: unknown, statement: string): boolean {
  if (!/ ADD COLUMN /.test(statement)) return false;
  for (const { sqlState, message } of causes(error)) {
    if (sqlState === DUPLICATE_COLUMN) return true;
    if (/already has a column named/.test(message)) return true;
  }
  return false;
}
