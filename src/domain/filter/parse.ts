import { invalidParameter } from '../errors.js';
import { pythonString } from '../python-text.js';
import { lex, type Token } from './lex.js';

/** What stands beside a comparison operator. */
export interface Operand {
  readonly kind: 'identifier' | 'string' | 'number' | 'list' | 'null' | 'expression';
  /** As written. */
  readonly text: string;
  /** Of a list: what stands between its parentheses. */
  readonly items: readonly Token[];
}

/** One clause: its parts are known, but not yet whether they fit each other. */
export interface Comparison {
  readonly left: Operand;
  /** Upper case, words one blank apart. */
  readonly comparator: string;
  /** Absent for `IS [NOT] NULL`. */
  readonly right?: Operand;
}

export interface ParseOptions {
  /** How the error writes what it doesn't understand. MLflow does it in two ways. */
  readonly quoteInvalid: boolean;
}

/**
 * The clauses of a filter. As MLflow's own reader, it takes an AND too many, or one that is missing
 * between two clauses.
 * @throws INVALID_PARAMETER_VALUE
 */
export function parseComparisons(
  filter: string | undefined,
  { quoteInvalid }: ParseOptions,
): readonly Comparison[] {
  if (filter === undefined || filter === '') return [];
  const tokens = lex(filter);
  if (tokens.length === 0) {
    throw invalidParameter(`Invalid filter '${filter}'. Could not be parsed.`);
  }
  const semicolon = tokens.findIndex(({ kind }) => kind === ';');
  if (semicolon >= 0 && semicolon < tokens.length - 1) {
    throw invalidParameter(
      `Search filter contained multiple expression ${pythonString(filter)}. ` +
        'Provide AND-ed expression list.',
    );
  }

  const reader = new Reader(filter, tokens);
  const comparisons: Comparison[] = [];
  const invalid: string[] = [];
  while (!reader.atEnd) {
    if (reader.takeKeywords('AND')) continue;
    const left = reader.takeOperand();
    if (left === undefined) {
      invalid.push(reader.takeToken());
      continue;
    }
    const rest = reader.takeComparison(left);
    if (rest === undefined) invalid.push(left.text);
    else comparisons.push({ left, ...rest });
  }

  if (invalid.length > 0) {
    const listed = quoteInvalid ? invalid.map((text) => `'${text}'`) : invalid;
    throw invalidParameter(`Invalid clause(s) in filter string: ${listed.join(', ')}`);
  }
  return comparisons;
}

/** The text of the left side, which must be a name. */
export function identifierText(left: Operand): string {
  if (left.kind === 'identifier') return left.text;
  throw invalidParameter(`Invalid comparison clause. Expected 'Identifier' found '${left.text}'`);
}

type RestOfComparison = Omit<Comparison, 'left'>;

class Reader {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  /** By the index of an opening parenthesis, that of its closing one. */
  readonly #closing: ReadonlyMap<number, number>;
  #index = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.#source = source;
    this.#tokens = tokens;
    this.#closing = matchParentheses(tokens);
  }

  get atEnd(): boolean {
    return this.#index >= this.#tokens.length;
  }

  takeToken(): string {
    const token = this.#tokens[this.#index];
    this.#index += 1;
    return token?.text ?? '';
  }

  /** Takes these keywords if they come next, all of them. */
  takeKeywords(...words: readonly string[]): boolean {
    const come = words.every((word, offset) => {
      const token = this.#tokens[this.#index + offset];
      return token?.kind === 'keyword' && token.text.toUpperCase() === word;
    });
    if (come) this.#index += words.length;
    return come;
  }

  /** A value, or several joined by arithmetic, which makes them an expression. */
  takeOperand(): Operand | undefined {
    const start = this.#index;
    let operand = this.#takeSimpleOperand();
    while (operand !== undefined && this.#tokens[this.#index]?.kind === 'operator') {
      const beforeOperator = this.#index;
      this.#index += 1;
      if (this.#takeSimpleOperand() === undefined) {
        this.#index = beforeOperator;
        break;
      }
      operand = { kind: 'expression', text: this.#textSince(start), items: [] };
    }
    return operand;
  }

  /** An operator and what belongs to it. Takes nothing if the whole doesn't come next. */
  takeComparison(left: Operand): RestOfComparison | undefined {
    const start = this.#index;
    const comparison = this.#takeNullTest(left) ?? this.#takeBinary(left);
    if (comparison === undefined) this.#index = start;
    return comparison;
  }

  #takeNullTest(left: Operand): RestOfComparison | undefined {
    if (left.kind !== 'identifier') return undefined;
    if (this.takeKeywords('IS', 'NULL')) return { comparator: 'IS NULL' };
    if (this.takeKeywords('IS', 'NOT', 'NULL')) return { comparator: 'IS NOT NULL' };
    return undefined;
  }

  #takeBinary(left: Operand): RestOfComparison | undefined {
    const comparator = this.#takeComparator();
    if (comparator === undefined) return undefined;
    const right = this.takeOperand();
    if (right === undefined) return undefined;
    const isMembership = comparator === 'IN' || comparator === 'NOT IN';
    if (isMembership && (left.kind !== 'identifier' || right.kind !== 'list')) return undefined;
    return { comparator, right };
  }

  #takeComparator(): string | undefined {
    if (this.#tokens[this.#index]?.kind === 'comparator') return this.takeToken();
    for (const word of ['LIKE', 'ILIKE', 'IN', 'RLIKE', 'REGEXP']) {
      if (this.takeKeywords(word)) return word;
      if (this.takeKeywords('NOT', word)) return `NOT ${word}`;
    }
    return undefined;
  }

  #takeSimpleOperand(): Operand | undefined {
    const start = this.#index;
    const token = this.#tokens[start];
    switch (token?.kind) {
      case 'identifier':
      case 'string':
      case 'number':
        this.#index += 1;
        return { kind: token.kind, text: token.text, items: [] };
      case 'keyword':
        return this.takeKeywords('NULL')
          ? { kind: 'null', text: token.text, items: [] }
          : undefined;
      case '(': {
        const end = this.#closing.get(start);
        if (end === undefined) return undefined;
        this.#index = end + 1;
        const items = this.#tokens.slice(start + 1, end);
        return { kind: 'list', text: this.#textSince(start), items };
      }
      default:
        return undefined;
    }
  }

  #textSince(start: number): string {
    return this.#source.slice(
      this.#tokens[start]?.start,
      this.#tokens[this.#index - 1]?.end,
    );
  }
}

function matchParentheses(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach(({ kind }, index) => {
    if (kind === '(') open.push(index);
    if (kind !== ')') return;
    const opening = open.pop();
    if (opening !== undefined) closing.set(opening, index);
  });
  return closing;
}
