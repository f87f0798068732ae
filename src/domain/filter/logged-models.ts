import { loggedModelStatusNumber } from '../checks/logged-model.js';
import { invalidParameter } from '../errors.js';
import type { LoggedModelOrderBy } from '../logged-model.js';
import { pythonList, pythonString } from '../python-text.js';
import type {
  Comparator,
  LoggedModelAttribute,
  LoggedModelClause,
  LoggedModelOrdering,
} from './ast.js';
import { splitIdentifier, unquoteString } from './identifier.js';
import { compareWithInteger } from './integer-comparison.js';
import { type Comparison, identifierText, type Operand, parseComparisons } from './parse.js';
import {
  LIST_COMPARATORS,
  listValue,
  NUMERIC_COMPARATORS,
  numericText,
  STRING_COMPARATORS,
} from './values.js';

/**
 * MLflow's filter over logged models, for example `name = 'm' AND metrics.f1 > 0.8`. As MLflow's,
 * it takes texts without quotes (`params.lr = 0.01`); unlike MLflow's, also double quotes,
 * operators in any case, and a status by its name.
 *
 * @throws INVALID_PARAMETER_VALUE with MLflow's text where it has one.
 * @see https://mlflow.org/docs/latest/ml/model-registry/
 */
export function parseLoggedModelFilter(filter: string | undefined): readonly LoggedModelClause[] {
  return parseComparisons(filter, { quoteInvalid: true }).map(readClause);
}

/**
 * MLflow's order of logged models. A key that comes again adds nothing.
 * @throws INVALID_PARAMETER_VALUE with MLflow's text.
 */
export function parseLoggedModelOrderBy(
  orderBy: readonly LoggedModelOrderBy[] | undefined,
): readonly LoggedModelOrdering[] {
  return (orderBy ?? []).map(({ fieldName, ascending = true, datasetName, datasetDigest }) => {
    const dot = fieldName.indexOf('.');
    if (dot < 0) {
      const key = ATTRIBUTES.get(fieldName);
      if (key === undefined) throw invalidParameter(`Invalid order by field name: ${fieldName}`);
      return { type: 'attribute', key, ascending };
    }
    if (fieldName.slice(0, dot) !== 'metrics') {
      throw invalidParameter(
        `Invalid order by field name: ${fieldName}. Only metrics are supported.`,
      );
    }
    return {
      type: 'metric',
      key: fieldName.slice(dot + 1),
      ascending,
      datasetName: datasetName === '' ? undefined : datasetName,
      datasetDigest: datasetDigest === '' ? undefined : datasetDigest,
    };
  });
}

type ClauseType = LoggedModelClause['type'];

const TYPES: ReadonlyMap<string, ClauseType> = new Map([
  ['attributes', 'attribute'],
  ['metrics', 'metric'],
  ['params', 'param'],
  ['tags', 'tag'],
]);

/** Times go by several names. */
const ATTRIBUTES: ReadonlyMap<string, LoggedModelAttribute> = new Map<
  string,
  LoggedModelAttribute
>([
  ['model_id', 'model_id'],
  ['experiment_id', 'experiment_id'],
  ['name', 'name'],
  ['artifact_location', 'artifact_location'],
  ['creation_timestamp', 'creation_timestamp'],
  ['creation_time', 'creation_timestamp'],
  ['creation_timestamp_ms', 'creation_timestamp'],
  ['last_updated_timestamp', 'last_updated_timestamp'],
  ['last_updated_timestamp_ms', 'last_updated_timestamp'],
  ['status', 'status'],
  ['lifecycle_stage', 'lifecycle_stage'],
  ['model_type', 'model_type'],
  ['source_run_id', 'source_run_id'],
  ['status_message', 'status_message'],
]);

type Field =
  | { readonly type: 'attribute'; readonly key: LoggedModelAttribute }
  | { readonly type: 'metric' | 'param' | 'tag'; readonly key: string };

function readClause({ left, comparator, right }: Comparison): LoggedModelClause {
  const field = resolve(identifierText(left));
  if (field.type === 'metric') {
    const allowed = checkOperator(field, comparator, NUMERIC_COMPARATORS);
    return { ...field, comparator: allowed, value: Number(numericText(given(right), 'metric')) };
  }
  if (field.type === 'attribute') return readAttribute(field, comparator, right);
  return { ...field, ...readText(field, comparator, right) };
}

function readAttribute(
  field: Extract<Field, { type: 'attribute' }>,
  comparator: string,
  right: Operand | undefined,
): LoggedModelClause {
  switch (field.key) {
    case 'creation_timestamp':
    case 'last_updated_timestamp': {
      const allowed = checkOperator(field, comparator, NUMERIC_COMPARATORS);
      const text = numericText(given(right), `numeric attribute: ${field.key}`);
      return { ...field, ...compareWithInteger(allowed, text) };
    }
    case 'status': {
      const clause = readText(field, comparator, right);
      const { value } = clause;
      return {
        ...field,
        ...clause,
        value: typeof value === 'string' ? statusText(value) : value.map(statusText),
      };
    }
    default:
      return { ...field, ...readText(field, comparator, right) };
  }
}

function readText(field: Field, comparator: string, right: Operand | undefined) {
  const allowed = checkOperator(field, comparator, [...STRING_COMPARATORS, ...LIST_COMPARATORS]);
  const isMembership = LIST_COMPARATORS.includes(allowed);
  const value = isMembership ? listValue(given(right)) : textOf(given(right));
  return { comparator: allowed, value };
}

function resolve(text: string): Field {
  const { entityType, key } = splitIdentifier(text);
  const type = entityType === undefined ? 'attribute' : TYPES.get(entityType);
  if (type === undefined) {
    throw invalidParameter(
      `Invalid entity type: ${pythonString(entityType ?? '')}. ` +
        `Expected one of ${pythonList([...TYPES.keys()])}.`,
    );
  }
  if (type !== 'attribute') return { type, key };
  const attribute = ATTRIBUTES.get(key);
  if (attribute === undefined) {
    throw invalidParameter(
      `Invalid attribute key ${pythonString(key)} specified. ` +
        `Valid keys are ${pythonList([...ATTRIBUTES.keys()])}`,
    );
  }
  return { type, key: attribute };
}

function checkOperator(
  { type, key }: Field,
  comparator: string,
  allowed: readonly Comparator[],
): Comparator {
  const found = allowed.find((candidate) => candidate === comparator);
  if (found !== undefined) return found;
  throw invalidParameter(
    `Invalid comparison operator for ${type}s.${key}: ${pythonString(comparator)}. ` +
      `Expected one of (${allowed.map(pythonString).join(', ')}).`,
  );
}

/** Only IS [NOT] NULL has no right side, and no field takes it. */
function given(right: Operand | undefined): Operand {
  return right ?? { kind: 'null', text: '', items: [] };
}

/** The text between quotes, or as it stands: `params.lr = 0.01`. */
function textOf({ kind, text }: Operand): string {
  if (kind === 'list' || kind === 'null' || kind === 'expression') {
    throw invalidParameter(`Expected a quoted string value. Got value ${text}`);
  }
  return unquoteString(text) ?? text;
}

/** A status is stored, and compared, as its number; a filter may also name it. */
function statusText(value: string): string {
  switch (value) {
    case 'UNSPECIFIED':
    case 'PENDING':
    case 'READY':
    case 'FAILED':
      return String(loggedModelStatusNumber(value));
    default:
      return value;
  }
}
