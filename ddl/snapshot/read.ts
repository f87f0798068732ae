import type { StatementRunner } from '../runner.js';
import type { ResolvedTarget } from '../target.js';
import { readCrateSnapshot } from './cratedb.js';
import { readPostgresSnapshot } from './postgres.js';
import type { SchemaSnapshot } from './snapshot.js';

/** Reads the live schema. */
export function readSnapshot(
  runner: StatementRunner,
  { engine, schema }: ResolvedTarget,
): Promise<SchemaSnapshot> {
  return engine === 'cratedb'
    ? readCrateSnapshot(runner, schema)
    : readPostgresSnapshot(runner, schema);
}
