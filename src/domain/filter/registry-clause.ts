/** What the filters over registered models and over versions have in common. */
import { invalidParameter } from '../errors.js';
import { pythonSet } from '../python-text.js';
import type { Clause, Comparator } from './ast.js';
import { type IdentifierParts, splitIdentifier } from './identifier.js';
import { compareWithInteger } from './integer-comparison.js';
import { type Comparison, identifierText, type Operand } from './parse.js';
import {
  listNotSupported,
  listValue,
  NUMERIC_COMPARATORS,
  STRING_COMPARATORS,
  stringValue,
} from './values.js';

/** The operators that an attribute takes; `IN` among them: it takes lists. */
export type RegistryAttributes<Key extends string> = Readonly<Record<Key, readonly Comparator[]>>;

type RegistryClause<Key extends string> = Clause<'attribute', Key> | Clause<'tag'>;

const TYPES = ['attribute', 'tag', 'tags'];

/** Reads field and value; what comes back checks the operator and makes the clause. */
export function readRegistryClause<Key extends string>(
  { left, comparator, right }: Comparison,
  attributes: RegistryAttributes<Key>,
): () => RegistryClause<Key> {
  const { entityType, key } = checkEntityType(splitIdentifier(identifierText(left)));
  if (entityType === 'tag' || entityType === 'tags') {
    const value =
      right === undefined
        ? undefined
        : stringValue(right, "Expected a quoted string value for tag (e.g. 'my-value').");
    return () => {
      const allowed = STRING_COMPARATORS.find((candidate) => candidate === comparator);
      if (allowed === undefined) throw invalidParameter(`Invalid comparator for tag: ${comparator}`);
      return { type: 'tag', key, comparator: allowed, value };
    };
  }
  const names = Object.keys(attributes) as Key[];
  const attribute = names.find((candidate) => candidate === key);
  if (attribute === undefined) {
    throw invalidParameter(
      `Invalid attribute key '${key}' specified. Valid keys are '${pythonSet(names)}'`,
    );
  }
  return attributes[attribute] === NUMERIC_COMPARATORS
    ? readNumber(attribute, comparator, right)
    : readText(attribute, comparator, right, attributes[attribute]);
}

/** @throws INVALID_PARAMETER_VALUE where the registry has no such things. */
export function checkEntityType(parts: IdentifierParts): IdentifierParts {
  const { entityType } = parts;
  if (entityType === undefined || TYPES.includes(entityType)) return parts;
  const valid = TYPES.map((name) => `'${name}'`).join(', ');
  throw invalidParameter(`Invalid entity type '${entityType}'. Valid entity types are (${valid})`);
}

function readText<Key extends string>(
  key: Key,
  comparator: string,
  right: Operand | undefined,
  comparators: readonly Comparator[],
): () => RegistryClause<Key> {
  const takesLists = comparators.includes('IN');
  if (right?.kind === 'list' && !takesLists) throw listNotSupported();
  const value =
    right === undefined
      ? undefined
      : right.kind === 'list'
        ? listValue(right)
        : stringValue(
            right,
            'Expected a quoted string value or a list of quoted string values for attributes.',
          );
  return () => {
    const allowed = comparators.find((candidate) => candidate === comparator);
    if (allowed === undefined || (allowed === 'IN') !== (right?.kind === 'list')) {
      throw invalidParameter(`Invalid comparator for attribute: ${comparator}`);
    }
    return { type: 'attribute', key, comparator: allowed, value };
  };
}

/** As MLflow's, it takes the digits in quotes too. */
function readNumber<Key extends string>(
  key: Key,
  comparator: string,
  right: Operand | undefined,
): () => RegistryClause<Key> {
  if (right?.kind === 'list') throw listNotSupported();
  const text =
    right?.kind === 'string' || right?.kind === 'identifier'
      ? stringValue(right, '')
      : (right?.text ?? '');
  if (right !== undefined && !/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) {
    throw invalidParameter(
      `Expected numeric value type for numeric attribute: ${key}. Found ${right.text}`,
    );
  }
  return () => {
    const allowed = NUMERIC_COMPARATORS.find((candidate) => candidate === comparator);
    if (allowed === undefined) {
      throw invalidParameter(`Invalid comparator for attribute ${key}: ${comparator}`);
    }
    return { type: 'attribute', key, ...compareWithInteger(allowed, text) };
  };
}
