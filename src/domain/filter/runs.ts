import { invalidParameter } from '../errors.js';
import { pythonList, pythonSet } from '../python-text.js';
import type { RunAttribute, RunClause, RunOrdering } from './ast.js';
import { type IdentifierParts, splitIdentifier } from './identifier.js';
import { compareWithInteger } from './integer-comparison.js';
import { parseOrderByClause } from './order-by.js';
import { type Comparison, identifierText, type Operand, parseComparisons } from './parse.js';
import {
  checkComparator,
  LIST_COMPARATORS,
  listNotSupported,
  listValue,
  NULL_COMPARATORS,
  NUMERIC_COMPARATORS,
  numericText,
  STRING_COMPARATORS,
  stringValue,
} from './values.js';

/**
 * MLflow's filter over runs, for example `metrics.f1 > 0.8 AND params.window = '5'`.
 *
 * Names that MLflow knows under several spellings come back under one (`created` is `start_time`).
 * Comparisons of times are against whole numbers, exactly.
 *
 * @throws INVALID_PARAMETER_VALUE with MLflow's text.
 * @see https://mlflow.org/docs/latest/ml/search/search-runs/
 */
export function parseRunFilter(filter: string | undefined): readonly RunClause[] {
  // First what each clause is, then what its operator may be: so MLflow's errors come in order.
  return parseComparisons(filter, { quoteInvalid: true })
    .map(readClause)
    .map((finish) => finish());
}

/**
 * MLflow's order of runs: `key [ASC | DESC]`, a list.
 * @throws INVALID_PARAMETER_VALUE with MLflow's text; also for one key twice, where MLflow says
 * INTERNAL_ERROR.
 */
export function parseRunOrderBy(orderBy: readonly string[] | undefined): readonly RunOrdering[] {
  const seen = new Set<string>();
  return (orderBy ?? []).map((clause) => {
    const { ascending, ...identifier } = parseOrderByClause(clause);
    const field = resolve(identifier, ORDER_KEYS);
    if (field.type === 'dataset') throw invalidParameter("Invalid identifier type 'dataset'");
    const name = `${field.type}.${field.key}`;
    if (seen.has(name)) {
      throw invalidParameter(
        `\`order_by\` contains duplicate fields: ${pythonList(orderBy ?? [])}`,
      );
    }
    seen.add(name);
    return { ...field, ascending };
  });
}

type Field =
  | { readonly type: 'attribute'; readonly key: RunAttribute }
  | { readonly type: 'metric' | 'param' | 'tag'; readonly key: string }
  | { readonly type: 'dataset'; readonly key: DatasetKey };

type FieldType = Field['type'];
type DatasetKey = 'name' | 'digest' | 'context';

const TYPES: ReadonlyMap<string, FieldType> = new Map([
  ['metric', 'metric'],
  ['metrics', 'metric'],
  ['param', 'param'],
  ['params', 'param'],
  ['parameter', 'param'],
  ['parameters', 'param'],
  ['tag', 'tag'],
  ['tags', 'tag'],
  ['attribute', 'attribute'],
  ['attributes', 'attribute'],
  ['attr', 'attribute'],
  ['run', 'attribute'],
  ['dataset', 'dataset'],
  ['datasets', 'dataset'],
]);

/** As messages call the types. */
const TYPE_NAMES: Readonly<Record<FieldType, string>> = {
  metric: 'metric',
  param: 'parameter',
  tag: 'tag',
  attribute: 'attribute',
  dataset: 'dataset',
};

const ORDER_KEYS: ReadonlyMap<string, RunAttribute> = new Map([
  ['run_id', 'run_id'],
  ['run_name', 'run_name'],
  ['status', 'status'],
  ['artifact_uri', 'artifact_uri'],
  ['user_id', 'user_id'],
  ['start_time', 'start_time'],
  ['end_time', 'end_time'],
  ['created', 'start_time'],
  ['Created', 'start_time'],
]);

const FILTER_KEYS: ReadonlyMap<string, RunAttribute> = new Map([
  ...ORDER_KEYS,
  ['run name', 'run_name'],
  ['Run name', 'run_name'],
  ['Run Name', 'run_name'],
]);

const DATASET_KEYS: readonly DatasetKey[] = ['name', 'digest', 'context'];

function resolve(
  { entityType, key }: IdentifierParts,
  attributes: ReadonlyMap<string, RunAttribute>,
): Field {
  const type = entityType === undefined ? 'attribute' : TYPES.get(entityType);
  switch (type) {
    case undefined:
      throw invalidParameter(
        `Invalid entity type '${entityType ?? ''}'. Valid values are ` +
          pythonList(Object.values(TYPE_NAMES)),
      );
    case 'attribute': {
      const attribute = attributes.get(key);
      if (attribute !== undefined) return { type, key: attribute };
      throw invalidParameter(
        `Invalid attribute key '${key}' specified. ` +
          `Valid keys are '${pythonSet(attributes.keys())}'`,
      );
    }
    case 'dataset': {
      const datasetKey = DATASET_KEYS.find((candidate) => candidate === key);
      if (datasetKey !== undefined) return { type, key: datasetKey };
      throw invalidParameter(
        `Invalid dataset key '${key}' specified. Valid keys are '${pythonSet(DATASET_KEYS)}'`,
      );
    }
    default:
      return { type, key };
  }
}

/** Reads field and value; what comes back checks the operator and makes the clause. */
function readClause({ left, comparator, right }: Comparison): () => RunClause {
  const identifier = splitIdentifier(identifierText(left));
  const field = resolve(identifier, FILTER_KEYS);
  if (right === undefined) return readNullTest(field, identifier.key, comparator);
  switch (field.type) {
    case 'metric': {
      const text = numericText(right, 'metric');
      return () => ({
        ...field,
        comparator: checkComparator(comparator, NUMERIC_COMPARATORS),
        value: Number(text),
      });
    }
    case 'param':
    case 'tag': {
      const value = stringValue(
        right,
        `Expected a quoted string value for ${TYPE_NAMES[field.type]} (e.g. 'my-value').`,
      );
      return () => ({
        ...field,
        comparator: checkComparator(comparator, [...STRING_COMPARATORS, ...NULL_COMPARATORS]),
        value,
      });
    }
    case 'dataset': {
      const value = textOrList(right, comparator, 'dataset attributes');
      return () => ({
        ...field,
        comparator: checkComparator(comparator, [...STRING_COMPARATORS, ...LIST_COMPARATORS]),
        value,
      });
    }
    case 'attribute':
      return readAttribute(field, identifier.key, comparator, right);
  }
}

function readAttribute(
  field: Extract<Field, { type: 'attribute' }>,
  keyAsWritten: string,
  comparator: string,
  right: Operand,
): () => RunClause {
  if (field.key === 'start_time' || field.key === 'end_time') {
    const text = numericText(right, `numeric attribute: ${keyAsWritten}`);
    return () => ({
      ...field,
      ...compareWithInteger(checkComparator(comparator, NUMERIC_COMPARATORS), text),
    });
  }
  if (right.kind === 'list' && field.key !== 'run_id') throw listNotSupported();
  const value = textOrList(right, comparator, 'attributes');
  const allowed =
    field.key === 'run_id' ? [...STRING_COMPARATORS, ...LIST_COMPARATORS] : STRING_COMPARATORS;
  return () => ({ ...field, comparator: checkComparator(comparator, allowed), value });
}

function textOrList(right: Operand, comparator: string, of: string): string | readonly string[] {
  const isMembership = LIST_COMPARATORS.some((candidate) => candidate === comparator);
  return isMembership
    ? listValue(right)
    : stringValue(right, `Expected a quoted string value for ${of}.`);
}

function readNullTest(field: Field, keyAsWritten: string, comparator: string): () => RunClause {
  if (field.type !== 'param' && field.type !== 'tag') {
    throw invalidParameter(
      'IS NULL / IS NOT NULL is only supported for tags and params, not for ' +
        `'${TYPE_NAMES[field.type]}' '${keyAsWritten}'`,
    );
  }
  return () => ({
    ...field,
    comparator: checkComparator(comparator, NULL_COMPARATORS),
    value: undefined,
  });
}
