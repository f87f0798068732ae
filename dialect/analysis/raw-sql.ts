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
const READING_WORDS = new Set(['select', 'with', 'values', 'copy', 'declare', '(', 'table']);

const BEFORE_TABLE = new Set(['from', 'join']);

/**
 * What a statement written by hand does, from its text. Careful rather than clever: every name that
 * could be a table counts as one that is searched, and where the text can't be read, so do all
 * tables of the schema.
 */
export function analyzeRawSql(sql: string): StatementAnalysis {
  const tokens = tokenize(sql);
  if (tokens === undefined) return { kind: 'other', reads: 'unknown', writes: 'unknown' };
  const first = tokens[0];
  const word = first?.kind === 'word' || first?.text === '(' ? first.text : '';
  if (TRANSACTION_WORDS.has(word)) return { kind: 'transaction', reads: [], writes: [] };

  const end = tokens.findIndex((token) => token.kind === 'symbol' && token.text === ';');
  if (end >= 0 && end < tokens.length - 1) {
    // Several statements: they may do anything.
    return { kind: 'ddl', reads: 'unknown', writes: 'unknown' };
  }
  if (DDL_WORDS.has(word)) return { kind: 'ddl', reads: [], writes: [] };
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
  if (!READING_WORDS.has(word)) return { kind: 'other', reads: [], writes: [] };
  return { kind: 'select', reads: searched(tokens, true), writes: [] };
}

/** Names that stand where a table can stand, in a fragment of a statement. */
export function tablesInFragment(fragment: string): readonly TableName[] | 'unknown' {
  const tokens = tokenize(fragment);
  return tokens === undefined ? 'unknown' : findTables(tokens, BEFORE_TABLE);
}

function searched(tokens: readonly Token[], withTarget: boolean): StatementAnalysis['reads'] {
  const before = withTarget
    ? new Set([...BEFORE_TABLE, 'update', 'copy', 'table'])
    : BEFORE_TABLE;
  return findTables(tokens, before).map((table) => ({ table, lookup: undefined }));
}

function targets(tokens: readonly Token[], word: string): readonly TableName[] | 'unknown' {
  const target = findTables(tokens, new Set([word]))[0];
  return target === undefined ? 'unknown' : [target];
}

function findTables(tokens: readonly Token[], before: ReadonlySet<string>): TableName[] {
  const tables: TableName[] = [];
  const ctes = cteNames(tokens);
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.kind !== 'word' || !before.has(token.text)) continue;
    index = readTableList(tokens, index + 1, tables) - 1;
  }
  return tables.filter((table) => table.schema !== undefined || !ctes.has(table.name));
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
    const name = nameAt(tokens, position);
    if (name !== undefined) names.add(name);
  });
  return names;
}

/** `a, s.b AS x, "c"`: up to what is no name. Gives the position after it. */
function readTableList(tokens: readonly Token[], start: number, into: TableName[]): number {
  let position = start;
  for (;;) {
    while (isSymbol(tokens[position], '(')) position += 1;
    const first = nameAt(tokens, position);
    if (first === undefined) return position;
    position += 1;
    let table: TableName = { schema: undefined, name: first };
    const second = isSymbol(tokens[position], '.') ? nameAt(tokens, position + 1) : undefined;
    if (second !== undefined) {
      table = { schema: first, name: second };
      position += 2;
    }
    // A function such as unnest(…) is no table.
    if (!isSymbol(tokens[position], '(')) into.push(table);
    position = skipAlias(tokens, position);
    if (!isSymbol(tokens[position], ',')) return position;
    position += 1;
  }
}

function skipAlias(tokens: readonly Token[], start: number): number {
  let position = start;
  if (tokens[position]?.kind === 'word' && tokens[position]?.text === 'as') position += 1;
  const next = tokens[position];
  const after = tokens[position + 1];
  if (next?.kind === 'quoted' || (next?.kind === 'word' && isSymbol(after, ','))) position += 1;
  return position;
}

function nameAt(tokens: readonly Token[], position: number): string | undefined {
  const token = tokens[position];
  if (token?.kind === 'quoted') return token.text;
  if (token?.kind === 'word' && token.text !== 'select' && token.text !== 'unnest') {
    return token.text;
  }
  return undefined;
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
  const returning = tokens.findIndex((token) => token.kind === 'word' && token.text === 'returning');
  const ends = [conflict, returning].filter((index) => index >= 0);
  const body = tokens.slice(0, ends.length === 0 ? undefined : Math.min(...ends));

  const values = body.findIndex((token) => token.kind === 'word' && token.text === 'values');
  if (values >= 0) return { rows: countGroups(body.slice(values + 1)), arrays: [], ignoresConflicts };

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
