import { ColumnDefinitionBuilder, ColumnDefinitionNode, type RawBuilder, sql } from 'kysely';

import type { ColumnOption } from './column-options.js';
import { keyword } from './keywords.js';
import { type StoredType, typeExpression } from './types.js';

/**
 * What happens to a key that has no column: `dynamic` makes one, `strict` refuses the row,
 * `ignored` keeps it without indexing it.
 */
export type ColumnPolicy = 'dynamic' | 'strict' | 'ignored';

const POLICIES: readonly ColumnPolicy[] = ['dynamic', 'strict', 'ignored'];

/** A column inside of an object, with constraints; as {@link subColumn} makes it. */
export interface SubColumn {
  readonly type: StoredType;
  readonly build: ColumnOption;
}

/** The columns of an object, by their names. */
export type ObjectColumns = Readonly<Record<string, StoredType | SubColumn>>;

/**
 * `object(policy) as (…)`, to any depth.
 *
 * ```ts
 * .addColumn('address', object('strict', {
 *   city: 'text',
 *   zip: subColumn('text', (column) => column.notNull()),
 *   place: object('dynamic', { point: geoPoint() }),
 * }))
 * ```
 *
 * @param policy default: CrateDB's, which is `dynamic`
 * @param columns may be none
 * @throws RangeError for a policy or a type that there isn't
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/data-types.html#type-object
 */
export function object(
  policy?: ColumnPolicy,
  columns: ObjectColumns = {},
): RawBuilder<Readonly<Record<string, unknown>>> {
  const inParentheses =
    policy === undefined ? sql`` : sql`(${keyword('object: policy', policy, POLICIES)})`;
  const definitions = Object.entries(columns).map(([name, column]) => definition(name, column));
  const as = definitions.length === 0 ? sql`` : sql` as (${sql.join(definitions)})`;
  return sql`object${inParentheses}${as}`;
}

/**
 * A column inside of {@link object} with constraints or options.
 *
 * @param build as the third argument of Kysely's `addColumn`
 */
export function subColumn(type: StoredType, build: ColumnOption): SubColumn {
  return { type, build };
}

function definition(name: string, column: StoredType | SubColumn): ColumnDefinitionBuilder {
  const { type, build } = isSubColumn(column) ? column : { type: column, build: undefined };
  const node = ColumnDefinitionNode.create(name, typeExpression(type).toOperationNode());
  const builder = new ColumnDefinitionBuilder(node);
  return build === undefined ? builder : build(builder);
}

function isSubColumn(column: StoredType | SubColumn): column is SubColumn {
  return typeof column === 'object' && 'build' in column;
}
