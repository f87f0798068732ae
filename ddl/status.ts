import type { Kysely } from 'kysely';

import { currentSchema, versionOf, type SchemaDefinition } from './definition.js';
import { refuseBlindUser } from './may-see.js';
import { readTableNames } from './migrations/catalog.js';
import { readLease } from './migrations/lease.js';
import { readVersion } from './migrations/version.js';
import { onSchema } from './provision.js';
import type { StatementRunner } from './runner.js';
import type { SchemaTarget } from './target.js';

/** Where a schema stands. */
export interface SchemaStatus {
  readonly schema: string;
  /**
   * - `absent`: there is none of the tables.
   * - `partial`: some are missing, or no version is recorded.
   * - `behind`: migrations are pending.
   * - `in-step`
   * - `ahead`: a later program recorded a version that this one doesn't know.
   */
  readonly state: 'absent' | 'partial' | 'behind' | 'in-step' | 'ahead';
  /** The version that the database records. */
  readonly recordedVersion: number | undefined;
  /** The version that this program makes. */
  readonly knownVersion: number;
  /** When it was recorded, ms since the epoch. */
  readonly appliedAt: number | undefined;
  /** What `migrate` would run. */
  readonly pending: readonly { readonly version: number; readonly name: string }[];
  readonly tables: {
    readonly expected: number;
    readonly present: number;
    readonly missing: readonly string[];
    /** Those of the schema that are none of ours. */
    readonly others: readonly string[];
  };
  /** Who works on the tables right now. */
  readonly lease:
    | {
        readonly owner: string;
        readonly remainingMs: number;
        /** The step of the version that was done last. */
        readonly version: number;
        readonly step: number;
      }
    | undefined;
}

/**
 * Says where a schema stands: three small reads, nothing is written.
 *
 * @param definition The tables and migrations. Default: those of this package.
 * @throws SchemaPrivilegeError when no table is seen because the user has no right to any.
 */
export async function schemaStatus<Tables>(
  db: Kysely<Tables> | StatementRunner,
  options: SchemaTarget,
  definition: SchemaDefinition = currentSchema(),
): Promise<SchemaStatus> {
  return onSchema(db, options, async (runner, target) => {
    const names = await readTableNames(runner, target.schema);
    if (names.size === 0) await refuseBlindUser(runner, target);
    const recorded = await readVersion(runner, target.schema);
    const lease = await readLease(runner, target);
    const { tables, migrations } = definition;
    const missing = tables.flatMap(({ name }) => (names.has(name) ? [] : [name]));
    const known = new Set([...tables.map(({ name }) => name), ...BOOKKEEPING]);
    const version = recorded?.version;
    const pending =
      version === undefined ? [] : migrations.filter((migration) => migration.version > version);
    return {
      schema: target.schema,
      state: stateOf({
        recorded: version,
        known: versionOf(definition),
        complete: missing.length === 0,
        // The bookkeeping alone is what is left of one who was stopped at once.
        empty: !tables.some(({ name }) => names.has(name) && !BOOKKEEPING.includes(name)),
      }),
      recordedVersion: version,
      knownVersion: versionOf(definition),
      appliedAt: recorded?.appliedAt,
      pending: pending.map((migration) => ({ version: migration.version, name: migration.name })),
      tables: {
        expected: tables.length,
        present: tables.length - missing.length,
        missing,
        others: [...names].filter((name) => !known.has(name)).sort(),
      },
      lease: lease === undefined || lease.remainingMs === 0 ? undefined : lease,
    };
  });
}

const BOOKKEEPING = ['schema_migration', 'schema_version'];

function stateOf(found: {
  readonly recorded: number | undefined;
  readonly known: number;
  readonly complete: boolean;
  readonly empty: boolean;
}): SchemaStatus['state'] {
  const { recorded, known } = found;
  if (recorded === undefined) return found.empty ? 'absent' : 'partial';
  if (recorded > known) return 'ahead';
  if (recorded < known) return 'behind';
  return found.complete ? 'in-step' : 'partial';
}
