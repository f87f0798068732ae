import { invalidParameter } from '../errors.js';
import { pythonSet } from '../python-text.js';
import type { ExperimentClause, ExperimentOrdering } from './ast.js';
import { type IdentifierParts, splitIdentifier } from './identifier.js';
import { compareWithInteger } from './integer-comparison.js';
import { parseOrderByClause } from './order-by.js';
import { type Comparison, identifierText, parseComparisons } from './parse.js';
import {
  checkComparator,
  listNotSupported,
  NULL_COMPARATORS,
  NUMERIC_COMPARATORS,
  numericText,
  STRING_COMPARATORS,
  stringValue,
} from './values.js';

/**
 * MLflow's filter over experiments, for example `name LIKE 'a%' AND tags.team = 'x'`. Unlike
 * MLflow's, it takes operators in any case and `attributes.` as well as `attribute.`, as for runs.
 *
 * @throws INVALID_PARAMETER_VALUE with MLflow's text.
 * @see https://mlflow.org/docs/latest/ml/search/search-experiments/
 */
export function parseExperimentFilter(filter: string | undefined): readonly ExperimentClause[] {
  return parseComparisons(filter, { quoteInvalid: false })
    .map(readClause)
    .map((finish) => finish());
}

/**
 * MLflow's order of experiments: `key [ASC | DESC]`, a list. A key that comes again adds nothing.
 * @throws INVALID_PARAMETER_VALUE with MLflow's text.
 */
export function parseExperimentOrderBy(
  orderBy: readonly string[] | undefined,
): readonly ExperimentOrdering[] {
  const seen = new Set<string>();
  return (orderBy ?? []).flatMap((clause) => {
    const { ascending, ...identifier } = parseOrderByClause(clause);
    const { type, key } = resolve(identifier, ORDER_KEYS);
    if (type === 'tag') throw invalidParameter('Invalid order_by entity: tag');
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ type, key, ascending }];
  });
}

type OrderKey = ExperimentOrdering['key'];
type FilterKey = Extract<ExperimentClause, { type: 'attribute' }>['key'];

const FILTER_KEYS: readonly FilterKey[] = ['name', 'creation_time', 'last_update_time'];
const ORDER_KEYS: readonly OrderKey[] = [...FILTER_KEYS, 'experiment_id'];

const TYPES: ReadonlyMap<string, 'attribute' | 'tag'> = new Map([
  ['attribute', 'attribute'],
  ['attributes', 'attribute'],
  ['tag', 'tag'],
  ['tags', 'tag'],
]);

type Field<Key> =
  | { readonly type: 'attribute'; readonly key: Key }
  | { readonly type: 'tag'; readonly key: string };

function resolve<Key extends string>(
  { entityType, key }: IdentifierParts,
  attributes: readonly Key[],
): Field<Key> {
  const type = entityType === undefined ? 'attribute' : TYPES.get(entityType);
  if (type === undefined) {
    const valid = [...TYPES.keys()].map((name) => `'${name}'`).join(', ');
    throw invalidParameter(
      `Invalid entity type '${entityType ?? ''}'. Valid entity types are (${valid})`,
    );
  }
  if (type === 'tag') return { type, key };
  const attribute = attributes.find((candidate) => candidate === key);
  if (attribute === undefined) {
    throw invalidParameter(
      `Invalid attribute key '${key}' specified. Valid keys are '${pythonSet(attributes)}'`,
    );
  }
  return { type, key: attribute };
}

/** Reads field and value; what comes back checks the operator and makes the clause. */
function readClause({ left, comparator, right }: Comparison): () => ExperimentClause {
  const field = resolve(splitIdentifier(identifierText(left)), FILTER_KEYS);
  if (field.type === 'tag') {
    const value =
      right === undefined
        ? undefined
        : stringValue(right, "Expected a quoted string value for tag (e.g. 'my-value').");
    return () => ({ ...field, comparator: checkTagComparator(comparator), value });
  }
  if (right === undefined) {
    throw invalidParameter(
      `IS NULL / IS NOT NULL is only supported for tags, not for attribute '${field.key}'`,
    );
  }
  if (field.key !== 'name') {
    const text = numericText(right, `numeric attribute: ${field.key}`);
    return () => ({
      ...field,
      ...compareWithInteger(checkComparator(comparator, NUMERIC_COMPARATORS), text),
    });
  }
  if (right.kind === 'list') throw listNotSupported();
  const value = stringValue(right, 'Expected a quoted string value for attributes.');
  return () => ({ ...field, comparator: checkComparator(comparator, STRING_COMPARATORS), value });
}

function checkTagComparator(comparator: string) {
  const allowed = [...STRING_COMPARATORS, ...NULL_COMPARATORS];
  const found = allowed.find((candidate) => candidate === comparator);
  if (found === undefined) throw invalidParameter(`Invalid comparator for tag: ${comparator}`);
  return found;
}
