import { type AnyColumn, type GetColumnData, type SQL, sql, type SQLWrapper } from 'drizzle-orm';

type DataOf<Source> = Source extends AnyColumn
  ? NonNullable<GetColumnData<Source>>
  : Source extends SQL<infer Data>
    ? NonNullable<Data>
    : never;

type At<Data, Path> = Path extends readonly [infer Key, ...infer Rest]
  ? Key extends keyof NonNullable<Data>
    ? At<NonNullable<Data>[Key], Rest>
    : unknown
  : Data;

/**
 * A value inside of an object column: `subscript(runs.env, 'python', 'version')` is
 * `"runs"."env"['python']['version']`. Null where a key is missing.
 *
 * It comes as CrateDB sends it: a timestamp inside of an object as a Date, an integer of 64 bits as
 * the instance's `bigint` option has it; `.mapWith(…)` decodes otherwise.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/dql/selects.html#objects
 */
export function subscript<Source extends SQLWrapper, const Path extends readonly string[]>(
  source: Source,
  ...path: Path
): SQL<At<DataOf<Source>, Path> | null> {
  const keys = path.map((key) => sql.raw(`['${key.replaceAll("'", "''")}']`));
  return sql`${source}${sql.join(keys)}`;
}
