import { RawNode, type RootOperationNode } from 'kysely';

import type { TableName } from '../table-name.js';
import type { StatementAnalysis, TableMove } from './analysis.js';
import { isDistinctFrom, QueryReads, toTableName } from './query-reads.js';
import { readRawInsert } from './raw-insert.js';
import { returnedOfUpdated } from './returned-columns.js';
import { Tokens } from './tokens.js';

/**
 * What a statement reads and writes, by its text: that is what the server sees, whether a builder
 * or somebody's hand made it. The result holds for every execution of the same text. Tables that
 * the text leaves unqualified have no schema.
 */
export function analyze(node: RootOperationNode, sql: string): StatementAnalysis {
  const analysis = analyzeSql(sql);
  // The node of a builder's INSERT tells more.
  return RawNode.is(node) ? analysis : { ...analysis, rawInsert: undefined };
}

export function analyzeSql(sql: string): StatementAnalysis {
  const tokens = Tokens.read(sql);
  if (tokens === undefined) return unreadable(sql);
  const statements = split(tokens);
  const [only, ...others] = statements.map(({ start, end }) => analyzeOne(tokens, start, end));
  if (only === undefined) return NOTHING;
  if (others.length === 0) return only;
  // They may do anything, and in which order is not looked into.
  const all = [only, ...others];
  return {
    kind: 'ddl',
    reads: all.flatMap(({ reads }) => (reads === 'unknown' ? [] : reads)),
    writes: all.flatMap(({ writes }) => (writes === 'unknown' ? [] : writes)),
    refreshes: [],
    moves: all.flatMap(({ moves }) => moves),
  };
}

/** Tables that a query reads, such as the definition of a view; `unknown` where it can't be read. */
export function tablesOfQuery(sql: string): readonly TableName[] | 'unknown' {
  const { reads } = analyzeSql(sql);
  return reads === 'unknown' ? reads : reads.map(({ table }) => table);
}

const NOTHING: StatementAnalysis = {
  kind: 'other',
  reads: [],
  writes: [],
  refreshes: [],
  moves: [],
};

function unreadable(sql: string): StatementAnalysis {
  const written = /^\s*(insert|update|delete)\b/i.exec(sql)?.[1]?.toLowerCase();
  const kind = (written ?? 'other') as 'insert' | 'update' | 'delete' | 'other';
  return { ...NOTHING, kind, reads: 'unknown', writes: 'unknown' };
}

function split(tokens: Tokens): { readonly start: number; readonly end: number }[] {
  const statements: { start: number; end: number }[] = [];
  let start = 0;
  for (let index = 0; index <= tokens.length; index += 1) {
    if (index < tokens.length && !tokens.symbol(index, ';')) continue;
    if (index > start) statements.push({ start, end: index });
    start = index + 1;
  }
  return statements;
}

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

function analyzeOne(tokens: Tokens, start: number, end: number): StatementAnalysis {
  const query = new QueryReads(tokens);
  const word = tokens.word(start);
  switch (word) {
    case 'select':
    case 'with':
    case 'values':
      query.query(start, end);
      return { ...NOTHING, kind: 'select', reads: query.reads };
    case 'insert':
      return analyzeInsert(tokens, start, end, query);
    case 'update':
    case 'delete':
      return analyzeChange(tokens, start, end, query, word);
    case 'refresh':
      return { ...NOTHING, kind: 'refresh', refreshes: refreshed(tokens, start + 2, end) };
    case 'copy':
      return analyzeCopy(tokens, start, end, query);
    case 'declare':
      // Read now, whatever is fetched later.
      query.query(tokens.find(new Set(['for']), start, end) + 1, end);
      return { ...NOTHING, reads: query.reads };
    case 'explain':
      return analyzeExplain(tokens, start, end);
    case 'create':
      return analyzeCreate(tokens, start, end, query);
    case 'drop':
    case 'alter':
      return { ...NOTHING, kind: 'ddl', moves: moves(tokens, start, end) };
    case 'restore':
    case 'grant':
    case 'revoke':
    case 'deny':
      return { ...NOTHING, kind: 'ddl' };
    default:
      return TRANSACTION_WORDS.has(word) ? { ...NOTHING, kind: 'transaction' } : NOTHING;
  }
}

function tableAt(tokens: Tokens, index: number): TableName {
  return toTableName(tokens.name(index).parts);
}

/** `INSERT INTO t [(columns)] source …`. */
function analyzeInsert(
  tokens: Tokens,
  start: number,
  end: number,
  query: QueryReads,
): StatementAnalysis {
  let source = tokens.name(start + 2).end;
  if (tokens.symbol(source, '(') && !tokens.startsQuery(source + 1)) source = tokens.after(source);
  query.query(source, end);
  const action = tokens.find(new Set(['do']), source, end);
  return {
    ...NOTHING,
    kind: 'insert',
    reads: query.reads,
    writes: [tableAt(tokens, start + 2)],
    rawInsert: readRawInsert(tokens, source, end),
    // Of a conflict, DO NOTHING returns no row.
    returnsUpdated:
      tokens.word(action + 1) === 'update' ? returnedOfUpdated(tokens, action, end) : undefined,
  };
}

function analyzeChange(
  tokens: Tokens,
  start: number,
  end: number,
  query: QueryReads,
  kind: 'update' | 'delete',
): StatementAnalysis {
  const target = kind === 'update' ? start + 1 : start + 2;
  query.change(target, end);
  return {
    ...NOTHING,
    kind,
    reads: query.reads,
    writes: [tableAt(tokens, target)],
    returnsUpdated: kind === 'update' ? returnedOfUpdated(tokens, target, end) : undefined,
  };
}

/** `COPY t [PARTITION (…)] [(columns)] [WHERE …] FROM | TO …`. */
function analyzeCopy(
  tokens: Tokens,
  start: number,
  end: number,
  query: QueryReads,
): StatementAnalysis {
  const table = tableAt(tokens, start + 1);
  let index = tokens.name(start + 1).end;
  query.expression(index, end);
  while (index < end && !isCopyDirection(tokens, index)) index = tokens.after(index);
  if (tokens.word(index) === 'from') return { ...NOTHING, reads: query.reads, writes: [table] };
  return { ...NOTHING, reads: [{ table, lookup: undefined }, ...query.reads] };
}

function isCopyDirection(tokens: Tokens, index: number): boolean {
  const word = tokens.word(index);
  return word === 'to' || (word === 'from' && !isDistinctFrom(tokens, index));
}

/** With ANALYZE the statement is carried out. */
function analyzeExplain(tokens: Tokens, start: number, end: number): StatementAnalysis {
  let analyzes = false;
  let index = start + 1;
  for (; index < end; index = tokens.after(index)) {
    if (tokens.word(index) === 'analyze') {
      analyzes = true;
    } else if (tokens.symbol(index, '(')) {
      for (let option = index + 1; option < tokens.end(index); option += 1) {
        if (tokens.word(option) === 'analyze') analyzes = tokens.word(option + 1) !== 'false';
      }
    } else if (tokens.word(index) !== 'verbose') {
      break;
    }
  }
  return analyzes ? { ...analyzeOne(tokens, index, end), kind: 'other' } : NOTHING;
}

/** `CREATE TABLE [IF NOT EXISTS] t AS query` reads; a view is read when it is used. */
function analyzeCreate(
  tokens: Tokens,
  start: number,
  end: number,
  query: QueryReads,
): StatementAnalysis {
  const ddl: StatementAnalysis = { ...NOTHING, kind: 'ddl' };
  if (tokens.word(start + 1) !== 'table') return ddl;
  const mayExist = tokens.word(start + 2) === 'if';
  const name = start + (mayExist ? 5 : 2);
  const table = tableAt(tokens, name);
  const after = tokens.name(name).end;
  // What was known of another table of that name is of no concern any more.
  const gone = mayExist ? [] : [{ from: table, to: undefined }];
  if (tokens.word(after) !== 'as') return { ...ddl, moves: gone };
  query.query(after + 1, end);
  return { ...ddl, reads: query.reads, writes: [table], moves: gone };
}

/** `REFRESH TABLE a, b PARTITION (…)`. */
function refreshed(tokens: Tokens, start: number, end: number): TableName[] {
  const tables: TableName[] = [];
  for (let index = start; index < end; index += 1) {
    const { parts, end: after } = tokens.name(index);
    const partial = tokens.word(after) === 'partition';
    if (!partial) tables.push(toTableName(parts));
    index = partial ? tokens.after(after + 1) : after;
  }
  return tables;
}

function moves(tokens: Tokens, start: number, end: number): readonly TableMove[] {
  let index = start + 1;
  if (tokens.word(index) === 'cluster' && tokens.word(index + 1) === 'swap') {
    return swapped(tokens, index + 3, end);
  }
  if (tokens.word(index) !== 'table') return [];
  index += 1;
  if (tokens.word(start) === 'drop') {
    if (tokens.word(index) === 'if') index += 2;
    return [{ from: tableAt(tokens, index), to: undefined }];
  }
  if (tokens.word(index) === 'only') index += 1;
  const from = tableAt(tokens, index);
  const after = tokens.name(index).end;
  if (tokens.word(after) !== 'rename' || tokens.word(after + 1) !== 'to') return [];
  const to = tableAt(tokens, after + 2);
  return [{ from, to: { schema: to.schema ?? from.schema, name: to.name } }];
}

/** `a TO b [WITH (drop_source = true)]`. */
function swapped(tokens: Tokens, start: number, end: number): readonly TableMove[] {
  const from = tableAt(tokens, start);
  const to = tableAt(tokens, tokens.name(start).end + 1);
  let dropped = false;
  for (let index = start; index < end; index += 1) {
    if (tokens.word(index) === 'drop_source') dropped = tokens.word(index + 2) === 'true';
  }
  return [
    { from, to },
    { from: to, to: dropped ? undefined : from },
  ];
}
