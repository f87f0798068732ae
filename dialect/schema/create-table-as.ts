import {
  type CreateTableBuilder,
  type Expression,
  ExpressionWrapper,
  OperationNodeTransformer,
  type PrimitiveValueListNode,
  ValueListNode,
  ValueNode,
} from 'kysely';

/**
 * `create table … as select …`, for Kysely's `$call`, in place of its `as`: CrateDB takes no
 * parameters there, so the query's values are written into it.
 *
 * ```ts
 * db.schema.createTable('recent')
 *   .$call(asSelect(db.selectFrom('runs').selectAll().where('start_time', '>', 1700000000000)))
 * ```
 *
 * The table has the types of the query's columns and no primary key.
 *
 * @throws RangeError where the table already has columns or clauses
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/statements/create-table-as.html
 */
export function asSelect(
  query: Expression<unknown>,
): <Table extends string>(builder: CreateTableBuilder<Table>) => CreateTableBuilder<Table> {
  return (builder) => {
    const { columns, constraints = [], endModifiers = [] } = builder.toOperationNode();
    if (columns.length + constraints.length + endModifiers.length > 0) {
      throw new RangeError('asSelect: CREATE TABLE … AS takes neither columns nor clauses');
    }
    const node = new LiteralValues().transformNode(query.toOperationNode());
    return builder.as(new ExpressionWrapper<unknown, never, unknown>(node));
  };
}

/** Turns every parameter into a literal. */
class LiteralValues extends OperationNodeTransformer {
  protected override transformValue(node: ValueNode): ValueNode {
    return ValueNode.createImmediate(node.value);
  }

  protected override transformPrimitiveValueList(
    node: PrimitiveValueListNode,
  ): PrimitiveValueListNode {
    const list = ValueListNode.create(node.values.map((value) => ValueNode.createImmediate(value)));
    // Where the one may stand, so may the other.
    return list as unknown as PrimitiveValueListNode;
  }
}
