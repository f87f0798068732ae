import type { RawInsert } from './analysis.js';
import type { Tokens } from './tokens.js';

const AFTER_SOURCE = new Set(['on', 'returning']);
const FILTERS = ['where', 'limit', 'group', 'distinct', 'join', 'union', 'having', 'offset'];

/**
 * How many rows an INSERT by hand sends: the groups of its VALUES, or the length of the arrays that
 * its UNNEST gets. Undefined where a WHERE, LIMIT or the like may leave some out.
 *
 * @param start where the columns or the source begin
 */
export function readRawInsert(tokens: Tokens, start: number, stop: number): RawInsert | undefined {
  const end = tokens.find(AFTER_SOURCE, start, stop);
  const action = tokens.find(new Set(['do']), end, stop);
  const ignoresConflicts = tokens.word(action + 1) === 'nothing';
  const values = tokens.find(new Set(['values']), start, end);
  if (values < end) {
    return { rows: countGroups(tokens, values + 1, end), arrays: [], ignoresConflicts };
  }

  const words = new Set<string>();
  let unnest: number | undefined;
  for (let index = start; index < end; index += 1) {
    words.add(tokens.word(index));
    if (tokens.word(index) === 'unnest') unnest ??= index;
  }
  if (unnest === undefined || FILTERS.some((word) => words.has(word))) return undefined;
  const arrays: number[] = [];
  for (let index = unnest; index < tokens.end(unnest + 1); index += 1) {
    if (tokens.kind(index) === 'parameter') arrays.push(Number(tokens.text(index)));
  }
  return { rows: undefined, arrays, ignoresConflicts };
}

function countGroups(tokens: Tokens, start: number, end: number): number {
  let groups = 0;
  for (let index = start; index < end; index = tokens.after(index)) {
    if (tokens.symbol(index, '(')) groups += 1;
  }
  return groups;
}
