import {
  type Expression,
  type ExpressionBuilder,
  type RawBuilder,
  sql,
  type SqlBool,
} from 'kysely';

import { keyword } from '../schema/keywords.js';
import { type Reference, toExpression } from './reference.js';
import { finite, withOptions } from './value.js';

/** A column with a weight: matches in it count that much more than in the others. */
export interface BoostedColumn<DB, TB extends keyof DB> {
  readonly column: Reference<DB, TB>;
  /** Default: 1. */
  readonly boost: number;
}

/** A column with a fulltext index; a named index, by `sql.ref('name')`. */
export type MatchColumn<DB, TB extends keyof DB> = Reference<DB, TB> | BoostedColumn<DB, TB>;

/** Options of every match type, by CrateDB's own names. */
interface AnyMatch {
  /** For the query: has to be the one of the index. */
  readonly analyzer?: string;
  /** What the score of this match is multiplied with. Default: 1. */
  readonly boost?: number;
  /** Edits (insert, delete, change of a character) that a term may be away, or `AUTO`. */
  readonly fuzziness?: number | 'AUTO';
  /** How many characters at the start must be the same, with fuzziness: 1 or more. Default: 0. */
  readonly prefix_length?: number;
  /** How many terms a fuzzy term or a prefix stands for at most. Default: 50. */
  readonly max_expansions?: number;
  /** What matches if the analyzer leaves nothing of the query. Default: `none`. */
  readonly zero_terms_query?: 'none' | 'all';
}

/** The terms of the query, in any order. */
interface FieldsMatch extends AnyMatch {
  /**
   * `best_fields`, the default: the score of the column that fits best. `most_fields`: that of all.
   * `cross_fields`: the columns are searched as one.
   */
  readonly using?: 'best_fields' | 'most_fields' | 'cross_fields';
  /** Whether all terms must be there. Default: `or`. */
  readonly operator?: 'or' | 'and';
  /**
   * With `or`, how many: a number, or a text such as `75%`; beside `and`, nothing matches.
   * Default: 1.
   */
  readonly minimum_should_match?: number | string;
  /** Terms in more of the documents than this share count only beside rarer ones. */
  readonly cutoff_frequency?: number;
}

/** The terms in the order of the query. */
interface PhraseMatch extends AnyMatch {
  readonly using: 'phrase';
  /** How many moves of terms are allowed, 1 or more; 2 interchange two of them. Default: 0. */
  readonly slop?: number;
  /** Part of the other columns' score that is added. Default: 0. */
  readonly tie_breaker?: number;
}

/** As a phrase, but the last term may go on. */
interface PhrasePrefixMatch extends Omit<PhraseMatch, 'using'> {
  readonly using: 'phrase_prefix';
  /** How the score of the prefix is computed, e.g. `constant_score_boolean`. */
  readonly rewrite?: string;
}

export type MatchOptions = FieldsMatch | PhraseMatch | PhrasePrefixMatch;
export type MatchType = NonNullable<MatchOptions['using']>;

const MATCH_TYPES: readonly MatchType[] = [
  'best_fields',
  'most_fields',
  'cross_fields',
  'phrase',
  'phrase_prefix',
];

/**
 * `match((column boost, …), query) using type with (options)`: a fulltext search, in a WHERE. How
 * well a row fits is `systemColumn('_score')`.
 *
 * ```ts
 * db.selectFrom('notes')
 *   .select(['title', systemColumn('_score').as('score')])
 *   .where((eb) => match(eb, [{ column: 'title', boost: 2 }, 'body'], 'fox', { fuzziness: 1 }))
 *   .orderBy(systemColumn('_score'), 'desc')
 *   .limit(10)
 * ```
 *
 * The columns need a fulltext index (`fulltextIndex`, `namedFulltextIndex`); without one, it is an
 * equality. Beside a condition on the whole primary key, CrateDB 6.4 refuses it.
 *
 * @param columns one, or several with or without a boost
 * @param query analyzed like the column's text
 * @throws RangeError where there are no columns, or for a boost that is no finite number
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/dql/fulltext.html
 */
export function match<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  columns: MatchColumn<DB, TB> | readonly MatchColumn<DB, TB>[],
  query: string | Expression<string>,
  options: MatchOptions = {},
): RawBuilder<SqlBool> {
  const list = isList(columns) ? columns : [columns];
  if (list.length === 0) throw new RangeError('match: no columns');
  const targets = sql.join(list.map((column) => target(eb, column)));
  const { using, ...others } = options;
  const settings = withOptions(others);
  const type =
    using === undefined && Object.keys(others).length === 0
      ? sql``
      : sql` using ${keyword('match: using', using ?? 'best_fields', MATCH_TYPES)}${settings}`;
  const term = typeof query === 'string' ? sql.val(query) : query;
  return sql`match((${targets}), ${term})${type}`;
}

function isList<DB, TB extends keyof DB>(
  columns: MatchColumn<DB, TB> | readonly MatchColumn<DB, TB>[],
): columns is readonly MatchColumn<DB, TB>[] {
  return Array.isArray(columns);
}

function target<DB, TB extends keyof DB>(
  eb: ExpressionBuilder<DB, TB>,
  column: MatchColumn<DB, TB>,
): Expression<unknown> {
  if (typeof column === 'string' || !('boost' in column)) return toExpression(eb, column);
  // A parameter can't stand here.
  return sql`${toExpression(eb, column.column)} ${finite('match: boost', column.boost)}`;
}
