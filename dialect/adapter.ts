import { DialectAdapterBase, type Kysely, type MigrationLockOptions } from 'kysely';

import { CrateError } from './errors/index.js';
import { connectionOf } from './migration/connection-of.js';
import { DEFAULT_LEASE_MS, MigrationLease } from './migration/lease.js';
import { sleep } from './sleep.js';

const POLL_MS = 200;
const WAIT_MS = 10 * 60_000;

export class CrateAdapter extends DialectAdapterBase {
  readonly #leaseMs: number;
  /** Kysely releases also where acquiring failed; that must not free the lock of another. */
  readonly #leases = new WeakMap<Kysely<unknown>, MigrationLease>();

  /** @param leaseMs see {@link CrateDialectOptions.migrationLeaseMs} */
  constructor(leaseMs: number = DEFAULT_LEASE_MS) {
    super();
    if (!(leaseMs >= 1000 && leaseMs <= 2 ** 31)) {
      throw new RangeError('migrationLeaseMs: expected a number of milliseconds, 1000 or more');
    }
    this.#leaseMs = Math.round(leaseMs);
  }

  override get supportsCreateIfNotExists(): boolean {
    return true;
  }

  override get supportsTransactionalDdl(): boolean {
    return false;
  }

  override get supportsReturning(): boolean {
    return true;
  }

  /**
   * Waits, for up to ten minutes, until no other migrator holds the lock, and holds it as a
   * {@link MigrationLease} from then on: where this process dies, the next one takes it over when
   * the lease has run out.
   *
   * @throws CrateError where another migrator holds the lock all the time
   */
  override async acquireMigrationLock(
    db: Kysely<unknown>,
    options: MigrationLockOptions,
  ): Promise<void> {
    const connection = await connectionOf(db);
    const lease = new MigrationLease(db, connection, options, this.#leaseMs);
    await lease.prepare();
    const giveUp = performance.now() + WAIT_MS;
    while (!(await lease.take())) {
      if (performance.now() > giveUp) {
        throw new CrateError(
          `Another migrator has held the migration lock (${options.lockTable}) for ten minutes, and is still at work.`,
        );
      }
      await sleep(POLL_MS);
    }
    lease.start();
    this.#leases.set(db, lease);
  }

  override async releaseMigrationLock(db: Kysely<unknown>): Promise<void> {
    const lease = this.#leases.get(db);
    this.#leases.delete(db);
    await lease?.release();
  }
}
