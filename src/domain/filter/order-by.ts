import { invalidParameter } from '../errors.js';
import { type IdentifierParts, splitIdentifier } from './identifier.js';
import { lex, type Token } from './lex.js';

export interface OrderByClause extends IdentifierParts {
  readonly ascending: boolean;
}

/**
 * `key [ASC | DESC]`, in any case, blanks around it ignored.
 * @throws INVALID_PARAMETER_VALUE
 */
export function parseOrderByClause(clause: string): OrderByClause {
  const [name, direction, ...rest] = lex(clause);
  if (name?.kind !== 'identifier' || isDirection(name) || rest.length > 0) {
    throw notParsed(clause);
  }
  if (direction !== undefined && direction.kind !== 'identifier') throw notParsed(clause);
  const isOrdering = direction === undefined || isDirection(direction);
  if (!isOrdering || /\s/.test(name.text.replace(QUOTED, ''))) {
    throw invalidParameter(`Invalid ordering key in order_by clause '${clause}'.`);
  }
  return {
    ...splitIdentifier(withoutOuterQuotes(name.text)),
    ascending: direction?.text.toUpperCase() !== 'DESC',
  };
}

const QUOTED = /(["'`])[^]*?\1/g;

function notParsed(clause: string) {
  return invalidParameter(`Invalid order_by clause '${clause}'. Could not be parsed.`);
}

function isDirection({ kind, text }: Token): boolean {
  return kind === 'identifier' && /^(asc|desc)$/i.test(text);
}

/** `"metrics.val/loss"` is read as an identifier: here, unlike in filters, it can't be a value. */
function withoutOuterQuotes(text: string): string {
  const quote = text[0] ?? '';
  const inner = text.slice(1, -1);
  const isQuoted = /["`]/.test(quote) && text.endsWith(quote) && !inner.includes(quote);
  return isQuoted && inner.includes('.') ? inner : text;
}
