import { type CreateTableBuilder, type Expression, type OperationNode, RawNode } from 'kysely';

/**
 * For Kysely's `$call` on `createTable`, after the columns that it names: where one of them isn't
 * there, it doesn't compile.
 */
export type TableClause<Column extends string = never> = <
  Table extends string,
  Columns extends string,
>(
  builder: CreateTableBuilder<Table, Columns> & Has<Columns, Column>,
) => CreateTableBuilder<Table, Columns>;

/** Unknown, which asks for nothing, where all are columns, or columns of objects. */
type Has<Columns extends string, Column extends string> = [Column] extends [
  Columns | `${Columns}[${string}]`,
]
  ? unknown
  : { readonly 'not a column of the table': Exclude<Column, Columns> };

/** The clauses after the columns. */
export type ClauseName = 'clustered' | 'partitioned by' | 'with';

/**
 * Adds a clause after the columns, and refuses what CrateDB's grammar would: WITH is the last, none
 * comes twice, and CREATE TABLE … AS takes none.
 *
 * @param clause its text begins with its name
 * @throws RangeError
 */
export function addClause<Table extends string, Columns extends string>(
  builder: CreateTableBuilder<Table, Columns>,
  name: ClauseName,
  clause: Expression<unknown>,
): CreateTableBuilder<Table, Columns> {
  const { selectQuery, endModifiers = [] } = builder.toOperationNode();
  if (selectQuery !== undefined) {
    throw new RangeError(
      `CREATE TABLE … AS takes no ${name.toUpperCase()}. Create the table, then INSERT … SELECT.`,
    );
  }
  if (endModifiers.some((node) => isClause(node, name))) {
    throw new RangeError(`CREATE TABLE takes ${name.toUpperCase()} once`);
  }
  if (endModifiers.some((node) => isClause(node, 'with'))) {
    throw new RangeError(
      `CREATE TABLE takes ${name.toUpperCase()} before WITH: call tableOptions(…) last`,
    );
  }
  return builder.modifyEnd(clause);
}

function isClause(node: OperationNode, name: ClauseName): boolean {
  if (!RawNode.is(node)) return false;
  const text = node.sqlFragments[0] ?? '';
  return text.trimStart().toLowerCase().startsWith(name);
}
