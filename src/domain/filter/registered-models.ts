import { invalidParameter } from '../errors.js';
import { pythonSet } from '../python-text.js';
import type { RegisteredModelClause, RegisteredModelOrdering } from './ast.js';
import { parseOrderByClause } from './order-by.js';
import { parseComparisons } from './parse.js';
import { readRegistryClause } from './registry-clause.js';
import { STRING_COMPARATORS } from './values.js';

/**
 * MLflow's filter over registered models, for example `name LIKE 'a%' AND tags.team = 'x'`.
 *
 * @throws INVALID_PARAMETER_VALUE with MLflow's text.
 * @see https://mlflow.org/docs/latest/ml/model-registry/
 */
export function parseRegisteredModelFilter(
  filter: string | undefined,
): readonly RegisteredModelClause[] {
  const attributes = { name: STRING_COMPARATORS };
  return parseComparisons(filter, { quoteInvalid: false })
    .map((comparison) => readRegistryClause(comparison, attributes))
    .map((finish) => finish());
}

/**
 * MLflow's order of registered models. A key that comes again adds nothing.
 * @throws INVALID_PARAMETER_VALUE with MLflow's text.
 */
export function parseRegisteredModelOrderBy(
  orderBy: readonly string[] | undefined,
): readonly RegisteredModelOrdering[] {
  const seen = new Set<string>();
  return (orderBy ?? []).flatMap((clause) => {
    const { entityType, key: name, ascending } = parseOrderByClause(clause);
    const key = entityType === undefined ? ORDER_KEYS.get(name) : undefined;
    if (key === undefined) {
      const shown = entityType === undefined ? name : `${entityType}.${name}`;
      throw invalidParameter(
        `Invalid order by key '${shown}' specified. ` +
          `Valid keys are '${pythonSet(['name', 'timestamp'])}'`,
      );
    }
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ type: 'attribute', key, ascending }];
  });
}

const ORDER_KEYS: ReadonlyMap<string, RegisteredModelOrdering['key']> = new Map([
  ['name', 'name'],
  ['timestamp', 'last_updated_timestamp'],
  ['last_updated_timestamp', 'last_updated_timestamp'],
] as const);
