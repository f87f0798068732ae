import type { OperationNode } from 'kysely';

import { CHANGE_REFUSALS } from './refusals/changes.js';
import { EXPRESSION_REFUSALS } from './refusals/expressions.js';
import { QUERY_REFUSALS } from './refusals/queries.js';
import { refused } from './refusals/rule.js';
import { SCHEMA_REFUSALS } from './refusals/schema.js';

export {
  CONFLICT_WHERE,
  CORRELATED_CHANGE,
  DEFAULT_VALUES,
  SUBQUERY_IN_DO_UPDATE,
  SUBQUERY_IN_RETURNING,
  VALUE_WITHOUT_LITERAL,
} from './refusals/changes.js';
export { CORRELATED_TWICE, DISTINCT_ON, ROW_LOCKS } from './refusals/queries.js';
export { type Refusal, refused } from './refusals/rule.js';
export { MATERIALIZED_VIEWS } from './refusals/schema.js';

const REFUSALS = new Map([
  ...QUERY_REFUSALS,
  ...EXPRESSION_REFUSALS,
  ...CHANGE_REFUSALS,
  ...SCHEMA_REFUSALS,
]);

/** @throws NotSupportedError where CrateDB can't do what the node stands for */
export function refuseUnsupported(node: OperationNode, parent: OperationNode | undefined): void {
  const rules = REFUSALS.get(node.kind);
  if (rules === undefined) return;
  const refusal =
    typeof rules === 'function'
      ? rules(node, parent)
      : rules.find(({ when }) => when === undefined || when(node, parent));
  if (refusal !== undefined) throw refused(refusal);
}
