import { type RawBuilder, sql } from 'kysely';

import { parameterList } from './properties.js';

/** What every repository knows; rates in bytes a second, or texts such as `40mb`; 0 is no limit. */
export interface RepositorySettings {
  readonly max_restore_bytes_per_sec?: number | string;
  readonly max_snapshot_bytes_per_sec?: number | string;
  readonly [other: string]: string | number | boolean | undefined;
}

/** A folder that every node sees, inside of `path.repo` of the server's configuration. */
export interface FsRepository extends RepositorySettings {
  readonly location: string;
  readonly compress?: boolean;
  readonly chunk_size?: number | string;
}

/** Amazon S3, or what speaks its protocol. */
export interface S3Repository extends RepositorySettings {
  readonly bucket: string;
  readonly base_path?: string;
  readonly access_key?: string;
  readonly secret_key?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly protocol?: 'http' | 'https';
  readonly compress?: boolean;
  readonly chunk_size?: number | string;
  readonly readonly?: boolean;
  readonly server_side_encryption?: boolean;
}

/** Settings by the type of repository. */
export interface RepositoryTypes {
  readonly fs: FsRepository;
  readonly s3: S3Repository;
  readonly azure: RepositorySettings;
  readonly gcs: RepositorySettings;
  readonly url: RepositorySettings & { readonly url: string };
}

/**
 * `create repository`: a place for snapshots, known to the whole cluster. Its settings are sent as
 * parameters, so that keys are in no text of a statement.
 *
 * ```ts
 * await createRepository('backups', 'fs', { location: '/mnt/backups' }).execute(db);
 * await createRepository('offsite', 's3', { bucket, access_key, secret_key }).execute(db);
 * ```
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-repository.html
 */
export function createRepository<Type extends keyof RepositoryTypes>(
  name: string,
  type: Type,
  settings: RepositoryTypes[Type],
): RawBuilder<unknown> {
  const list = parameterList(settings);
  const clause = list === undefined ? sql`` : sql` with (${list})`;
  return sql`create repository ${sql.id(name)} type ${sql.id(type)}${clause}`;
}

/**
 * `alter repository … set (…)`; its type can't be changed.
 *
 * @throws RangeError where there is no setting
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-repository.html
 */
export function setRepositorySettings(
  name: string,
  settings: RepositorySettings,
): RawBuilder<unknown> {
  const list = parameterList(settings);
  if (list === undefined) throw new RangeError('setRepositorySettings: no settings');
  return sql`alter repository ${sql.id(name)} set (${list})`;
}

/**
 * `alter repository … reset (…)`: back to the defaults.
 *
 * @throws RangeError where no setting is named
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-repository.html
 */
export function resetRepositorySettings(
  name: string,
  settings: readonly string[],
): RawBuilder<unknown> {
  if (settings.length === 0) throw new RangeError('resetRepositorySettings: no settings');
  const list = sql.join(settings.map((setting) => sql.id(setting)));
  return sql`alter repository ${sql.id(name)} reset (${list})`;
}

/**
 * `drop repository`: the cluster forgets it; the snapshots in it stay. There is no IF EXISTS.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/drop-repository.html
 */
export function dropRepository(name: string): RawBuilder<unknown> {
  return sql`drop repository ${sql.id(name)}`;
}
