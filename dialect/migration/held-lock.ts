/** The migration lock, as whoever works under it sees it. */
export interface HeldLock {
  readonly lockTable: string;
  /** Of the lock table, where it is another than the dialect's. */
  readonly schema: string | undefined;
  /** Differs for each one that takes the lock. */
  readonly holder: string;

  /**
   * Before each statement: sees to it that the lock is held for a while longer.
   *
   * @throws MigrationLockLostError where another migrator has the lock
   */
  check(): Promise<void>;
}
