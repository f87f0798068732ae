import {
  type InsertQueryNode,
  OperationNodeTransformer,
  type PrimitiveValueListNode,
  type ValueNode,
} from 'kysely';

/** Stands for a value that comes with the execution. */
export class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  valueIn(values: Readonly<Record<string, unknown>>): unknown {
    const value = values[this.name];
    if (value === undefined) throw new RangeError(`The value of '${this.name}' is missing.`);
    return value;
  }
}

/** Puts values in the place of placeholders. */
export class FillPlaceholders extends OperationNodeTransformer {
  #values: Readonly<Record<string, unknown>> = {};

  with(node: InsertQueryNode, values: Readonly<Record<string, unknown>>): InsertQueryNode {
    this.#values = values;
    return this.transformNode(node);
  }

  protected override transformValue(node: ValueNode): ValueNode {
    return node.value instanceof Placeholder
      ? { ...node, value: node.value.valueIn(this.#values) }
      : node;
  }

  protected override transformPrimitiveValueList(
    node: PrimitiveValueListNode,
  ): PrimitiveValueListNode {
    return {
      ...node,
      values: node.values.map((value) =>
        value instanceof Placeholder ? value.valueIn(this.#values) : value,
      ),
    };
  }
}
