import { type Kysely, sql } from 'kysely';

import { CrateError } from '../errors/index.js';
import { withRetry } from '../faults/with-retry.js';
import { isRelation } from './exists.js';
import type { HeldLock } from './held-lock.js';
import { MigrationLockLostError } from './lock-lost-error.js';
import { ONE_SHARD, stepTableOf } from './tables.js';

export type Direction = 'up' | 'down';

interface StepDatabase {
  readonly step: {
    readonly name: string;
    readonly direction: Direction;
    readonly step: string;
    readonly holder: string;
    readonly started_at: Date;
    readonly finished_at: Date | null;
    readonly error: string | null;
  };
}

const NOW = sql<Date>`current_timestamp`;
const ERROR_LENGTH = 2000;

/** What is known of the steps of one migration in one direction: a row each. */
export class StepRecords {
  readonly #db: Kysely<StepDatabase>;
  readonly #table: 'step';
  readonly #lock: HeldLock;
  readonly #name: string;
  readonly #direction: Direction;

  constructor(db: Kysely<unknown>, lock: HeldLock, name: string, direction: Direction) {
    // Each statement here does the same when it is sent twice.
    const plain = withRetry(db.withoutPlugins()) as Kysely<StepDatabase>;
    this.#db = lock.schema === undefined ? plain : plain.withSchema(lock.schema);
    // Its name follows an option; its shape is ours.
    this.#table = stepTableOf(lock.lockTable) as 'step';
    this.#lock = lock;
    this.#name = name;
    this.#direction = direction;
  }

  /** Makes the table, and forgets the steps of the other direction: they are being undone. */
  async open(schema: string): Promise<void> {
    if (!(await isRelation(this.#db, { schema, name: this.#table }))) await this.#createTable();
    await this.#db
      .deleteFrom(this.#table)
      .where('name', '=', this.#name)
      .where('direction', '=', this.#direction === 'up' ? 'down' : 'up')
      .execute();
  }

  async #createTable(): Promise<void> {
    await this.#db.schema
      .createTable(this.#table)
      .ifNotExists()
      .addColumn('name', 'text')
      .addColumn('direction', 'text')
      .addColumn('step', 'text')
      .addColumn('holder', 'text')
      .addColumn('started_at', 'timestamptz')
      .addColumn('finished_at', 'timestamptz')
      .addColumn('error', 'text')
      .addPrimaryKeyConstraint('step_pkey', ['name', 'direction', 'step'])
      .modifyEnd(ONE_SHARD)
      .execute();
  }

  /** Claims the step; returns whether it is to be done, that is: wasn't finished before. */
  async begin(step: string): Promise<boolean> {
    const unlessDone = <T>(column: string) => {
      const excluded = sql.ref(`excluded.${column}`);
      return sql<T>`case when finished_at is null then ${excluded} else ${sql.ref(column)} end`;
    };
    const { finished_at } = await this.#db
      .insertInto(this.#table)
      .values({
        name: this.#name,
        direction: this.#direction,
        step,
        holder: this.#lock.holder,
        started_at: NOW,
        error: null,
      })
      .onConflict((conflict) =>
        conflict.columns(['name', 'direction', 'step']).doUpdateSet({
          holder: unlessDone('holder'),
          started_at: unlessDone('started_at'),
          error: unlessDone('error'),
        }),
      )
      .returning('finished_at')
      .executeTakeFirstOrThrow();
    return finished_at === null;
  }

  /** @throws MigrationLockLostError where another migrator has begun the step anew */
  async finish(step: string): Promise<void> {
    const row = await this.#update(step, { finished_at: this.#ifMine(NOW, 'finished_at') });
    if (row?.holder !== this.#lock.holder) {
      throw new MigrationLockLostError(this.#lock.lockTable);
    }
  }

  async fail(step: string, error: unknown): Promise<void> {
    await this.#update(step, { error: this.#ifMine(sql`${errorText(error)}::text`, 'error') });
  }

  #update(step: string, set: { finished_at?: SetTo<Date>; error?: SetTo<string> }) {
    return this.#db
      .updateTable(this.#table)
      .set(set)
      .where('name', '=', this.#name)
      .where('direction', '=', this.#direction)
      .where('step', '=', step)
      .returning('holder')
      .executeTakeFirst();
  }

  #ifMine<T>(value: SetTo<T>, column: string): SetTo<T> {
    const { holder } = this.#lock;
    return sql<T>`case when holder = ${holder} then ${value} else ${sql.ref(column)} end`;
  }
}

type SetTo<T> = ReturnType<typeof sql<T>>;

/** The dialect's errors hold no values; of others only the kind is known to hold none. */
function errorText(error: unknown): string {
  if (error instanceof CrateError) {
    return `${error.name}: ${error.message}`.slice(0, ERROR_LENGTH);
  }
  return error instanceof Error ? error.name : typeof error;
}
