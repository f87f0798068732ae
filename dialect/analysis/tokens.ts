/** A piece of SQL that matters for finding tables: blanks and comments are left out. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'symbol' | 'parameter' | 'string' | 'number';
  /**
   * Words in lower case, quoted identifiers without their quotes, parameters as their number
   * (empty for `?`), strings empty.
   */
  readonly text: string;
}

/** The pieces of a text, with what belongs together in it. */
export class Tokens {
  readonly list: readonly Token[];
  /** For an opening bracket, the position of the one that closes it. */
  readonly #ends: ReadonlyMap<number, number>;

  private constructor(list: readonly Token[]) {
    this.list = list;
    this.#ends = matchBrackets(list);
  }

  /** Undefined where the text can't be read to its end, e.g. an open quote. */
  static read(sql: string): Tokens | undefined {
    const list = tokenize(sql);
    return list === undefined ? undefined : new Tokens(list);
  }

  get length(): number {
    return this.list.length;
  }

  /** A word that isn't quoted, nor the last part of a name such as `a.b`; else an empty text. */
  word(index: number): string {
    const token = this.list[index];
    return token?.kind === 'word' && !this.symbol(index - 1, '.') ? token.text : '';
  }

  symbol(index: number, text: string): boolean {
    const token = this.list[index];
    return token?.kind === 'symbol' && token.text === text;
  }

  kind(index: number): Token['kind'] | undefined {
    return this.list[index]?.kind;
  }

  isName(index: number): boolean {
    const kind = this.kind(index);
    return kind === 'word' || kind === 'quoted';
  }

  text(index: number): string {
    return this.list[index]?.text ?? '';
  }

  isOpening(index: number): boolean {
    return this.#ends.has(index);
  }

  /** Where the bracket at this position closes. */
  end(index: number): number {
    return this.#ends.get(index) ?? this.list.length;
  }

  /** The next position on the same level. */
  after(index: number): number {
    return this.isOpening(index) ? this.end(index) + 1 : index + 1;
  }

  /** First position of one of these words, from here on and outside of brackets; else the end. */
  find(words: ReadonlySet<string>, start: number, end: number): number {
    for (let index = start; index < end; index = this.after(index)) {
      if (words.has(this.word(index))) return index;
    }
    return end;
  }

  /** Where what stands in parentheses from here on is a query. */
  startsQuery(index: number): boolean {
    const word = this.word(index);
    if (word === 'select' || word === 'with') return true;
    // No reserved word: it may be a column.
    return word === 'values' && this.symbol(index + 1, '(');
  }

  /** `a`, `schema.a` or `catalog.schema.a`, as its parts, and the position after it. */
  name(start: number): { readonly parts: readonly string[]; readonly end: number } {
    const parts = [this.text(start)];
    let end = start + 1;
    while (this.symbol(end, '.') && this.isName(end + 1)) {
      parts.push(this.text(end + 1));
      end += 2;
    }
    return { parts, end };
  }
}

function matchBrackets(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.kind !== 'symbol') continue;
    switch (token.text) {
      case '(':
      case '[':
      case '{':
        open.push(index);
        ends.set(index, tokens.length);
        break;
      case ')':
      case ']':
      case '}': {
        const start = open.pop();
        if (start !== undefined) ends.set(start, index);
      }
    }
  }
  return ends;
}

/** As CrateDB's lexer reads them. Each is tried only where its first character fits. */
const COMMENT = /--[^\r\n]*|\/\*[^]*?\*\//y;
const WORD = /[\p{L}_@][\p{L}\p{N}_@]*/uy;
const NUMBER = /\d[\w.]*/y;
const STRING = /'(?:[^']|'')*'/y;
/** A backslash, or a row of them, takes the next character with it, whatever that is. */
const ESCAPE_STRING = /[eE]'(?:[^'\\]|''|\\+[^\\])*'/y;
const ESCAPE_START = /[eE]'/y;
const DOLLAR_STRING = /\$(?<tag>(?:[A-Za-z_][\w@]*)?)\$[^]*?\$\k<tag>\$/y;
const QUOTED = /"(?:[^"]|"")*"/y;
const PARAMETER = /\$\d+/y;

const STRING_TOKEN: Token = { kind: 'string', text: '' };
/** One token for each symbol: a VALUES list has thousands. */
const SYMBOLS = new Map<string, Token>();

/** Undefined where the text can't be read to its end. */
export function tokenize(sql: string): Token[] | undefined {
  const tokens: Token[] = [];
  let position = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position;
    if (!pattern.test(sql)) return undefined;
    const text = sql.slice(position, pattern.lastIndex);
    position = pattern.lastIndex;
    return text;
  };
  while (position < sql.length) {
    const first = sql.charAt(position);
    if (first === ' ' || first === ',' || first === '(' || first === ')') {
      // By far the most frequent.
      position += 1;
      if (first !== ' ') tokens.push(symbolToken(first));
      continue;
    }
    if (/\s/.test(first)) {
      position += 1;
      continue;
    }
    if ((first === '-' || first === '/') && take(COMMENT) !== undefined) continue;
    const token = nextToken(first, take);
    if (token === undefined) return undefined;
    if (token !== 'symbol') {
      tokens.push(token);
      continue;
    }
    const text = sql.startsWith('::', position) ? '::' : first;
    position += text.length;
    tokens.push(symbolToken(text));
  }
  return tokens;
}

/** `symbol` where nothing was taken. */
function nextToken(
  first: string,
  take: (pattern: RegExp) => string | undefined,
): Token | 'symbol' | undefined {
  switch (first) {
    case '"': {
      const text = take(QUOTED);
      return text === undefined
        ? undefined
        : { kind: 'quoted', text: text.slice(1, -1).replaceAll('""', '"') };
    }
    case "'":
      return take(STRING) === undefined ? undefined : STRING_TOKEN;
    case '$': {
      const parameter = take(PARAMETER);
      if (parameter !== undefined) return { kind: 'parameter', text: parameter.slice(1) };
      return take(DOLLAR_STRING) === undefined ? undefined : STRING_TOKEN;
    }
    case 'e':
    case 'E':
      if (take(ESCAPE_STRING) !== undefined) return STRING_TOKEN;
      if (take(ESCAPE_START) !== undefined) return undefined;
  }
  if (first >= '0' && first <= '9') return { kind: 'number', text: take(NUMBER) ?? '' };
  const word = take(WORD);
  return word === undefined ? 'symbol' : { kind: 'word', text: word.toLowerCase() };
}

function symbolToken(text: string): Token {
  let token = SYMBOLS.get(text);
  if (token === undefined) {
    token = { kind: 'symbol', text };
    SYMBOLS.set(text, token);
  }
  return token;
}
