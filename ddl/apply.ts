import type { Kysely } from 'kysely';

import { currentSchema, versionOf, type SchemaDefinition } from './definition.js';
import { isDrift, type SchemaChange } from './diff/change.js';
import { diffLive, refuseForeignTables } from './diff/live.js';
import { SchemaMissingError, SchemaNewerError } from './errors.js';
import {
  bookkeepingStatements,
  bringInStep,
  readPosition,
  withLease,
  type WorkDone,
} from './migrations/bring-in-step.js';
import { planSteps, type Position } from './migrations/plan.js';
import { readVersion, recordVersion } from './migrations/version.js';
import { onSchema, type ProvisionOptions } from './provision.js';
import type { StatementRunner } from './runner.js';
import type { ResolvedTarget, SchemaTarget } from './target.js';

export interface ApplyResult extends WorkDone {
  /** What differs still, because it can't be changed online. */
  readonly remaining: readonly SchemaChange[];
}

/**
 * Compares a live schema with the definitions: tables, columns, types, keys, routing, defaults and
 * options. Reads only. In step is a schema without drift, see {@link isDrift}.
 *
 * @param definition The tables and migrations. Default: those of this package.
 * @throws SchemaPrivilegeError when no table is seen because the user has no right to any.
 */
export async function diffSchema<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: SchemaTarget,
  definition: SchemaDefinition = currentSchema(),
): Promise<SchemaChange[]> {
  return onSchema(db, options, (runner, target) => diffLive(runner, definition, target));
}

/**
 * {@link provision}, and then every change that {@link diffSchema} calls safe: missing tables,
 * columns that may be null, indexes, the column policy. Nothing is dropped or rewritten. What was
 * interrupted is completed by the same call again.
 *
 * @throws SchemaNewerError when a later program made the schema; else as `provision`.
 */
export async function applySchema<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: ProvisionOptions,
  definition: SchemaDefinition = currentSchema(),
): Promise<ApplyResult> {
  return onSchema(db, options, async (runner, target) => {
    const recorded = await refuseNewer(runner, target, definition);
    const done = await bringInStep(runner, definition, target, options);
    const statements = [...(done?.statements ?? [])];
    const to = versionOf(definition);
    const changes = await diffLive(runner, definition, target);
    if (!changes.some(({ safe }) => safe)) {
      return { from: recorded, to, statements, remaining: changes.filter(isNoNote) };
    }
    await withLease(
      runner,
      target,
      async () => {
        // Again: another may have done it while we waited.
        for (const { safe, sql } of await diffLive(runner, definition, target)) {
          for (const statement of safe ? sql : []) {
            options.onEvent?.({ kind: 'statement', text: statement });
            await runner.execute(statement);
            statements.push(statement);
          }
        }
      },
      options,
    );
    const remaining = (await diffLive(runner, definition, target)).filter(isNoNote);
    return { from: recorded, to, statements, remaining };
  });
}

/**
 * Runs the migrations that are pending; undefined where there are none.
 *
 * @throws SchemaMissingError when the schema was never provisioned; SchemaNewerError when a later
 *   program made it; else as `provision`.
 */
export async function migrateSchema<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: ProvisionOptions,
  definition: SchemaDefinition = currentSchema(),
): Promise<WorkDone | undefined> {
  return onSchema(db, options, async (runner, target) => {
    const recorded = await refuseNewer(runner, target, definition);
    if (recorded === undefined) throw new SchemaMissingError(target.schema);
    if (recorded === versionOf(definition)) return undefined;
    return bringInStep(runner, definition, target, options);
  });
}

/**
 * The statements that {@link applySchema} would execute now, in order, without a final semicolon
 * and without those of the lease; with `migrationsOnly`, those of {@link migrateSchema}. Reads only.
 *
 * @throws As they do.
 */
export async function planSchema<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: SchemaTarget & { readonly migrationsOnly?: boolean | undefined },
  definition: SchemaDefinition = currentSchema(),
): Promise<string[]> {
  const { migrationsOnly = false } = options;
  return onSchema(db, options, async (runner, target) => {
    const recorded = await refuseNewer(runner, target, definition);
    const inStep = recorded === versionOf(definition);
    if (migrationsOnly) {
      if (recorded === undefined) throw new SchemaMissingError(target.schema);
      if (inStep) return [];
    }
    const position = await readPosition(runner, target);
    const missing = definition.tables.some(({ name }) => !position.catalog.has(name));
    const work = inStep && !missing ? [] : await plannedWork(runner, definition, position, target);
    if (migrationsOnly) return work;
    const changes = await diffLive(runner, definition, target);
    const safe = changes.filter((change) => change.safe).flatMap((change) => change.sql);
    return [...work, ...safe.filter((statement) => !work.includes(statement))];
  });
}

async function plannedWork(
  runner: StatementRunner,
  definition: SchemaDefinition,
  position: Position,
  target: ResolvedTarget,
): Promise<string[]> {
  await refuseForeignTables(runner, definition, position, target);
  const bookkeeping = bookkeepingStatements(position.catalog, target);
  const steps = planSteps(definition, position, target);
  const isRecorded = steps.at(-1)?.completes !== undefined;
  return [
    ...bookkeeping,
    ...steps.flatMap(({ statements, completes }) => [
      // Made first, so not again among the tables.
      ...statements.filter((statement) => !bookkeeping.includes(statement)),
      ...(completes === undefined ? [] : recordVersion(completes, target)),
    ]),
    ...(isRecorded ? [] : recordVersion(versionOf(definition), target)),
  ];
}

/** The recorded version, if it is one that this program knows. */
async function refuseNewer(
  runner: StatementRunner,
  { schema }: ResolvedTarget,
  definition: SchemaDefinition,
): Promise<number | undefined> {
  const recorded = (await readVersion(runner, schema))?.version;
  const known = versionOf(definition);
  if (recorded !== undefined && recorded > known) {
    throw new SchemaNewerError(schema, recorded, known);
  }
  return recorded;
}

function isNoNote(change: SchemaChange): boolean {
  return isDrift([change]);
}
