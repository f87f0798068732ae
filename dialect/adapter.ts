import { setTimeout as sleep } from 'node:timers/promises';

import { DialectAdapterBase, type Kysely, type MigrationLockOptions } from 'kysely';

import { CrateError } from './errors/index.js';

const CLAIM = 'claim';
const POLL_MS = 200;
const WAIT_MS = 10 * 60_000;

export class CrateAdapter extends DialectAdapterBase {
  /** Kysely releases also where acquiring failed; that must not free the lock of another. */
  readonly #holders = new WeakSet<Kysely<unknown>>();

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
   * The lock is a row in Kysely's lock table, claimed by its primary key: exactly one gets it. A
   * process that dies in a migration leaves it behind; as nobody can tell what was done, a person
   * must look, and delete the row.
   */
  override async acquireMigrationLock(
    db: Kysely<unknown>,
    options: MigrationLockOptions,
  ): Promise<void> {
    const locks = lockTable(db, options);
    const giveUp = Date.now() + WAIT_MS;
    for (;;) {
      const claimed = await locks.db
        .insertInto(locks.table)
        .values({ id: CLAIM, is_locked: 1 })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id')
        .executeTakeFirst();
      if (claimed !== undefined) {
        this.#holders.add(db);
        return;
      }
      if (Date.now() > giveUp) {
        throw new CrateError(
          `Another migration holds the lock. If none is running, one was interrupted: check the tables, then DELETE FROM ${options.lockTable} WHERE id = '${CLAIM}'.`,
        );
      }
      await sleep(POLL_MS);
    }
  }

  override async releaseMigrationLock(
    db: Kysely<unknown>,
    options: MigrationLockOptions,
  ): Promise<void> {
    if (!this.#holders.delete(db)) return;
    const locks = lockTable(db, options);
    await locks.db.deleteFrom(locks.table).where('id', '=', CLAIM).execute();
  }
}

interface LockDatabase {
  readonly lock: { readonly id: string; readonly is_locked: number };
}

function lockTable(db: Kysely<unknown>, options: MigrationLockOptions) {
  const typed = db as Kysely<LockDatabase>;
  return {
    db: options.lockTableSchema === undefined ? typed : typed.withSchema(options.lockTableSchema),
    // Its name is an option; its shape is Kysely's.
    table: options.lockTable as 'lock',
  };
}
