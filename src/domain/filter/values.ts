import { invalidParameter, type MlflowError } from '../errors.js';
import type { Comparator } from './ast.js';
import { unquoteString } from './identifier.js';
import type { Operand } from './parse.js';

/**
 * A quoted text.
 * @param expected what to ask for where the operand is something else, for example
 * `Expected a quoted string value for attributes.`
 */
export function stringValue(operand: Operand, expected: string): string {
  if (operand.kind !== 'string' && operand.kind !== 'identifier') {
    throw invalidParameter(`${expected} Got value ${operand.text}`);
  }
  const value = unquoteString(operand.text);
  if (value === undefined) {
    throw invalidParameter(
      'Parameter value is either not quoted or unidentified quote types used for string value ' +
        `${operand.text}. Use either single or double quotes.`,
    );
  }
  return value;
}

/** The text of a number. */
export function numericText(operand: Operand, of: string): string {
  if (operand.kind !== 'number') {
    throw invalidParameter(`Expected numeric value type for ${of}. Found ${operand.text}`);
  }
  return operand.text;
}

/** The entries of a list, all of them: MLflow drops those that aren't all lower case. */
export function listValue({ items }: Operand): readonly string[] {
  const refused = (what: string) => invalidParameter(`While parsing a list in the query, ${what}`);
  if (items.length === 0) {
    throw refused('expected a non-empty list of string values, but got empty list');
  }
  const values: string[] = [];
  items.forEach((token, index) => {
    // Entries and commas take turns; one comma may follow the last entry.
    if (index % 2 === 1 && token.kind === ',') return;
    if (index % 2 === 0 && token.kind === 'number') {
      throw refused(
        'expected string value, punctuation, or whitespace, but got different type in list: ' +
          listText(items.map(({ text }) => text)),
      );
    }
    const isText = token.kind === 'string' || token.kind === 'identifier';
    const value = index % 2 === 0 && isText ? unquoteString(token.text) : undefined;
    if (value === undefined) {
      throw refused('expected a non-empty list of string values, but got ill-formed list.');
    }
    values.push(value);
  });
  return values;
}

/** Of the attributes of runs and experiments, only `run_id` can be compared with a list. */
export function listNotSupported(): MlflowError {
  return invalidParameter(
    "Only the 'run_id' attribute supports comparison with a list of quoted string values.",
  );
}

/** As Python prints a tuple: `('a', 1)`, `(1,)`. */
function listText(texts: readonly string[]): string {
  const entries = texts.filter((text) => text !== ',');
  return `(${entries.join(', ')}${entries.length === 1 ? ',' : ''})`;
}

export function checkComparator(
  comparator: string,
  allowed: readonly Comparator[],
): Comparator {
  const found = allowed.find((candidate) => candidate === comparator);
  if (found === undefined) {
    throw invalidParameter(
      `Invalid comparator '${comparator}' not one of ` +
        `'{${allowed.map((candidate) => `'${candidate}'`).join(', ')}}'`,
    );
  }
  return found;
}

export const NUMERIC_COMPARATORS: readonly Comparator[] = ['=', '!=', '<', '<=', '>', '>='];
export const STRING_COMPARATORS: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE'];
export const LIST_COMPARATORS: readonly Comparator[] = ['IN', 'NOT IN'];
export const NULL_COMPARATORS: readonly Comparator[] = ['IS NULL', 'IS NOT NULL'];
