/** A piece of SQL that matters for finding tables: the rest (strings, comments) is left out. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'symbol' | 'parameter' | 'string' | 'number';
  /** Words in lower case, quoted identifiers without their quotes, parameters as their number. */
  readonly text: string;
}

const PATTERN = new RegExp(
  [
    String.raw`(?<skip>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)`,
    String.raw`(?<string>[eE]?'(?:[^']|'')*'|\$\$[\s\S]*?\$\$)`,
    String.raw`"(?<quoted>(?:[^"]|"")+)"`,
    String.raw`\$(?<parameter>\d+)`,
    String.raw`(?<word>[\p{L}_@][\p{L}\p{N}_@]*)`,
    String.raw`(?<number>\d[\w.]*)`,
    String.raw`(?<symbol>::|[^\s'"])`,
  ].join('|'),
  'uy',
);

/** Undefined where the text can't be read to its end, e.g. an open quote. */
export function tokenize(sql: string): Token[] | undefined {
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < sql.length) {
    const groups = PATTERN.exec(sql)?.groups;
    if (groups === undefined) return undefined;
    // An escape string may hold \' where this would see its end.
    if (
      groups['string']?.toLowerCase().startsWith('e') === true &&
      groups['string'].includes('\\')
    ) {
      return undefined;
    }
    const token = toToken(groups);
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

function toToken(groups: Record<string, string | undefined>): Token | undefined {
  if (groups['word'] !== undefined) return { kind: 'word', text: groups['word'].toLowerCase() };
  if (groups['quoted'] !== undefined) {
    return { kind: 'quoted', text: groups['quoted'].replaceAll('""', '"') };
  }
  if (groups['symbol'] !== undefined) return { kind: 'symbol', text: groups['symbol'] };
  if (groups['parameter'] !== undefined) return { kind: 'parameter', text: groups['parameter'] };
  if (groups['number'] !== undefined) return { kind: 'number', text: groups['number'] };
  if (groups['string'] !== undefined) return { kind: 'string', text: groups['string'] };
  return undefined;
}
