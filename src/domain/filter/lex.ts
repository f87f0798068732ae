/**
 * Words of MLflow's filter and order_by language. It reads like the WHERE of SQL, and is as
 * forgiving as the SQL reader that MLflow's server uses: whatever is no word of the language
 * becomes a token of its own, so that the error can name it.
 */
export type TokenKind =
  /** Names joined by dots, bare or quoted: ``metrics.`val/loss` ``. A double-quoted text too. */
  | 'identifier'
  /** A bare word that the language needs for itself: `AND`, `LIKE`, … */
  | 'keyword'
  /** A single-quoted text. */
  | 'string'
  | 'number'
  /** `=`, `!=`, `<`, … and what looks like them (`==`, `<>`). */
  | 'comparator'
  /** Arithmetic, which the language doesn't have. */
  | 'operator'
  | '('
  | ')'
  | ','
  | ';'
  | 'other';

export interface Token {
  readonly kind: TokenKind;
  /** As written, with quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const KEYWORDS: ReadonlySet<string> = new Set([
  'AND',
  'OR',
  'NOT',
  'IN',
  'IS',
  'NULL',
  'LIKE',
  'ILIKE',
  'RLIKE',
  'REGEXP',
]);

const BLANKS = /\s*/y;
const LINE_COMMENT = /(?:--|# )[^\n\r]*/y;
const BLOCK_COMMENT = /\/\*[^]*?\*\//y;
const WORD = /[\p{L}\p{N}_]+/uy;
const NUMBER = /-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?![\p{L}\p{N}_$#])/iuy;
const DOT = /\.|\s+\.(?!\d)/y;
const COMPARATOR = /[<>=~!]+/y;
const OPERATOR = /[-+*/%^&|@#]+/y;
const PUNCTUATION: ReadonlySet<string> = new Set(['(', ')', ',', ';']);

/** Time grows with the length of the text only, whatever is left open in it. */
export function lex(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const lastBlockCommentEnd = text.lastIndexOf('*/');
  for (let start = skip(BLANKS, text, 0); start < text.length; ) {
    const blockComment =
      start < lastBlockCommentEnd ? match(BLOCK_COMMENT, text, start) : undefined;
    const { kind, end } =
      blockComment === undefined
        ? tokenAt(text, start, tokens.at(-1))
        : { kind: 'other' as const, end: blockComment };
    tokens.push({ kind, text: text.slice(start, end), start, end });
    start = skip(BLANKS, text, end);
  }
  return tokens;
}

function tokenAt(
  text: string,
  start: number,
  before: Token | undefined,
): { readonly kind: TokenKind; readonly end: number } {
  const comment = match(LINE_COMMENT, text, start);
  if (comment !== undefined) return { kind: 'other', end: comment };
  // After a value, a minus is arithmetic: `a-1` is no pair of `a` and -1.
  if (text[start] !== '-' || !endsValue(before)) {
    const number = match(NUMBER, text, start);
    if (number !== undefined) return { kind: 'number', end: number };
  }
  const string = endOfQuoted(text, start, "'");
  if (string !== undefined) return { kind: 'string', end: string };
  const name = endOfName(text, start);
  if (name !== undefined) return identifierOrKeyword(text, start, name);
  const comparator = match(COMPARATOR, text, start);
  if (comparator !== undefined) return { kind: 'comparator', end: comparator };
  const operator = match(OPERATOR, text, start);
  if (operator !== undefined) return { kind: 'operator', end: operator };
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  const kind = PUNCTUATION.has(character) ? (character as '(' | ')' | ',' | ';') : 'other';
  return { kind, end: start + character.length };
}

function endsValue(token: Token | undefined): boolean {
  return (
    token !== undefined &&
    (token.kind === 'identifier' ||
      token.kind === 'number' ||
      token.kind === 'string' ||
      token.kind === ')')
  );
}

/** A keyword is one only where it stands alone: `params.and` is an identifier. */
function identifierOrKeyword(text: string, start: number, firstEnd: number) {
  let end = firstEnd;
  for (;;) {
    const dot = match(DOT, text, end);
    if (dot === undefined) break;
    const partStart = skip(BLANKS, text, dot);
    const part = endOfName(text, partStart) ?? endOfQuoted(text, partStart, "'");
    end = part ?? dot;
    if (part === undefined) break;
  }
  const isKeyword = end === firstEnd && KEYWORDS.has(text.slice(start, end).toUpperCase());
  return { kind: isKeyword ? 'keyword' : 'identifier', end } as const;
}

function endOfName(text: string, start: number): number | undefined {
  return (
    match(WORD, text, start) ??
    endOfQuoted(text, start, '`') ??
    endOfQuoted(text, start, '"')
  );
}

/**
 * The end of a quoted text. A doubled quote, and in strings one after a backslash, does not end
 * it, unless nothing else does: `'\'` is a backslash. Nothing is an escape, though: both stay as
 * written.
 */
function endOfQuoted(text: string, start: number, quote: string): number | undefined {
  if (text[start] !== quote) return undefined;
  let fallback: number | undefined;
  for (let index = start + 1; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\' && quote !== '`' && text[index + 1] === quote) {
      index += 1;
      fallback = index + 1;
    } else if (character === quote) {
      if (text[index + 1] !== quote) return index + 1;
      fallback = index + 1;
      index += 1;
    }
  }
  return fallback;
}

/** Where a match that begins at `start` ends. */
function match(sticky: RegExp, text: string, start: number): number | undefined {
  sticky.lastIndex = start;
  return sticky.test(text) ? sticky.lastIndex : undefined;
}

function skip(sticky: RegExp, text: string, start: number): number {
  return match(sticky, text, start) ?? start;
}
