import type { TableName } from '../table-name.js';
import type { LookupCandidate, TableRead } from './analysis.js';
import { readKeyConditions } from './key-conditions.js';
import type { Tokens } from './tokens.js';

/** Names of the CTEs that can be seen. */
type Scope = ReadonlySet<string>;

const NO_CTES: Scope = new Set();

/** What was read by one SELECT, UPDATE or DELETE, its subqueries left aside. */
interface Block {
  readonly forWrite: boolean;
  /** Tables, subqueries, CTEs and functions of its FROM. */
  sources: number;
  /** The last of them that is a table, and what it is called in a reference. */
  read: { readonly table: TableName; lookup: LookupCandidate | undefined } | undefined;
  name: string;
  where: { readonly start: number; readonly end: number } | undefined;
}

/**
 * Which tables are read by a query, or by a part of a statement. CTEs hide tables where SQL says so:
 * in what follows their definition, within the query that has the WITH.
 */
export class QueryReads {
  readonly reads: TableRead[] = [];
  readonly #tokens: Tokens;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** `[WITH …] SELECT …`, set operations, VALUES, or the source of an INSERT. */
  query(start: number, end: number, outer: Scope = NO_CTES): void {
    const tokens = this.#tokens;
    if (tokens.word(start) !== 'with') {
      this.#blocks(start, end, outer);
      return;
    }
    const ctes = new Set(outer);
    let index = start;
    do {
      const name = tokens.text(index + 1);
      index += 2;
      if (tokens.symbol(index, '(')) index = tokens.after(index);
      if (tokens.word(index) === 'as') index += 1;
      if (tokens.symbol(index, '(')) this.query(index + 1, tokens.end(index), ctes);
      // Not recursive: in its own definition the name stands for a table.
      ctes.add(name);
      index = tokens.after(index);
    } while (tokens.symbol(index, ',') && index < end);
    this.#blocks(index, end, ctes);
  }

  /** `UPDATE t …` and `DELETE FROM t …`, from the position of the table on. */
  change(start: number, end: number): void {
    const block = newBlock(true);
    this.#clauses(this.#relations(start, end, NO_CTES, block), end, NO_CTES, block);
  }

  /** The queries in it. */
  expression(start: number, end: number, scope: Scope = NO_CTES): void {
    for (let index = start; index < end; index += 1) {
      if (!this.#tokens.symbol(index, '(')) continue;
      this.#parenthesis(index, scope);
      index = this.#tokens.end(index);
    }
  }

  #parenthesis(open: number, scope: Scope): void {
    const end = this.#tokens.end(open);
    if (this.#tokens.startsQuery(open + 1)) this.query(open + 1, end, scope);
    else this.expression(open + 1, end, scope);
  }

  #blocks(start: number, end: number, scope: Scope): void {
    this.#clauses(start, end, scope, newBlock(false));
  }

  #clauses(start: number, end: number, scope: Scope, first: Block): void {
    const tokens = this.#tokens;
    let block = first;
    let index = start;
    while (index < end) {
      if (tokens.symbol(index, '(')) {
        this.#parenthesis(index, scope);
        index = tokens.after(index);
        continue;
      }
      const word = tokens.word(index);
      index += 1;
      if (word === 'select') {
        this.#finish(block);
        block = newBlock(false);
      } else if (word === 'from' && !isDistinctFrom(tokens, index - 1)) {
        index = this.#relations(index, end, scope, block);
      } else if (word === 'where') {
        const stop = clauseEnd(tokens, index, end);
        this.expression(index, stop, scope);
        block.where = { start: index, end: stop };
        index = stop;
      }
    }
    this.#finish(block);
  }

  /** A block that reads one table and nothing else may be a lookup. */
  #finish({ sources, read, where, forWrite, name }: Block): void {
    if (sources !== 1 || read === undefined || where === undefined) return;
    const conditions = readKeyConditions(this.#tokens, where.start, where.end, name);
    read.lookup = { forWrite, conditions };
  }

  /** The items of a FROM with their joins; returns the position of the clause after it. */
  #relations(start: number, end: number, scope: Scope, block: Block): number {
    const tokens = this.#tokens;
    let index = this.#relation(start, end, scope, block);
    while (index < end && !endsClause(tokens, index)) {
      if (tokens.symbol(index, ',') || tokens.word(index) === 'join') {
        index = this.#relation(index + 1, end, scope, block);
      } else if (tokens.isOpening(index)) {
        // In the condition of a join.
        this.expression(index, tokens.after(index), scope);
        index = tokens.after(index);
      } else {
        index += 1;
      }
    }
    return index;
  }

  #relation(start: number, end: number, scope: Scope, block: Block): number {
    const tokens = this.#tokens;
    let index = start;
    let table: TableName | undefined;
    if (tokens.symbol(start, '(')) {
      index = tokens.after(start);
      if (tokens.startsQuery(start + 1)) {
        block.sources += 1;
        this.query(start + 1, tokens.end(start), scope);
      } else {
        this.#relations(start + 1, tokens.end(start), scope, block);
        // What it and its columns are called may follow: no lookup.
        block.sources += 1;
        return index;
      }
    } else if (tokens.isName(start) && start < end) {
      const name = tokens.name(start);
      index = name.end;
      block.sources += 1;
      if (tokens.symbol(index, '(')) {
        this.expression(index, tokens.after(index), scope);
        index = tokens.after(index);
      } else if (name.parts.length > 1 || !scope.has(tokens.text(start))) {
        table = toTableName(name.parts);
        block.read = { table, lookup: undefined };
        block.name = table.name;
        this.reads.push(block.read);
      }
    }
    return this.#alias(index, end, block, table);
  }

  #alias(start: number, end: number, block: Block, table: TableName | undefined): number {
    const tokens = this.#tokens;
    let index = start;
    if (tokens.word(index) === 'as') index += 1;
    else if (index >= end || !tokens.isName(index) || isAfterRelation(tokens, index)) return index;
    if (table !== undefined) block.name = tokens.text(index);
    index += 1;
    if (!tokens.symbol(index, '(')) return index;
    // With other names for the columns, a key can't be told by its name.
    block.name = '';
    block.sources += 1;
    return tokens.after(index);
  }
}

function newBlock(forWrite: boolean): Block {
  return { forWrite, sources: 0, read: undefined, name: '', where: undefined };
}

/** `catalog.schema.table` or less. */
export function toTableName(parts: readonly string[]): TableName {
  return { schema: parts.at(-2), name: parts.at(-1) ?? '' };
}

/** `x IS [NOT] DISTINCT FROM y`. */
export function isDistinctFrom(tokens: Tokens, index: number): boolean {
  const before = tokens.word(index - 2);
  return tokens.word(index - 1) === 'distinct' && (before === 'is' || before === 'not');
}

/** Reserved words that end the clause before them. */
const CLAUSE_WORDS = new Set([
  'select',
  'from',
  'where',
  'group',
  'having',
  'order',
  'limit',
  'offset',
  'union',
  'intersect',
  'except',
  'set',
]);

/** Words that CrateDB allows as names as well are told by what comes after them. */
function endsClause(tokens: Tokens, index: number): boolean {
  const word = tokens.word(index);
  switch (word) {
    case '':
      return false;
    case 'from':
      return !isDistinctFrom(tokens, index);
    case 'on':
      return tokens.word(index + 1) === 'conflict';
    case 'window':
      return tokens.isName(index + 1) && tokens.word(index + 2) === 'as';
    case 'fetch':
      return ['first', 'next'].includes(tokens.word(index + 1));
    case 'returning':
      return true;
    default:
      return CLAUSE_WORDS.has(word);
  }
}

function clauseEnd(tokens: Tokens, start: number, end: number): number {
  let index = start;
  while (index < end && !endsClause(tokens, index)) index = tokens.after(index);
  return Math.min(index, end);
}

const JOIN_WORDS = new Set([
  'on',
  'using',
  'join',
  'cross',
  'inner',
  'left',
  'right',
  'full',
  'natural',
]);

/** No alias. */
function isAfterRelation(tokens: Tokens, index: number): boolean {
  return JOIN_WORDS.has(tokens.word(index)) || endsClause(tokens, index);
}
