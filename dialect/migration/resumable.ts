import type { Kysely } from 'kysely';

import { CrateError } from '../errors/index.js';
import { connectionOf } from './connection-of.js';
import { type Direction, StepRecords } from './step-records.js';

/**
 * One part of a migration, as small as can be: best a single statement. Where the process dies
 * between its effect and its record it is run once more, so running it twice must do no harm:
 * `ifNotExists()`, `ifExists()`, {@link hasColumn}, {@link hasTable}, upserts.
 */
export type MigrationStep<DB> = (db: Kysely<DB>) => unknown;

/** Steps by name, in the order in which they are written down. */
export type MigrationSteps<DB> = Readonly<Record<string, MigrationStep<DB>>>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Kysely's own Migration
export interface ResumableOptions<DB = any> {
  readonly up: MigrationSteps<DB>;
  /** Without it, Kysely passes the migration over when it migrates down. */
  readonly down?: MigrationSteps<DB>;
  /** Under which the steps are recorded. Default: the name that Kysely knows the migration by. */
  readonly name?: string;
}

/** A `Migration` of Kysely's. */
export interface ResumableMigration {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Kysely's own Migration
  readonly up: (db: Kysely<any>) => Promise<void>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Kysely's own Migration
  readonly down?: (db: Kysely<any>) => Promise<void>;
}

/**
 * A migration that goes on where it stopped. CrateDB can't take back the first half of a migration
 * that failed or whose process died; this records each finished step, and the next run passes over
 * what is recorded.
 *
 * ```ts
 * export const { up, down } = resumable({
 *   up: {
 *     'create runs': (db) =>
 *       db.schema.createTable('runs').ifNotExists().addColumn('id', 'text').execute(),
 *     'add note': async (db) => {
 *       if (await hasColumn(db, 'runs', 'note')) return;
 *       await db.schema.alterTable('runs').addColumn('note', 'text').execute();
 *     },
 *   },
 *   down: { 'drop runs': (db) => db.schema.dropTable('runs').ifExists().execute() },
 * });
 * ```
 *
 * The records are in `kysely_migration_step`, beside Kysely's tables: `name` of the migration,
 * `direction`, `step`, `holder` of the lock, `started_at`, `finished_at`, and the `error` of the
 * last try: the dialect's errors with their text, which holds no values, others by their class.
 * A step that is recorded as finished isn't run again though its code may have changed, until the
 * migration has been migrated down.
 *
 * Both functions raise what a step raised; a CrateError where they are not run by Kysely's Migrator,
 * whose lock they need; and {@link MigrationLockLostError}.
 *
 * @throws TypeError where a direction has no steps, or a step's name is a whole number (JavaScript
 *   would change their order)
 */
export function resumable<DB>(options: ResumableOptions<DB>): ResumableMigration {
  const { up, down, name } = options;
  return {
    up: directed('up', up, name),
    ...(down !== undefined && { down: directed('down', down, name) }),
  };
}

function directed<DB>(direction: Direction, steps: MigrationSteps<DB>, given: string | undefined) {
  const entries = Object.entries(steps);
  if (entries.length === 0) throw new TypeError(`resumable: ${direction} has no steps`);
  const numbered = entries.find(([step]) => /^\d+$/.test(step));
  if (numbered !== undefined) {
    throw new TypeError(
      `resumable: a step can't be called ${numbered[0]}; give it a text with a letter`,
    );
  }
  return async function run(this: unknown, db: Kysely<unknown>): Promise<void> {
    const name = given ?? nameOf(this);
    const { migrationLock, schema } = await connectionOf(db);
    if (migrationLock === undefined) {
      throw new CrateError(
        "resumable: a migration is run by Kysely's Migrator, which holds its lock",
      );
    }
    const records = new StepRecords(db, migrationLock, name, direction);
    await records.open(migrationLock.schema ?? schema);
    for (const [step, work] of entries) {
      if (!(await records.begin(step))) continue;
      try {
        await work(db as Kysely<DB>);
      } catch (error) {
        // Where even that fails, the first error is the one that tells more.
        await records.fail(step, error).catch(() => undefined);
        throw error;
      }
      await records.finish(step);
    }
  };
}

/** Kysely calls `up` and `down` on the migration, together with its name. */
function nameOf(migration: unknown): string {
  if (typeof migration === 'object' && migration !== null && 'name' in migration) {
    if (typeof migration.name === 'string' && migration.name !== '') return migration.name;
  }
  throw new TypeError(
    "resumable: the migration's name is unknown here, as up or down isn't called on the migration; give resumable a name",
  );
}
