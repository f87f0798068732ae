import { CrateError } from '../errors/index.js';

/**
 * The migrator didn't renew its lease in time, and another one took the migration lock over. Raised
 * before the next statement is sent; what was done until then stays done, and the other migrator
 * goes on from what was recorded of it.
 */
export class MigrationLockLostError extends CrateError {
  constructor(lockTable: string) {
    super(
      `The migration lock (${lockTable}) was taken over by another migrator, as it wasn't renewed in time: ` +
        'this process stood still, or could not reach the server. It does nothing more; see whether the other one finishes.',
    );
  }
}
