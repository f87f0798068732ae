import type {
  DeleteQueryNode,
  InsertQueryNode,
  OperationNode,
  RootOperationNode,
  SelectQueryNode,
  UpdateQueryNode,
} from 'kysely';

export type AnyQueryNode = SelectQueryNode | InsertQueryNode | UpdateQueryNode | DeleteQueryNode;

/** The nodes directly below, whatever the kind of node. */
export function* childNodes(node: OperationNode | RootOperationNode): Generator<OperationNode> {
  // What they hold are the user's values, which may look like nodes.
  if (node.kind === 'ValueNode' || node.kind === 'PrimitiveValueListNode') return;
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) if (isNode(item)) yield item;
    } else if (isNode(value)) {
      yield value;
    }
  }
}

function isNode(value: unknown): value is OperationNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    value.kind.endsWith('Node')
  );
}
