import { sql } from 'kysely';

/** Kysely's own, by its defaults; 0.28 and 0.29 export these names from different places. */
const MIGRATION_TABLE = 'kysely_migration';
const LOCK_TABLE = 'kysely_migration_lock';

/** `kysely_migration_lock` has its lease in `kysely_migration_lease`. */
export function leaseTableOf(lockTable: string): string {
  return `${lockTable.replace(/_lock$/, '')}_lease`;
}

/** `kysely_migration_lock` goes with `kysely_migration_step`. */
export function stepTableOf(lockTable: string): string {
  return `${lockTable.replace(/_lock$/, '')}_step`;
}

export const DEFAULT_LEASE_TABLE = leaseTableOf(LOCK_TABLE);

/** By their default names: no part of a user's schema. */
export const INTERNAL_TABLES: readonly string[] = [
  MIGRATION_TABLE,
  LOCK_TABLE,
  DEFAULT_LEASE_TABLE,
  stepTableOf(LOCK_TABLE),
];

/** They hold a handful of rows. */
export const ONE_SHARD = sql`clustered into 1 shards`;
