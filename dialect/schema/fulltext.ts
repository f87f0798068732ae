import { type CreateTableBuilder, type OperationNodeSource, sql } from 'kysely';

import type { ColumnOption } from './column-options.js';
import { withClause } from './properties.js';
import type { TableClause } from './table-clause.js';

/**
 * `index using fulltext with (analyzer = …)`: the column's text, cut into terms for MATCH. For
 * columns of type `text` without a length, and arrays of them.
 *
 * ```ts
 * .addColumn('body', 'text', fulltextIndex('english'))
 * ```
 *
 * @param analyzer built in, or made by {@link createAnalyzer}; default of CrateDB: `standard`
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/fulltext-indices.html
 */
export function fulltextIndex(analyzer?: string): ColumnOption {
  return (column) => column.modifyEnd(sql`index using fulltext${withClause({ analyzer })}`);
}

/**
 * `index name using fulltext (a, b) with (analyzer = …)`: several columns under one name for MATCH,
 * or one column a second time with another analyzer.
 *
 * ```ts
 * .$call(namedFulltextIndex('article', ['title', 'body'], { analyzer: 'english' }))
 * ```
 *
 * @param columns of type `text` or arrays of it; columns of objects by {@link columnPath}
 * @throws RangeError where no column is named
 * @see https://cratedb.com/docs/crate/reference/en/latest/general/ddl/fulltext-indices.html#sql-ddl-composite-index
 */
export function namedFulltextIndex<Column extends string>(
  name: string,
  columns: readonly Column[],
  options: { readonly analyzer?: string } = {},
): TableClause<Column> {
  if (columns.length === 0) throw new RangeError('namedFulltextIndex: no columns');
  const list = sql.join(columns.map((column) => sql.id(column)));
  const index = sql`index ${sql.id(name)} using fulltext (${list})${withClause(options)}`;
  return (builder) => addTableElement(builder, index);
}

type ConstraintCallback = NonNullable<
  Parameters<CreateTableBuilder<string>['addPrimaryKeyConstraint']>[2]
>;

/**
 * Kysely has no hook for what stands between the parentheses and is neither column nor constraint,
 * but it takes whatever node the callback of a constraint hands back.
 */
function addTableElement<Table extends string, Columns extends string>(
  builder: CreateTableBuilder<Table, Columns>,
  element: OperationNodeSource,
): CreateTableBuilder<Table, Columns> {
  return builder.addPrimaryKeyConstraint('', [], (() => element) as unknown as ConstraintCallback);
}
