import {
  type Expression,
  type ExpressionBuilder,
  type RawBuilder,
  sql,
  type SqlBool,
} from 'kysely';

import { wholeNumber } from '../schema/keywords.js';
import { type Reference, toExpression } from './reference.js';

/** As many numbers as the column has dimensions, or an expression that gives them. */
export type Vector = readonly number[] | Float32Array | Expression<readonly number[] | null>;

/**
 * `knn_match(column, target, k)`: the k nearest vectors of each shard, in a WHERE, by Euclidean
 * distance. So it is k rows per shard at most: add `.orderBy(systemColumn('_score'),
 * 'desc').limit(k)`.
 *
 * ```ts
 * db.selectFrom('documents')
 *   .select(['id', systemColumn('_score').as('score')])
 *   .where((eb) => knnMatch(eb, 'embedding', target, 10))
 *   .orderBy(systemColumn('_score'), 'desc')
 *   .limit(10)
 * ```
 *
 * Other conditions are applied to what it finds, and so may leave fewer than k. Beside a condition
 * on the whole primary key, CrateDB 6.4 refuses it.
 *
 * @throws RangeError where `k` is no whole number, 1 or more
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#knn-match-float-vector-float-vector-int
 */
export function knnMatch<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: Reference<DB, TB>,
  target: Vector,
  k: number,
): RawBuilder<SqlBool> {
  const count = wholeNumber('knnMatch: k', k);
  return sql`knn_match(${toExpression(eb, column)}, ${toVector(target)}, ${count})`;
}

/**
 * `vector_similarity(a, b)`: 1 / (1 + the square of the Euclidean distance), from 0 to 1 for equal
 * vectors. It is computed for every row; to find the nearest, use {@link knnMatch}, whose `_score`
 * is the same number.
 *
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/builtins/scalar-functions.html#vector-similarity-float-vector-float-vector
 */
export function vectorSimilarity<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: Reference<DB, TB>,
  target: Vector,
): RawBuilder<number | null> {
  return sql`vector_similarity(${toExpression(eb, column)}, ${toVector(target)})`;
}

function toVector(target: Vector): Expression<unknown> {
  if ('toOperationNode' in target) return target;
  return sql.val(Array.from(target));
}
