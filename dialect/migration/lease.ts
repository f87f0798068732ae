import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { type CompiledQuery, type Kysely, type MigrationLockOptions, sql } from 'kysely';

import type { CrateConnection } from '../connection.js';
import { withRetry } from '../faults/with-retry.js';
import { isRelation } from './exists.js';
import type { HeldLock } from './held-lock.js';
import { MigrationLockLostError } from './lock-lost-error.js';
import { leaseTableOf, ONE_SHARD } from './tables.js';
import { userRowId } from './users.js';

/** How long the migration lock stays taken without being renewed, in milliseconds. */
export const DEFAULT_LEASE_MS = 60_000;
/** It is renewed that many times as often as it must be. */
const RENEWALS_PER_LEASE = 3;

interface LeaseDatabase {
  readonly lease: {
    readonly id: string;
    readonly holder: string | null;
    readonly acquired_at: Date | null;
    readonly expires_at: Date | null;
  };
}

/** The server's clock, in milliseconds: those of several migrators may differ. */
const NOW = sql<Date>`current_timestamp`;

/**
 * Kysely's migration lock, held for as long as it is renewed. One row beside Kysely's lock table
 * says by whom, and until when; each change of it is one atomic statement on its primary key.
 */
export class MigrationLease implements HeldLock {
  readonly lockTable: string;
  readonly schema: string | undefined;
  readonly holder = `${hostname()}:${process.pid}:${randomUUID()}`;
  readonly #db: Kysely<LeaseDatabase>;
  readonly #table: 'lease';
  readonly #rowId: string;
  readonly #connection: CrateConnection;
  readonly #durationMs: number;
  readonly #released = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #renewal: Promise<void> | undefined;
  /** When the lease was last known to be held. */
  #since = now();
  #lost = false;
  /** A statement of the lease's own is under way on the connection. */
  #busy = false;

  constructor(
    db: Kysely<unknown>,
    connection: CrateConnection,
    options: MigrationLockOptions,
    durationMs: number,
  ) {
    const plain = withRetry(db.withoutPlugins()) as Kysely<LeaseDatabase>;
    this.lockTable = options.lockTable;
    this.schema = options.lockTableSchema;
    this.#db = this.schema === undefined ? plain : plain.withSchema(this.schema);
    // Its name is an option; its shape is ours.
    this.#table = leaseTableOf(options.lockTable) as 'lease';
    this.#rowId = options.lockRowId;
    this.#connection = connection;
    this.#durationMs = durationMs;
  }

  /** Makes the table where it isn't there: who only runs migrations may lack the right to. */
  async prepare(): Promise<void> {
    const user = this.#connection.schema;
    const schema = this.schema ?? user;
    if (!(await isRelation(this.#db, { schema, name: this.#table }))) {
      await this.#db.schema
        .createTable(this.#table)
        .ifNotExists()
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('holder', 'text')
        .addColumn('acquired_at', 'timestamptz')
        .addColumn('expires_at', 'timestamptz')
        .modifyEnd(ONE_SHARD)
        .execute();
    }
    if (schema === user) return;
    await this.#db
      .insertInto(this.#table)
      .values({ id: userRowId(user) })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  /** Returns whether it is held now: it was free, or its holder didn't renew it in time. */
  async take(): Promise<boolean> {
    const sent = now();
    const free = sql<boolean>`holder is null or holder = excluded.holder or expires_at < ${NOW}`;
    const takenOver = <T>(column: string) =>
      sql<T>`case when ${free} then ${sql.ref(`excluded.${column}`)} else ${sql.ref(column)} end`;
    const query = this.#db
      .insertInto(this.#table)
      .values({
        id: this.#rowId,
        holder: this.holder,
        acquired_at: NOW,
        expires_at: this.#expiry(),
      })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet({
          holder: takenOver('holder'),
          acquired_at: takenOver('acquired_at'),
          expires_at: takenOver('expires_at'),
        }),
      )
      .returning('holder')
      .compile();
    if ((await holderAfter(this.#connection, query)) !== this.holder) return false;
    this.#since = sent;
    return true;
  }

  /** From here on it is renewed, and guards every statement of the connection. */
  start(): void {
    this.#connection.migrationLock = this;
    this.#timer = setInterval(
      () => void this.#renewAside(),
      this.#durationMs / RENEWALS_PER_LEASE,
    ).unref();
  }

  /** What is sent then has at least half of the lease before it. */
  async check(): Promise<void> {
    if (this.#busy) return;
    if (this.#lost) throw new MigrationLockLostError(this.lockTable);
    if (elapsed(this.#since) < this.#durationMs / 2) return;
    this.#busy = true;
    try {
      await this.#renew(this.#connection);
    } finally {
      this.#busy = false;
    }
    this.#ensureHeld();
  }

  /** Frees the lock for the next one. What fails here is made good by the end of the lease. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    this.#released.abort();
    await this.#renewal;
    this.#connection.migrationLock = undefined;
    if (this.#lost) return;
    const query = this.#db
      .updateTable(this.#table)
      .set({ holder: this.#ifMine(sql`null`, 'holder') })
      .where('id', '=', this.#rowId)
      .compile();
    await this.#connection.executeQuery(query).catch(() => undefined);
  }

  /** On a session of its own: the migration's may be busy for longer than the lease lasts. */
  async #renewAside(): Promise<void> {
    if (this.#renewal !== undefined || this.#lost) return;
    const aside = this.#connection.another();
    this.#renewal = (async () => {
      await aside.open(this.#released.signal);
      try {
        await this.#renew(aside);
      } finally {
        aside.release();
      }
      // Its statement is no longer protected. Whether it can still be ended, only the server knows.
      if (this.#isLost()) await this.#connection.cancelQuery();
    })()
      // Until the next turn, or until the connection itself asks.
      .catch(() => undefined)
      .finally(() => {
        this.#renewal = undefined;
      });
    await this.#renewal;
  }

  /** Only what is still held is renewed: once it was free, another one may have come and gone. */
  async #renew(connection: CrateConnection): Promise<void> {
    const sent = now();
    const query = this.#db
      .updateTable(this.#table)
      .set({ expires_at: this.#ifMine(this.#expiry(), 'expires_at') })
      .where('id', '=', this.#rowId)
      .returning('holder')
      .compile();
    if ((await holderAfter(connection, query)) === this.holder) this.#since = sent;
    else this.#lost = true;
  }

  #ensureHeld(): void {
    if (this.#lost) throw new MigrationLockLostError(this.lockTable);
  }

  #isLost(): boolean {
    return this.#lost;
  }

  #expiry() {
    return sql<Date>`current_timestamp::bigint + ${this.#durationMs}::bigint`;
  }

  #ifMine<T>(value: ReturnType<typeof sql<T>>, column: string) {
    return sql<T>`case when holder = ${this.holder} then ${value} else ${sql.ref(column)} end`;
  }
}

async function holderAfter(
  connection: CrateConnection,
  query: CompiledQuery<{ holder: string | null }>,
): Promise<string | null | undefined> {
  const { rows } = await connection.executeQuery<{ holder: string | null }>(query);
  return rows[0]?.holder;
}

interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

function now(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

/** Milliseconds, by the clock that went faster: one stands still while the machine sleeps. */
function elapsed(since: Moment): number {
  return Math.max(performance.now() - since.monotonic, Date.now() - since.wall);
}
