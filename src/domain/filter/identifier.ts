/** The two parts of an identifier, split at its first dot. */
export interface IdentifierParts {
  /** Without backticks; absent where there is no dot. */
  readonly entityType: string | undefined;
  /** Without its quotes. */
  readonly key: string;
}

export function splitIdentifier(text: string): IdentifierParts {
  const dot = text.indexOf('.');
  if (dot < 0) return { entityType: undefined, key: unquoteKey(text) };
  return {
    entityType: unquote(text.slice(0, dot), '`'),
    key: unquoteKey(text.slice(dot + 1)),
  };
}

/** The text between single or double quotes; `undefined` where it has none. */
export function unquoteString(text: string): string | undefined {
  for (const quote of ["'", '"']) {
    if (isQuoted(text, quote)) return text.slice(1, -1);
  }
  return undefined;
}

function unquoteKey(text: string): string {
  return unquote(unquoteString(text) ?? text, '`');
}

function unquote(text: string, quote: string): string {
  return isQuoted(text, quote) ? text.slice(1, -1) : text;
}

function isQuoted(text: string, quote: string): boolean {
  return text.length >= 2 && text.startsWith(quote) && text.endsWith(quote);
}
