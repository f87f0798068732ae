import type { SchemaDefinition } from '../definition.js';
import { isAdoptionUnderWay } from '../adopt/record.js';
import { SchemaAdoptionPendingError, SchemaMismatchError } from '../errors.js';
import { refuseBlindUser } from '../may-see.js';
import { hasTables, type Position } from '../migrations/plan.js';
import type { StatementRunner } from '../runner.js';
import { expectedSnapshot } from '../snapshot/expected.js';
import { readSnapshot } from '../snapshot/read.js';
import type { ResolvedTarget } from '../target.js';
import type { SchemaChange } from './change.js';
import { diffSnapshots } from './diff.js';
import { withStatements } from './statements.js';

/** Compares a live schema with the definitions. */
export async function diffLive(
  runner: StatementRunner,
  definition: SchemaDefinition,
  target: ResolvedTarget,
): Promise<SchemaChange[]> {
  const live = await readSnapshot(runner, target);
  if (live.tables.length === 0) await refuseBlindUser(runner, target);
  return diffSnapshots(expectedSnapshot(definition.tables, target), live).map((difference) =>
    withStatements(difference, definition, target),
  );
}

/**
 * Tables that no version was recorded for are half made by us, or somebody else's. On the second
 * our statements would fail one by one, or write what the other can't read.
 *
 * @throws SchemaMismatchError naming what neither `apply` nor a migration gets out of the way;
 *   SchemaAdoptionPendingError where `adopt` was stopped before its end.
 */
export async function refuseForeignTables(
  runner: StatementRunner,
  definition: SchemaDefinition,
  { recorded, catalog }: Position,
  target: ResolvedTarget,
): Promise<void> {
  if (recorded !== undefined || !hasTables(definition, catalog)) return;
  if (await isAdoptionUnderWay(runner, target, catalog)) {
    throw new SchemaAdoptionPendingError(target.schema);
  }
  const changes = await diffLive(runner, definition, target);
  const blocking = changes.filter(({ severity, safe }) => severity === 'error' && !safe);
  if (blocking.length === 0) return;
  const advice =
    target.engine === 'cratedb'
      ? '`mlflow-cratedb ddl adopt` takes over those of the Python program'
      : undefined;
  throw new SchemaMismatchError(target.schema, blocking, advice);
}
