import { type RawBuilder, sql } from 'kysely';

import { keyword } from './keywords.js';
import { type TableOrPartition, tablesOrPartitions } from './partition.js';
import { withClause } from './properties.js';

/** How a snapshot is made. */
export interface CreateSnapshotOptions {
  /** Answer when it is made, not when it has begun. Default: false. */
  readonly wait_for_completion?: boolean;
  /** Leave out tables that there aren't. Default: false, and they are an error. */
  readonly ignore_unavailable?: boolean;
}

/** How a snapshot is restored. */
export interface RestoreSnapshotOptions extends CreateSnapshotOptions {
  /** Regular expressions, whose groups the replacements name as `$1`; default `(.+)`. */
  readonly schema_rename_pattern?: string;
  readonly schema_rename_replacement?: string;
  readonly table_rename_pattern?: string;
  readonly table_rename_replacement?: string;
}

/** A part of what a snapshot holds. */
export type SnapshotSection = 'tables' | 'views' | 'usermanagement' | 'analyzers' | 'udfs';

const SECTIONS: readonly SnapshotSection[] = [
  'tables',
  'views',
  'usermanagement',
  'analyzers',
  'udfs',
];

/**
 * `create snapshot repository.snapshot`: tables or partitions, or the whole cluster with its
 * metadata, but without blob tables. Only what the repository doesn't hold yet is written.
 *
 * ```ts
 * await createSnapshot('backups', 'monday', 'all', { wait_for_completion: true }).execute(db);
 * await createSnapshot('backups', 'runs', ['runs', 'metrics']).execute(db);
 * ```
 *
 * The state of each is in `sys.snapshots`.
 *
 * @throws RangeError where there is no table
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-snapshot.html
 */
export function createSnapshot(
  repository: string,
  snapshot: string,
  what: 'all' | readonly TableOrPartition[],
  options: CreateSnapshotOptions = {},
): RawBuilder<unknown> {
  const list = what === 'all' ? sql`all` : sql`table ${tablesOrPartitions('createSnapshot', what)}`;
  return sql`create snapshot ${sql.id(repository, snapshot)} ${list}${withClause(options)}`;
}

/**
 * `restore snapshot repository.snapshot`: everything, the metadata, some tables or partitions, or
 * some sections. A table that exists already is an error; metadata is overwritten.
 *
 * ```ts
 * await restoreSnapshot('backups', 'monday', ['runs'], {
 *   wait_for_completion: true,
 *   schema_rename_replacement: 'restored_$1',
 * }).execute(db);
 * await restoreSnapshot('backups', 'monday', { sections: ['views', 'analyzers'] }).execute(db);
 * ```
 *
 * @throws RangeError where there is no table or section, or none of that name
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/restore-snapshot.html
 */
export function restoreSnapshot(
  repository: string,
  snapshot: string,
  what:
    | 'all'
    | 'metadata'
    | readonly TableOrPartition[]
    | { readonly sections: readonly SnapshotSection[] },
  options: RestoreSnapshotOptions = {},
): RawBuilder<unknown> {
  const name = sql.id(repository, snapshot);
  return sql`restore snapshot ${name} ${restored(what)}${withClause(options)}`;
}

/**
 * `drop snapshot repository.snapshot`; what other snapshots need of it stays.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/drop-snapshot.html
 */
export function dropSnapshot(repository: string, snapshot: string): RawBuilder<unknown> {
  return sql`drop snapshot ${sql.id(repository, snapshot)}`;
}

function restored(what: Parameters<typeof restoreSnapshot>[2]): RawBuilder<unknown> {
  if (what === 'all') return sql`all`;
  if (what === 'metadata') return sql`metadata`;
  if (!('sections' in what)) return sql`table ${tablesOrPartitions('restoreSnapshot', what)}`;
  if (what.sections.length === 0) throw new RangeError('restoreSnapshot: no sections');
  return sql.join(
    what.sections.map((section) => keyword('restoreSnapshot: section', section, SECTIONS)),
  );
}
