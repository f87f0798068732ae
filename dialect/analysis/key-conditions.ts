import type { Tokens } from './tokens.js';

/**
 * What a WHERE says about the columns of its one table, in the terms in which CrateDB decides
 * whether it can get the rows by their keys.
 */
export interface KeyConditions {
  /** Columns that are fixed, and by how many values: `= value`, or IN a list of literals. */
  readonly fixed: ReadonlyMap<string, number>;
  /** How many ORs of equalities there are. */
  readonly ors: number;
  /** Columns in any other condition. One on a key column turns the lookup into a search. */
  readonly others: ReadonlySet<string>;
  /** There are other conditions. */
  readonly further: boolean;
  /** A condition that can't be seen through: a subquery. */
  readonly opaque: boolean;
}

/** With both of them, an UPDATE or DELETE by key is a compare-and-set, and still a lookup. */
const VERSION_COLUMNS = ['_seq_no', '_primary_term'];

/**
 * CrateDB tries all combinations of the values that the key columns are compared with, and one more
 * per column; from 10,000 of them on it gives up, without a word, and searches. Keys that stand in
 * an OR count for every branch: 98 keys of two columns, 3 of six. An IN list on one column of two:
 * 4,998. Half of it is kept as a distance.
 */
const MAX_COMBINATIONS = 5000;

/**
 * Whether CrateDB reads these rows by their keys, at once and newest, without a REFRESH. What isn't
 * surely so is a search.
 */
export function isLookup(
  conditions: KeyConditions,
  keys: readonly string[],
  forWrite: boolean,
): boolean {
  const { fixed, ors, others, further, opaque } = conditions;
  if (keys.length === 0 || opaque) return false;
  let combinations = 1;
  for (const key of keys) {
    const values = fixed.get(key);
    if (values === undefined || others.has(key)) return false;
    combinations *= values + 1;
  }
  if (combinations > MAX_COMBINATIONS) return false;
  const extra = [...fixed.keys()].filter((column) => !keys.includes(column));
  const nothingElse = !further && extra.length === 0;
  // `a = 1 AND (b = 1 OR b = 2) AND c = 3` is a search for some conditions on c, a get for others.
  if (ors > 0) return ors === 1 && nothingElse;
  if (!forWrite) return true;
  return (
    nothingElse ||
    (!further && extra.length === 2 && VERSION_COLUMNS.every((column) => fixed.get(column) === 1))
  );
}

/**
 * What the condition between two positions says.
 *
 * @param name what the table is called in a reference: its alias, or its own name
 */
export function readKeyConditions(
  tokens: Tokens,
  start: number,
  end: number,
  name: string,
): KeyConditions {
  if (isParenthesized(tokens, start, end)) {
    return readKeyConditions(tokens, start + 1, end - 1, name);
  }
  const range = { tokens, start, end };
  const branches = split(range, 'or');
  if (branches.length > 1) {
    return either(
      range,
      branches.map((branch) => readPart(branch, name)),
    );
  }
  const parts = split(range, 'and');
  if (parts.length > 1) return parts.map((part) => readPart(part, name)).reduce(both);
  return readFixed(range, name) ?? other(range);
}

/** A part of the text, from `start` until before `end`. */
interface Range {
  readonly tokens: Tokens;
  readonly start: number;
  readonly end: number;
}

function readPart({ tokens, start, end }: Range, name: string): KeyConditions {
  return readKeyConditions(tokens, start, end, name);
}

function isParenthesized(tokens: Tokens, start: number, end: number): boolean {
  return tokens.symbol(start, '(') && tokens.after(start) === end && !tokens.startsQuery(start + 1);
}

/** What stands between the words, outside of brackets, CASE … END and BETWEEN … AND. */
function split({ tokens, start, end }: Range, separator: 'and' | 'or'): Range[] {
  const parts: Range[] = [];
  let from = start;
  let cases = 0;
  let between = false;
  for (let index = start; index < end; index = tokens.after(index)) {
    const word = tokens.word(index);
    if (word === 'case') cases += 1;
    else if (word === 'end') cases -= 1;
    else if (cases > 0) continue;
    else if (word === 'between') between = true;
    else if (word === 'and' && between) between = false;
    else if (word === separator) {
      parts.push({ tokens, start: from, end: index });
      from = index + 1;
    }
  }
  parts.push({ tokens, start: from, end });
  return parts;
}

const NOTHING: KeyConditions = {
  fixed: new Map(),
  ors: 0,
  others: new Set(),
  further: false,
  opaque: false,
};

function both(left: KeyConditions, right: KeyConditions): KeyConditions {
  return {
    fixed: sum(left.fixed, right.fixed),
    ors: left.ors + right.ors,
    others: new Set([...left.others, ...right.others]),
    further: left.further || right.further,
    opaque: left.opaque || right.opaque,
  };
}

/** An OR fixes columns only if each branch fixes the same ones, by one value, and nothing else. */
function either(range: Range, branches: readonly KeyConditions[]): KeyConditions {
  const [first] = branches;
  const alike =
    first !== undefined &&
    branches.every(
      ({ fixed, ors, further }) =>
        !further &&
        ors === 0 &&
        fixed.size === first.fixed.size &&
        [...fixed].every(([column, values]) => values === 1 && first.fixed.has(column)),
    );
  if (!alike) return other(range);
  const fixed = new Map([...first.fixed.keys()].map((column) => [column, branches.length]));
  return { ...NOTHING, fixed, ors: 1 };
}

function sum(
  left: ReadonlyMap<string, number>,
  right: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  if (left.size === 0) return right;
  const total = new Map(left);
  for (const [column, values] of right) total.set(column, (total.get(column) ?? 0) + values);
  return total;
}

/** Every name in it may be a column: better one too many than a search taken for a lookup. */
function other({ tokens, start, end }: Range): KeyConditions {
  const columns = new Set<string>();
  // Nothing at all is a text that was not understood.
  let opaque = start >= end;
  for (let index = start; index < end; index += 1) {
    if (tokens.isName(index) && !tokens.symbol(index + 1, '.')) columns.add(tokens.text(index));
    if (tokens.symbol(index, '(') && tokens.startsQuery(index + 1)) opaque = true;
    // `count(*)` of rows that match is counted by a search, though the whole key is there as well.
    if (/^(knn_)?match$/.test(tokens.word(index))) opaque = true;
  }
  return { ...NOTHING, others: columns, further: true, opaque };
}

/** `column = value`, `value = column`, or `column IN (literals)`. */
function readFixed(range: Range, name: string): KeyConditions | undefined {
  const { tokens, start, end } = range;
  const column = readColumn(tokens, start, name);
  if (column === undefined) {
    const value = readValue(tokens, start);
    if (value === undefined || !tokens.symbol(value, '=')) return undefined;
    const right = readColumn(tokens, value + 1, name);
    return right?.end === end ? fixedBy(right.column, 1) : undefined;
  }
  if (tokens.symbol(column.end, '=')) {
    return readValue(tokens, column.end + 1) === end ? fixedBy(column.column, 1) : undefined;
  }
  const open = column.end + 1;
  if (tokens.word(column.end) !== 'in' || !tokens.symbol(open, '(')) return undefined;
  // With parameters in the list it is a search.
  const values = countLiterals(tokens, open + 1, tokens.end(open));
  return values === undefined || tokens.after(open) !== end
    ? undefined
    : fixedBy(column.column, values);
}

function fixedBy(column: string, values: number): KeyConditions {
  return { ...NOTHING, fixed: new Map([[column, values]]) };
}

interface Column {
  readonly column: string;
  readonly end: number;
}

/** A column of the table, perhaps in parentheses. */
function readColumn(tokens: Tokens, start: number, name: string): Column | undefined {
  if (tokens.symbol(start, '(')) {
    const inner = readColumn(tokens, start + 1, name);
    return inner?.end === tokens.end(start) ? { ...inner, end: inner.end + 1 } : undefined;
  }
  if (!tokens.isName(start) || BOOLEANS.has(tokens.word(start))) return undefined;
  const { parts, end } = tokens.name(start);
  if (parts.length > 1 && parts.at(-2) !== name) return undefined;
  // A function, or a part of an object or array.
  if (tokens.symbol(end, '(') || tokens.symbol(end, '[')) return undefined;
  return { column: parts.at(-1) ?? '', end };
}

const BOOLEANS = new Set(['true', 'false']);

/** The position after a parameter or a literal, which may be cast or in parentheses. */
function readValue(tokens: Tokens, start: number): number | undefined {
  let end: number | undefined;
  if (tokens.symbol(start, '(')) {
    const inner = readValue(tokens, start + 1);
    end = inner === tokens.end(start) ? inner + 1 : undefined;
  } else if (tokens.word(start) === 'cast' && tokens.symbol(start + 1, '(')) {
    const inner = readValue(tokens, start + 2);
    end = inner !== undefined && tokens.word(inner) === 'as' ? tokens.after(start + 1) : undefined;
  } else if (tokens.kind(start) === 'parameter' || tokens.symbol(start, '?')) {
    end = start + 1;
  } else {
    end = readLiteral(tokens, start);
  }
  while (end !== undefined && tokens.symbol(end, '::')) end = readType(tokens, end + 1);
  return end;
}

function readLiteral(tokens: Tokens, start: number): number | undefined {
  const kind = tokens.kind(start);
  if (kind === 'string' || kind === 'number' || BOOLEANS.has(tokens.word(start))) return start + 1;
  if (tokens.symbol(start, '-') && tokens.kind(start + 1) === 'number') return start + 2;
  return undefined;
}

const TYPE_WORDS = new Set(['precision', 'varying', 'with', 'without', 'time', 'zone']);

/** `double precision`, `varchar(3)`, `text[]`. */
function readType(tokens: Tokens, start: number): number {
  let { end } = tokens.name(start);
  while (TYPE_WORDS.has(tokens.word(end))) end += 1;
  while (tokens.symbol(end, '(') || tokens.symbol(end, '[')) end = tokens.after(end);
  return end;
}

function countLiterals(tokens: Tokens, start: number, end: number): number | undefined {
  let count = 0;
  for (let index = start; ; index += 1) {
    const after = readLiteral(tokens, index);
    if (after === undefined) return undefined;
    count += 1;
    if (after === end) return count;
    if (!tokens.symbol(after, ',')) return undefined;
    index = after;
  }
}
