import type { Tokens } from './tokens.js';

/**
 * What comes back of rows that an UPDATE, or an INSERT with DO UPDATE, may have updated; see
 * `StatementAnalysis`.
 *
 * @param start where to look for the RETURNING
 */
export function returnedOfUpdated(
  tokens: Tokens,
  start: number,
  end: number,
): readonly string[] | 'all' | undefined {
  const returning = tokens.find(new Set(['returning']), start, end);
  if (returning === end) return undefined;
  const columns: string[] = [];
  let index = returning + 1;
  for (;;) {
    if (!tokens.isName(index)) return 'all';
    const name = tokens.name(index);
    columns.push(name.parts.at(-1) ?? '');
    index = tokens.word(name.end) === 'as' ? name.end + 2 : name.end;
    if (index >= end) return columns;
    if (!tokens.symbol(index, ',')) return 'all';
    index += 1;
  }
}
