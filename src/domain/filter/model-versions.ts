import { invalidParameter } from '../errors.js';
import { pythonSet } from '../python-text.js';
import type { ModelVersionClause, ModelVersionOrdering } from './ast.js';
import { parseOrderByClause } from './order-by.js';
import { parseComparisons } from './parse.js';
import { checkEntityType, readRegistryClause } from './registry-clause.js';
import { NUMERIC_COMPARATORS, STRING_COMPARATORS } from './values.js';

/**
 * MLflow's filter over model versions, for example `name = 'm' AND version_number > 3`. Unlike
 * MLflow's, `run_id IN (…)` leaves out no entry.
 *
 * @throws INVALID_PARAMETER_VALUE with MLflow's text.
 * @see https://mlflow.org/docs/latest/ml/model-registry/
 */
export function parseModelVersionFilter(filter: string | undefined): readonly ModelVersionClause[] {
  return parseComparisons(filter, { quoteInvalid: false })
    .map((comparison) => readRegistryClause(comparison, ATTRIBUTES))
    .map((finish) => finish());
}

/**
 * MLflow's order of model versions. A key that comes again adds nothing.
 * @throws INVALID_PARAMETER_VALUE with MLflow's text.
 */
export function parseModelVersionOrderBy(
  orderBy: readonly string[] | undefined,
): readonly ModelVersionOrdering[] {
  const seen = new Set<string>();
  return (orderBy ?? []).flatMap((clause) => {
    const { ascending, ...identifier } = parseOrderByClause(clause);
    const { entityType, key: name } = checkEntityType(identifier);
    const isTag = entityType === 'tag' || entityType === 'tags';
    const key = isTag ? undefined : ORDER_KEYS.find((candidate) => candidate === name);
    if (key === undefined) {
      const valid = pythonSet(ORDER_KEYS);
      throw invalidParameter(
        isTag
          ? `Invalid order by key '${name}' specified. Valid keys are ${valid}`
          : `Invalid attribute key '${name}' specified. Valid keys are '${valid}'`,
      );
    }
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ type: 'attribute', key, ascending }];
  });
}

const ATTRIBUTES = {
  name: STRING_COMPARATORS,
  version_number: NUMERIC_COMPARATORS,
  run_id: [...STRING_COMPARATORS, 'IN'],
  source_path: STRING_COMPARATORS,
} as const;

const ORDER_KEYS: readonly ModelVersionOrdering['key'][] = [
  'name',
  'version_number',
  'creation_timestamp',
  'last_updated_timestamp',
];
