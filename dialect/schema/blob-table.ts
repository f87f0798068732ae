import { type RawBuilder, sql } from 'kysely';

import { wholeNumber } from './keywords.js';
import { propertyList, withClause } from './properties.js';
import type { ShardOptions } from './table-options.js';

/** Parameters of a blob table. */
export interface BlobTableOptions {
  /** A number, or a range such as `0-1`. */
  readonly number_of_replicas?: number | string;
  /** Where the server keeps the blobs, in place of its data folder; only when it is created. */
  readonly blobs_path?: string;
  readonly [other: string]: string | number | boolean | undefined;
}

/** A blob table, as {@link blobTables} lists it. */
export interface BlobTable {
  readonly name: string;
  readonly number_of_shards: number;
  readonly number_of_replicas: string;
  /** On the server. */
  readonly blobs_path: string;
}

/**
 * `create blob table`: files by the SHA-1 of their content, which are written, read and deleted
 * over HTTP at `/_blobs/<table>/<digest>`. All blob tables are in the schema `blob`; what is in one
 * is listed by `db.selectFrom('blob.<name>').select(['digest', 'last_modified'])`.
 *
 * ```ts
 * await createBlobTable('images', { shards: 2, options: { number_of_replicas: 1 } }).execute(db);
 * ```
 *
 * There is no IF NOT EXISTS.
 *
 * @throws RangeError where `shards` is no number of shards
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-blob-table.html
 */
export function createBlobTable(
  name: string,
  { shards, options = {} }: ShardOptions & { readonly options?: BlobTableOptions } = {},
): RawBuilder<unknown> {
  const into =
    shards === undefined
      ? sql``
      : sql` clustered into ${wholeNumber('createBlobTable: shards', shards)} shards`;
  return sql`create blob table ${blobTable(name)}${into}${withClause(options)}`;
}

/**
 * `alter blob table … set (…)`.
 *
 * @throws RangeError where there is no option
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/alter-table.html
 */
export function setBlobTableOptions(name: string, options: BlobTableOptions): RawBuilder<unknown> {
  const list = propertyList(options);
  if (list === undefined) throw new RangeError('setBlobTableOptions: no options');
  return sql`alter blob table ${blobTable(name)} set (${list})`;
}

/**
 * `drop blob table`, with all blobs in it.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/blobs.html
 */
export function dropBlobTable(
  name: string,
  options: { readonly ifExists?: boolean } = {},
): RawBuilder<unknown> {
  const exists = options.ifExists === true ? sql`if exists ` : sql``;
  return sql`drop blob table ${exists}${blobTable(name)}`;
}

/**
 * All blob tables, by name.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/information-schema.html#tables
 */
export function blobTables(): RawBuilder<BlobTable> {
  return sql<BlobTable>`${sql.raw(BLOB_TABLES)}`;
}

const BLOB_TABLES = `select table_name as name, number_of_shards, number_of_replicas, blobs_path
from information_schema.tables
where table_schema = 'blob'
order by table_name`;

/** Always with its schema: the configured one is that of the other tables. */
function blobTable(name: string): RawBuilder<unknown> {
  return sql.id('blob', name);
}
