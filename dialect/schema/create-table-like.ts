import { type RawBuilder, sql } from 'kysely';

import { keyword } from './keywords.js';

/** What is copied besides names, types and NOT NULL. */
export type LikeOption = 'all' | 'constraints' | 'defaults' | 'generated' | 'indexes' | 'storage';

const LIKE_OPTIONS: readonly LikeOption[] = [
  'all',
  'constraints',
  'defaults',
  'generated',
  'indexes',
  'storage',
];

/** How {@link createTableLike} goes about it. */
export interface CreateTableLikeOptions {
  readonly ifNotExists?: boolean;
  readonly including?: readonly LikeOption[];
  readonly excluding?: readonly LikeOption[];
}

/**
 * `create table … (like source including …)`: an empty table with the columns of another. Shards
 * and partitions are always copied; the primary key only with `constraints` or `all`.
 *
 * ```ts
 * await createTableLike('runs_new', 'runs', { including: ['all'] }).execute(db);
 * ```
 *
 * @throws RangeError for an option that there isn't
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-table-like.html
 */
export function createTableLike(
  table: string,
  source: string,
  options: CreateTableLikeOptions = {},
): RawBuilder<unknown> {
  const { ifNotExists = false, including = [], excluding = [] } = options;
  const word = (option: LikeOption) => keyword('createTableLike: option', option, LIKE_OPTIONS);
  const parts = [
    sql`like ${sql.table(source)}`,
    ...including.map((option) => sql`including ${word(option)}`),
    ...excluding.map((option) => sql`excluding ${word(option)}`),
  ];
  const exists = ifNotExists ? sql`if not exists ` : sql``;
  return sql`create table ${exists}${sql.table(table)} (${sql.join(parts, sql` `)})`;
}
