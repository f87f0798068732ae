import type { TableName } from '../table-name.js';
import type { RawInsert, StatementAnalysis } from './analysis.js';
import { type Token, tokenize } from './tokens.js';

const TRANSACTION_WORDS = new Set([
  'begin',
  'start',
  'commit',
  'end',
  'rollback',
  'abort',
  'savepoint',
  'release',
]);
const DDL_WORDS = new Set(['create', 'drop', 'alter', 'restore', 'grant', 'revoke', 'deny']);
const SELECT_WORDS = new Set(['select', 'with', 'values', '(', 'table']);
/** They read, and are neither prepared nor repeated. */
const OTHER_READING_WORDS = new Set(['copy', 'declare']);

const BEFORE_TABLE = new Set(['from', 'join']);

/**
 * What a statement written by hand does, from its text. Careful rather than clever: every name that
 * could be a table counts as one that is searched, and where the text can't be read, so do all
 * tables of the schema.
 */
export function analyzeRawSql(sql: string): StatementAnalysis {
  const tokens = tokenize(sql);
  if (tokens === undefined) {
    const written = /^\s*(insert|update|delete)\b/i.exec(sql)?.[1]?.toLowerCase();
    const kind = (written ?? 'other') as 'insert' | 'update' | 'delete' | 'other';
    return { kind, reads: 'unknown', writes: 'unknown' };
  }
  const first = tokens[0];
  const word = first?.kind === 'word' || first?.text === '(' ? first.text : '';
  if (TRANSACTION_WORDS.has(word)) return { kind: 'transaction', reads: [], writes: [] };

  const end = tokens.findIndex((token) => token.kind === 'symbol' && token.text === ';');
  if (end >= 0 && end < tokens.length - 1) {
    // Several statements: they may do anything.
    return { kind: 'ddl', reads: 'unknown', writes: 'unknown' };
  }
  if (DDL_WORDS.has(word)) {
    // CREATE TABLE … AS SELECT; a view is read when it is used.
    const reads = tokens[1]?.text === 'table' ? searched(tokens, false) : [];
    return { kind: 'ddl', reads, writes: [] };
  }
  if (word === 'refresh') return { kind: 'refresh', reads: [], writes: [] };
  if (word === 'insert') {
    return {
      kind: 'insert',
      reads: searched(tokens, false),
      writes: targets(tokens, 'into'),
      rawInsert: rawInsert(tokens),
    };
  }
  if (word === 'update') {
    return { kind: 'update', reads: searched(tokens, true), writes: targets(tokens, 'update') };
  }
  if (word === 'delete') {
    return { kind: 'delete', reads: searched(tokens, true), writes: targets(tokens, 'from') };
  }
  if (OTHER_READING_WORDS.has(word)) {
    return { kind: 'other', reads: searched(tokens, true), writes: [] };
  }
  if (!SELECT_WORDS.has(word)) return { kind: 'other', reads: [], writes: [] };
  return { kind: 'select', reads: searched(tokens, true), writes: [] };
}

/** Names that stand where a table can stand, in a fragment of a statement. */
export function tablesInFragment(fragment: string): readonly TableName[] | 'unknown' {
  const tokens = tokenize(fragment);
  return tokens === undefined ? 'unknown' : findTables(tokens, BEFORE_TABLE);
}

function searched(tokens: readonly Token[], withTarget: boolean): StatementAnalysis['reads'] {
  const before = withTarget ? new Set([...BEFORE_TABLE, 'update', 'copy', 'table']) : BEFORE_TABLE;
  return findTables(tokens, before).map((table) => ({ table, lookup: undefined }));
}

function targets(tokens: readonly Token[], word: string): readonly TableName[] | 'unknown' {
  const target = findTables(tokens, new Set([word]))[0];
  return target === undefined ? 'unknown' : [target];
}

/** Words that end a FROM clause. ON doesn't: `a JOIN b ON …, c`. */
const AFTER_FROM = new Set([
  'select',
  'where',
  'group',
  'having',
  'window',
  'order',
  'limit',
  'offset',
  'fetch',
  'union',
  'intersect',
  'except',
  'set',
  'values',
  'returning',
]);

/** `extract(year FROM x)`: no clause. */
const FUNCTIONS_WITH_FROM = new Set(['extract', 'trim', 'substring', 'overlay']);

/** What is known between two parentheses. */
interface Level {
  inFrom: boolean;
  /** A table may come next. */
  expected: boolean;
  readonly plain: boolean;
}

/**
 * Names that stand where a table can: after a word of `before`, and after the commas of the FROM
 * clause that it opens. Names of CTEs are left out.
 */
function findTables(tokens: readonly Token[], before: ReadonlySet<string>): TableName[] {
  const tables: TableName[] = [];
  const levels: Level[] = [];
  let level: Level = { inFrom: false, expected: false, plain: false };
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (isSymbol(token, '(')) {
      levels.push(level);
      const previous = tokens[index - 1];
      const plain = previous?.kind === 'word' && FUNCTIONS_WITH_FROM.has(previous.text);
      level = { inFrom: level.expected, expected: level.expected, plain };
    } else if (isSymbol(token, ')')) {
      level = levels.pop() ?? level;
      level.expected = false;
    } else if (isSymbol(token, ',')) {
      level.expected = level.inFrom;
    } else if (token?.kind === 'word' && AFTER_FROM.has(token.text)) {
      level.inFrom = false;
      level.expected = false;
    } else if (token?.kind === 'word' && before.has(token.text)) {
      const opens = !level.plain && tokens[index - 1]?.text !== 'distinct';
      level.inFrom ||= opens;
      level.expected = opens;
    } else if (level.expected && isName(token)) {
      level.expected = token.text === 'lateral' || token.text === 'only';
      const { table, end } = readName(tokens, index);
      // A function such as unnest(…) is no table.
      if (!level.expected && !isSymbol(tokens[end], '(')) tables.push(table);
      index = end - 1;
    }
  }
  const ctes = cteNames(tokens);
  return tables.filter((table) => table.schema !== undefined || !ctes.has(table.name));
}

/** `name` or `schema.name`, and the position after it. */
function readName(
  tokens: readonly Token[],
  start: number,
): { readonly table: TableName; readonly end: number } {
  const first = tokens[start]?.text ?? '';
  const second = tokens[start + 2];
  return isSymbol(tokens[start + 1], '.') && isName(second)
    ? { table: { schema: first, name: second.text }, end: start + 3 }
    : { table: { schema: undefined, name: first }, end: start + 1 };
}

/** `name AS (` and `name (a, b) AS (`. */
function cteNames(tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>();
  tokens.forEach((token, index) => {
    if (token.kind !== 'word' || token.text !== 'as' || !isSymbol(tokens[index + 1], '(')) return;
    let position = index - 1;
    if (isSymbol(tokens[position], ')')) {
      while (position > 0 && !isSymbol(tokens[position], '(')) position -= 1;
      position -= 1;
    }
    const name = tokens[position];
    if (isName(name)) names.add(name.text);
  });
  return names;
}

function isName(token: Token | undefined): token is Token {
  return token?.kind === 'word' || token?.kind === 'quoted';
}

function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}

/**
 * How many rows an INSERT by hand sends: the groups of its VALUES, or the length of the arrays that
 * its UNNEST gets. Undefined where a WHERE, LIMIT or the like may leave some out.
 */
function rawInsert(tokens: readonly Token[]): RawInsert | undefined {
  const ignoresConflicts = tokens.some(
    (token, index) => token.text === 'do' && tokens[index + 1]?.text === 'nothing',
  );
  const conflict = tokens.findIndex(
    (token, index) =>
      token.kind === 'word' && token.text === 'on' && tokens[index + 1]?.text === 'conflict',
  );
  const returning = tokens.findIndex(
    (token) => token.kind === 'word' && token.text === 'returning',
  );
  const ends = [conflict, returning].filter((index) => index >= 0);
  const body = tokens.slice(0, ends.length === 0 ? undefined : Math.min(...ends));

  const values = body.findIndex((token) => token.kind === 'word' && token.text === 'values');
  if (values >= 0)
    return { rows: countGroups(body.slice(values + 1)), arrays: [], ignoresConflicts };

  const words = new Set(body.filter((token) => token.kind === 'word').map((token) => token.text));
  const filters = ['where', 'limit', 'group', 'distinct', 'join', 'union', 'having', 'offset'];
  if (!words.has('unnest') || filters.some((word) => words.has(word))) return undefined;
  const open = body.findIndex((token) => token.kind === 'word' && token.text === 'unnest') + 1;
  const arrays: number[] = [];
  for (let index = open, depth = 0; index < body.length; index += 1) {
    if (isSymbol(body[index], '(')) depth += 1;
    if (isSymbol(body[index], ')')) depth -= 1;
    if (depth === 0) break;
    if (body[index]?.kind === 'parameter') arrays.push(Number(body[index]?.text));
  }
  return { rows: undefined, arrays, ignoresConflicts };
}

function countGroups(tokens: readonly Token[]): number {
  let groups = 0;
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, '(') && (depth += 1) === 1) groups += 1;
    if (isSymbol(token, ')')) depth -= 1;
  }
  return groups;
}
