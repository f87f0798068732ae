import type { Kysely } from 'kysely';

import { currentSchema, type SchemaDefinition } from './definition.js';
import { schemaError } from './errors.js';
import {
  bringInStep,
  isInStep,
  type WorkDone,
  type WorkOptions,
} from './migrations/bring-in-step.js';
import { readVersion, type RecordedVersion } from './migrations/version.js';
import { runnerOf, type StatementRunner } from './runner.js';
import { resolveTarget, type ResolvedTarget, type SchemaTarget } from './target.js';

export interface ProvisionOptions extends SchemaTarget, WorkOptions {}

/**
 * Makes the tables that are not there yet, runs the migrations that are pending, and records
 * {@link SCHEMA_VERSION}.
 *
 * May be called at every start, by any number of servers at once: one of them works under a lease,
 * the others wait. When everything is there it costs two small reads, and what somebody left half
 * done is completed. Tables and rows that are there stay. Resolves when all tables can be read and
 * written, to what was done, or undefined where nothing was to do.
 *
 * @param db A Kysely over the database, or anything that executes a statement.
 * @param definition The tables and migrations. Default: those of this package.
 * @throws SchemaPrivilegeError when the user may not create tables; SchemaReadOnlyError;
 *   SchemaMismatchError when tables of these names are there that this package did not make;
 *   SchemaBusyError when another works for longer than `waitMs`.
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-table.html
 */
export async function provision<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: ProvisionOptions,
  definition: SchemaDefinition = currentSchema(),
): Promise<WorkDone | undefined> {
  return onSchema(db, options, (runner, target) =>
    bringInStep(runner, definition, target, options),
  );
}

/**
 * The version that a database records if there is something to do on it, `recorded` being undefined
 * where there are no tables; undefined where everything is in step. Two small reads.
 */
export async function pendingFrom<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: SchemaTarget,
  definition: SchemaDefinition = currentSchema(),
): Promise<{ readonly recorded: RecordedVersion | undefined } | undefined> {
  return onSchema(db, options, async (runner, target) => {
    if (await isInStep(runner, definition, target.schema)) return undefined;
    return { recorded: await readVersion(runner, target.schema) };
  });
}

/** Runs `work` with everything resolved, and its errors as the classes of `errors.ts`. */
export async function onSchema<Tables, Result>(
  db: Kysely<Tables> | StatementRunner,
  options: SchemaTarget,
  work: (runner: StatementRunner, target: ResolvedTarget) => Promise<Result>,
): Promise<Result> {
  const target = resolveTarget(options);
  try {
    return await work(runnerOf(db as Kysely<never> | StatementRunner), target);
  } catch (error) {
    throw schemaError(error, target.engine, target.schema);
  }
}
