import {
  type Expression,
  type ExpressionBuilder,
  type ReferenceExpression,
  sql,
  type SqlBool,
} from 'kysely';

/**
 * A multi-get: the condition that a row has one of the given keys.
 *
 * Its form follows from what CrateDB can answer without a REFRESH, and how fast. CrateDB plans an
 * OR of keys as all combinations of the values of each column: what counts is how many columns
 * differ, and from 10,000 combinations on it searches instead. Measured on CrateDB 6.4.3, one node,
 * two cores, p50 in ms; tables of 10,000 rows, one key of two columns (text, text), one of six (text,
 * text, bigint, bigint, double precision, boolean). `*`: a search, which sees only what was
 * refreshed.
 *
 * ```
 * keys (-: not measured)                     1     10    100    1000
 * two columns, one differs
 *   a = $1 AND (b = $2 OR b = $3 …)        0.5    0.7    3.6     216   prepared
 *   a = $1 AND b IN ('x', 'y' …)           0.8    0.9    1.9      16   unprepared
 *   (a = $1 AND b = $2) OR (…)             0.6    1.4    370*  4,717*  prepared
 * two columns differ
 *   (a = $1 AND b = $2) OR (…)               -    0.6      -       -   prepared; 16: 1.3, 64: 51
 *   (a = 'x' AND b = 'y') OR (…)             -    1.1      -   5,838*  unprepared; 64: 12
 *   UNION ALL of gets                        -    1.0      -     264   prepared, no condition; 64: 3.8
 * six columns, four differ
 *   (…) OR (…)                             0.7    112* 1,150*      -   prepared; 3: 7; fails from 64
 *   UNION ALL of gets                        -    1.9      -     411   prepared, no condition; 128: 24
 *   REFRESH, a = ANY($1) AND b = ANY($2) …
 *     AND coalesce((…) OR (…), false)        -      -     31*    397*  prepared
 *   REFRESH, a = ANY($1) AND b = ANY($2) …   -    1.4*     -     6.2*  prepared; some rows too many
 * ```
 *
 * So: up to 16 keys that differ in one column take the OR of parameters, padded to a power of two by
 * repeating the last key, so that five prepared statements serve all lengths; more keys take an IN
 * list of literals, which is a lookup up to 2,499 keys of two columns, 1,249 of three, 155 of six.
 * Keys that differ in several columns take the OR while the combinations are few, else the search
 * (the dialect refreshes before it, as its policy has it). PostgreSQL and PGlite take the same
 * conditions.
 *
 * Where it is a lookup, keep it the only condition of the WHERE: beside an OR, another condition
 * makes it a search.
 *
 * To measure again: insert 10,000 rows into tables with those keys and `refresh_interval = 0`; run
 * each form some 20 times on one connection, with other values each time. Whether it is a lookup
 * shows by whether it finds a row that was never refreshed.
 *
 * @param columns all columns of the primary key
 * @param rows one key each, values in the order of `columns`; null is in no key
 */
export function wholeKeys<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  columns: readonly ReferenceExpression<DB, TB>[],
  rows: readonly (readonly KeyValue[])[],
): Expression<SqlBool> {
  const [first] = rows;
  if (first === undefined) return eb.lit(false);
  const distinct = columns.map((_, index) => [...new Set(rows.map((row) => at(row, index)))]);
  const indexes = columns.map((_, index) => index);
  const differing = indexes.filter((index) => at(distinct, index).length > 1);

  const equal = (index: number, row: readonly KeyValue[]) =>
    eb(at(columns, index), '=', eb.val(at(row, index)) as never);
  const common = indexes
    .filter((index) => !differing.includes(index))
    .map((index) => equal(index, first));

  const [only, ...others] = differing;
  if (only === undefined) return eb.and(common);
  const either = (list: readonly (readonly KeyValue[])[]) =>
    eb.or(list.map((row) => eb.and(differing.map((index) => equal(index, row)))));

  const values = at(distinct, only);
  if (others.length === 0) {
    if (values.length <= MAX_OR_KEYS || !values.every(isLiteral)) {
      return eb.and([...common, either(padded(rows))]);
    }
    const literals = values.map((value) => sql.lit(value));
    return eb.and([...common, eb(at(columns, only), 'in', literals as never)]);
  }

  const branches = padded(rows);
  if ((branches.length + 1) ** differing.length <= MAX_COMBINATIONS) {
    return eb.and([...common, either(branches)]);
  }
  const anyOf = differing.map(
    (index) =>
      sql<SqlBool>`${eb.ref(at(columns, index) as never)} = any(${sql.val(at(distinct, index))})`,
  );
  return eb.and([...common, ...anyOf, sql<SqlBool>`coalesce(${either(branches)}, false)`]);
}

/** What a key column can hold. */
export type KeyValue = string | number | bigint | boolean | Date;

const MAX_OR_KEYS = 16;
/** Combinations of values up to which an OR costs no more than a refresh and a search. */
const MAX_COMBINATIONS = 1000;

function padded<Row>(rows: readonly Row[]): readonly Row[] {
  const size = 2 ** Math.ceil(Math.log2(rows.length));
  const last = rows.at(-1);
  if (last === undefined) return rows;
  return [...rows, ...new Array<Row>(size - rows.length).fill(last)];
}

function isLiteral(value: unknown): value is string | number | bigint | boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

function at<Item>(list: readonly Item[], index: number): Item {
  const item = list[index];
  if (item === undefined) throw new RangeError('wholeKeys: a key has fewer values than columns');
  return item;
}
