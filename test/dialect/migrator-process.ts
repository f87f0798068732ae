/**
 * Runs migrations in a process of its own, and prints what Kysely's Migrator answers as one line of
 * JSON. Takes the URL and a JSON text of {@link MigratorProcessOptions}.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { CrateDialect, hasColumn, resumable } from 'mlflow-cratedb/dialect';

export interface MigratorProcessOptions {
  readonly schema: string;
  readonly leaseMs: number;
  /** Where the process kills itself: `before` or `after` the effect of a step, or at the `end`. */
  readonly killAt?: string;
  /** Prints `stopped` in the step of this name, and goes on two seconds later. */
  readonly pauseIn?: string;
}

interface DB {
  readonly ran: { readonly step: string; readonly pid: number };
  readonly runs: { readonly id: string };
}

const [url = '', json = ''] = process.argv.slice(2);
const options = JSON.parse(json) as MigratorProcessOptions;

const db = new Kysely<DB>({
  dialect: new CrateDialect({
    url,
    schema: options.schema,
    max: 3,
    migrationLeaseMs: options.leaseMs,
  }),
});

function killAt(point: string): void {
  if (point === options.killAt) process.kill(process.pid, 'SIGKILL');
}

/** Leaves a trace each time it runs, and does its work around it. */
function traced(step: string, work: (migrated: Kysely<DB>) => Promise<unknown>) {
  return async (migrated: Kysely<DB>) => {
    killAt(`before ${step}`);
    if (options.pauseIn === step) {
      console.log('stopped');
      await sleep(2000);
    }
    await migrated.insertInto('ran').values({ step, pid: process.pid }).execute();
    await work(migrated);
    killAt(`after ${step}`);
  };
}

const stepwise = resumable<DB>({
  up: {
    create: traced('create', (migrated) =>
      migrated.schema
        .createTable('runs')
        .ifNotExists()
        .addColumn('id', 'text', (column) => column.primaryKey())
        .execute(),
    ),
    column: traced('column', async (migrated) => {
      if (await hasColumn(migrated, 'runs', 'note')) return;
      await migrated.schema.alterTable('runs').addColumn('note', 'text').execute();
    }),
    fill: traced('fill', (migrated) =>
      migrated
        .insertInto('runs')
        .values({ id: 'first' })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute(),
    ),
  },
});

const migrations: Record<string, Migration> = {
  '1_steps': {
    async up(this: unknown, migrated) {
      await stepwise.up.call(this, migrated);
      killAt('end');
    },
  },
  '2_plain': { up: traced('plain', () => Promise.resolve()) },
};

const { error, results } = await new Migrator({
  db,
  provider: { getMigrations: () => Promise.resolve(migrations) },
}).migrateToLatest();
await db.destroy();
console.log(
  JSON.stringify({
    error: error instanceof Error ? error.name : error,
    results: results?.map((result) => `${result.migrationName} ${result.status}`),
  }),
);
