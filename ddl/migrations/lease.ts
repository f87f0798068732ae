/**
 * One at a time: the row of `schema_migration` says who works on the tables and until when.
 *
 * Free is a lease that ran out or was given back. It is taken by one atomic statement, an UPDATE by
 * whole key whose CASE decides, told from the others by what RETURNING brings: on CrateDB an
 * `UPDATE … WHERE key AND state` is a search, and many would win. Time is the database's, so that no
 * server's clock matters. Whoever is late (stopped for longer than its lease) may find another at
 * work: every statement does the same when it is executed again, so nothing breaks, and the one who
 * is late learns it at the next `progress`.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { qualified, quoteText } from '../render/table.js';
import { field, type StatementRunner } from '../runner.js';
import type { ResolvedTarget } from '../target.js';
import type { Progress } from './plan.js';
import { clock, COMPONENT, rowsIfThere } from './version.js';

export interface LeaseState extends Progress {
  /** `host:process:…`, or empty where nobody holds it. */
  readonly owner: string;
  /** How long it still holds; 0 where it is free. */
  readonly remainingMs: number;
}

export interface Lease {
  /** Writes down how far the work is, and prolongs the lease. */
  progress(step: Progress): Promise<void>;
  /** Gives it back; never throws, since a lease that stays runs out. */
  release(): Promise<void>;
}

/** Another took the lease over, because it was not prolonged in time. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** Who holds the lease, by primary key; undefined where nobody ever did. */
export async function readLease(
  runner: StatementRunner,
  target: ResolvedTarget,
): Promise<LeaseState | undefined> {
  const [row] = await rowsIfThere(
    runner,
    `SELECT ${columns(target)} FROM ${leaseTable(target)} WHERE component = ${key}`,
  );
  return row === undefined ? undefined : stateOf(row);
}

/** Takes the lease if it is free, or if `force`: where no other process can be at work. */
export async function takeLease(
  runner: StatementRunner,
  target: ResolvedTarget,
  { leaseMs, force }: { readonly leaseMs: number; readonly force: boolean },
): Promise<Lease | undefined> {
  const owner = `${hostname()}:${String(process.pid)}:${randomUUID()}`;
  const now = clock(target.engine);
  const mine = `owner = ${quoteText(owner)}`;
  const until = `${now} + ${String(leaseMs)}`;

  await runner.execute(
    `INSERT INTO ${leaseTable(target)} (component, owner, lease_until, version, step)` +
      ` VALUES (${key}, '', 0, 0, 0) ON CONFLICT (component) DO NOTHING`,
  );
  const taken = await set(force ? 'true' : `lease_until <= ${now} OR ${mine}`, {
    owner: quoteText(owner),
    lease_until: until,
  });
  if (taken.owner !== owner) return undefined;

  let renewal: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // A renewal that fails is repeated at the next turn, or noticed by `progress`.
    renewal = set(mine, { lease_until: until }).catch(() => undefined);
  }, leaseMs / 3);
  timer.unref();

  return {
    async progress({ version, step }) {
      const state = await set(mine, {
        lease_until: until,
        version: String(version),
        step: String(step),
      });
      if (state.owner !== owner) {
        throw new LeaseLostError(`The lease on the schema "${target.schema}" went to another.`);
      }
    },
    async release() {
      clearInterval(timer);
      await renewal;
      await set(mine, { owner: "''", lease_until: '0' }).catch(() => undefined);
    },
  };

  /** One atomic statement: sets the columns where `condition` holds; answers what stands. */
  async function set(
    condition: string,
    values: Readonly<Record<string, string>>,
  ): Promise<LeaseState> {
    const assignments = Object.entries(values).map(
      ([name, value]) => `${name} = CASE WHEN ${condition} THEN ${value} ELSE ${name} END`,
    );
    const { rows } = await runner.execute(
      `UPDATE ${leaseTable(target)} SET ${assignments.join(', ')}` +
        ` WHERE component = ${key} RETURNING ${columns(target)}`,
    );
    return stateOf(rows[0]);
  }
}

const key = quoteText(COMPONENT);

function leaseTable(target: ResolvedTarget): string {
  return qualified(target.schema, 'schema_migration');
}

function columns(target: ResolvedTarget): string {
  return `owner, version, step, lease_until - ${clock(target.engine)} AS remaining_ms`;
}

function stateOf(row: unknown): LeaseState {
  const remainingMs = Math.max(0, Number(field(row, 'remaining_ms') ?? 0));
  return {
    owner: remainingMs === 0 ? '' : String(field(row, 'owner')),
    remainingMs,
    version: Number(field(row, 'version') ?? 0),
    step: Number(field(row, 'step') ?? 0),
  };
}
