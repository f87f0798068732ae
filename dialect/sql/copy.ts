import {
  type Expression,
  type ExpressionBuilder,
  expressionBuilder,
  type Kysely,
  type RawBuilder,
  sql,
  type SqlBool,
} from 'kysely';

import { type PartitionValues, tableOrPartition } from '../schema/partition.js';
import { rowsOf } from './execute.js';
import { type Reference, toExpression } from './reference.js';
import { withOptions } from './value.js';

/** A table of the database, or one partition of it. */
export type CopyTarget<Table extends string> =
  Table | { readonly table: Table; readonly partition: PartitionValues };

/** Where files are, for both directions. */
interface StorageOptions {
  /** For `s3:` and `az:`. Default: `https`. */
  readonly protocol?: 'http' | 'https';
  /** For `az:`, the account's key. */
  readonly key?: string;
  /** For `az:`, instead of the key. */
  readonly sas_token?: string;
  readonly compression?: 'gzip';
}

/** Options of COPY FROM, by CrateDB's own names. */
export interface CopyFromOptions extends StorageOptions {
  /** Default: by the file's name, else `json`, one object a line. */
  readonly format?: 'json' | 'csv';
  /** Columns in the order of a CSV file; without a header, all of the table. */
  readonly columns?: readonly string[];
  /** Whether the first line of a CSV file names the columns. Default: true. */
  readonly header?: boolean;
  /** Between the values of a CSV file: one byte. Default: `,`. */
  readonly delimiter?: string;
  /** Of a CSV file, whether an empty text is a null. Default: false. */
  readonly empty_string_as_null?: boolean;
  /** Whether a row replaces the one of the same key; else it is an error. Default: false. */
  readonly overwrite_duplicates?: boolean;
  /** Whether the first error ends it, as an error; what was written stays. Default: false. */
  readonly fail_fast?: boolean;
  /** Whether several nodes see the same files, and each is to be read once. Default: by the URI. */
  readonly shared?: boolean;
  /** Which nodes read: regular expressions. */
  readonly node_filters?: { readonly name?: string; readonly id?: string };
  /** How many nodes read. Default: all. */
  readonly num_readers?: number;
  /** Rows at once. Default: 10,000. */
  readonly bulk_size?: number;
}

/** One way in which lines failed. */
export interface CopyError {
  readonly message: string;
  readonly count: number;
  /** From 1 on; the first of them, up to 50. None where the file itself couldn't be read. */
  readonly lines: readonly number[];
}

/** One file on one node. */
export interface CopiedFile {
  readonly node: { readonly id: string; readonly name: string };
  readonly uri: string;
  /** Rows that were written. */
  readonly written: number;
  /** Rows that were not. */
  readonly failed: number;
  readonly errors: readonly CopyError[];
}

/** What became of the files' rows. */
export interface CopySummary {
  readonly written: number;
  readonly failed: number;
  /** Files that couldn't be read at all count as one error each, and no failed row. */
  readonly errors: number;
  readonly files: readonly CopiedFile[];
}

interface SummaryRow {
  readonly node: { readonly id: string; readonly name: string };
  readonly uri: string;
  readonly success_count: unknown;
  readonly error_count: unknown;
  readonly errors: Readonly<
    Record<string, { readonly count: number; readonly line_numbers: readonly number[] }>
  >;
}

/**
 * `COPY table FROM uri … RETURN SUMMARY`: the server reads files, and tells of each which lines it
 * refused. Files of which some or all rows fail are no error: look at the summary.
 *
 * ```ts
 * const { written, files } = await copyFrom(db, 'readings', 'file:///data/2026-*.json');
 * for (const { uri, errors } of files) {
 *   for (const { message, lines } of errors) console.warn(`${uri}: ${message} (${lines.join()})`);
 * }
 * ```
 *
 * URIs and options that are texts go as parameters, so that secrets in them stand in no text of a
 * statement. Only the superuser may read `file:`, which means the server's own files.
 *
 * @param from `file:`, `s3:`, `az:`, `http:` …, with `*` for the first two; one or several
 * @throws RangeError where there are no URIs
 * @throws CrateError where the statement fails, or the first row does with `fail_fast`
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/copy-from.html
 */
export async function copyFrom<DB, Table extends keyof DB & string>(
  db: Kysely<DB>,
  target: CopyTarget<Table>,
  from: string | readonly string[],
  options: CopyFromOptions = {},
): Promise<CopySummary> {
  const rows = await rowsOf(db, copyFromStatement(target, from, options));
  const files = rows.map(toCopiedFile);
  const sum = (count: (file: CopiedFile) => number) =>
    files.reduce((total, file) => total + count(file), 0);
  return {
    written: sum(({ written }) => written),
    failed: sum(({ failed }) => failed),
    errors: sum(({ errors }) => errors.reduce((total, { count }) => total + count, 0)),
    files,
  };
}

function copyFromStatement(
  target: CopyTarget<string>,
  from: string | readonly string[],
  { columns, ...options }: CopyFromOptions,
): RawBuilder<SummaryRow> {
  const uris = typeof from === 'string' ? [from] : from;
  if (uris.length === 0) throw new RangeError('copyFrom: no URIs');
  const list =
    columns === undefined ? sql`` : sql` (${sql.join(columns.map((name) => sql.id(name)))})`;
  const source = sql` from [${sql.join(uris)}]${withOptions(options)}`;
  return sql`copy ${tableOrPartition(target)}${list}${source} return summary`;
}

function toCopiedFile(row: SummaryRow): CopiedFile {
  return {
    node: row.node,
    uri: row.uri,
    written: Number(row.success_count ?? 0),
    failed: Number(row.error_count ?? 0),
    errors: Object.entries(row.errors).map(([message, { count, line_numbers: lines }]) => ({
      message,
      count,
      lines,
    })),
  };
}

/** Options of COPY TO, by CrateDB's own names. */
export interface CopyToOptions<DB, Table extends keyof DB> extends StorageOptions {
  /**
   * Columns and expressions; `columns: ['id', 'name']` gives lines of JSON arrays, which
   * {@link copyFrom} doesn't read. Default: all, as objects.
   */
  readonly columns?:
    | readonly Reference<DB, Table>[]
    | ((eb: ExpressionBuilder<DB, Table>) => readonly Reference<DB, Table>[]);
  /** Which rows: a condition on columns that are named without their table. Default: all. */
  readonly where?: (eb: ExpressionBuilder<DB, Table>) => Expression<SqlBool>;
  /** Default: `json_object`, one a line; with columns, `json_array`. */
  readonly format?: 'json_object' | 'json_array';
  /** Whether to wait for the end of it. Default: true. */
  readonly wait_for_completion?: boolean;
}

/**
 * `COPY table TO DIRECTORY uri`: each node writes the rows of its shards to files in that
 * directory. It reads what a search reads: the dialect refreshes the table before, as its policy
 * says.
 *
 * ```ts
 * await copyTo(db, 'readings', 's3://bucket/export', {
 *   where: (eb) => eb('ts', '<', start),
 *   compression: 'gzip',
 * });
 * ```
 *
 * The URI and options that are texts go as parameters, so that secrets in them stand in no text of
 * a statement.
 *
 * @param directory has to exist on each node, if it is a `file:`
 * @throws CrateError
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/copy-to.html
 */
export async function copyTo<DB, Table extends keyof DB & string>(
  db: Kysely<DB>,
  target: CopyTarget<Table>,
  directory: string,
  { columns, where, ...options }: CopyToOptions<DB, Table> = {},
): Promise<void> {
  const eb = expressionBuilder<DB, Table>();
  const selected = typeof columns === 'function' ? columns(eb) : columns;
  const list =
    selected === undefined
      ? sql``
      : sql` (${sql.join(selected.map((column) => toExpression(eb, column)))})`;
  const condition = where === undefined ? sql`` : sql` where ${where(eb)}`;
  const to = sql` to directory ${directory}${withOptions(options)}`;
  await rowsOf(db, sql`copy ${tableOrPartition(target)}${list}${condition}${to}`);
}
