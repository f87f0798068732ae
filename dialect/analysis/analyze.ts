import {
  type OperationNode,
  RawNode,
  ReferenceNode,
  type RootOperationNode,
  TableNode,
  type WithNode,
} from 'kysely';

import type { TableName } from '../table-name.js';
import type { LookupCandidate, StatementAnalysis, TableRead } from './analysis.js';
import { readKeyConditions } from './key-conditions.js';
import { type AnyQueryNode, childNodes, isQueryNode } from './nodes.js';
import { analyzeRawSql, tablesInFragment } from './raw-sql.js';
import { returnedOfUpdated } from './returned-columns.js';
import { sourcesOf } from './sources.js';

/**
 * What a statement reads and writes, from its operation node; `schema` is where unqualified tables
 * belong. The result holds for every execution of the same text.
 */
export function analyze(node: RootOperationNode, sql: string, schema: string): StatementAnalysis {
  if (RawNode.is(node)) return analyzeRaw(node, sql, schema);
  if (!isQueryNode(node)) {
    const walk = new ReadsWalk(schema);
    // CREATE TABLE … AS SELECT; a view is read when it is used.
    if (node.kind === 'CreateTableNode') walk.nodes(node, new Set());
    const kind = node.kind === 'MergeQueryNode' ? 'other' : 'ddl';
    return { kind, reads: walk.unknown ? 'unknown' : walk.reads, writes: [] };
  }
  if (node.explain !== undefined) return { kind: 'other', reads: [], writes: [] };

  const walk = new ReadsWalk(schema);
  walk.query(node, new Set());
  const reads = walk.unknown ? 'unknown' : walk.reads;
  switch (node.kind) {
    case 'SelectQueryNode':
      return { kind: 'select', reads, writes: [] };
    case 'InsertQueryNode':
      return {
        kind: 'insert',
        reads,
        writes: written(node, schema),
        returnsUpdated: returnedOfUpdated(node),
      };
    case 'UpdateQueryNode':
      return {
        kind: 'update',
        reads,
        writes: written(node, schema),
        returnsUpdated: returnedOfUpdated(node),
      };
    case 'DeleteQueryNode':
      return { kind: 'delete', reads, writes: written(node, schema) };
  }
}

function analyzeRaw(node: RawNode, sql: string, schema: string): StatementAnalysis {
  const analysis = analyzeRawSql(sql);
  if (analysis.reads === 'unknown' || analysis.kind === 'ddl' || analysis.kind === 'refresh') {
    return analysis;
  }
  // A query inside raw SQL may be one that the text alone reads as a search; that is safe.
  const walk = new ReadsWalk(schema);
  if (analysis.kind === 'select') walk.nodes(node, new Set());
  return { ...analysis, reads: walk.unknown ? 'unknown' : [...analysis.reads, ...walk.reads] };
}

function written(node: AnyQueryNode, schema: string): readonly TableName[] {
  const target = sourcesOf(node)[0]?.table;
  return target === undefined ? [] : [tableName(target, schema)];
}

function tableName(node: TableNode, schema: string): TableName {
  const { identifier, schema: own } = node.table;
  return { schema: own?.name ?? schema, name: identifier.name };
}

/** Collects the reads of a query and of all queries inside it. */
class ReadsWalk {
  readonly reads: TableRead[] = [];
  unknown = false;
  readonly #schema: string;

  constructor(schema: string) {
    this.#schema = schema;
  }

  /** @param outer names of the CTEs that the query can see */
  query(query: AnyQueryNode, outer: ReadonlySet<string>): void {
    const ctes = query.with === undefined ? outer : this.#with(query.with, outer);
    this.#sources(query, ctes);
    for (const child of childNodes(query)) {
      if (child.kind !== 'WithNode') this.nodes(child, ctes);
    }
  }

  /** Whatever is no query itself, down to the queries in it. */
  nodes(node: OperationNode, ctes: ReadonlySet<string>): void {
    if (isQueryNode(node)) {
      this.query(node, ctes);
      return;
    }
    if (ReferenceNode.is(node)) return;
    if (RawNode.is(node)) this.#fragment(node, ctes);
    for (const child of childNodes(node)) this.nodes(child, ctes);
  }

  #with(node: WithNode, outer: ReadonlySet<string>): ReadonlySet<string> {
    const ctes = new Set(outer);
    for (const expression of node.expressions) {
      const name = expression.name.table.table.identifier.name;
      if (node.recursive === true) ctes.add(name);
      this.nodes(expression.expression, ctes);
      ctes.add(name);
    }
    return ctes;
  }

  #sources(query: AnyQueryNode, ctes: ReadonlySet<string>): void {
    // What is inserted into isn't read.
    if (query.kind === 'InsertQueryNode') return;
    const sources = sourcesOf(query);
    const lookup = sources.length === 1 ? candidate(query, sources[0]?.alias) : undefined;
    for (const { table } of sources) {
      if (table !== undefined) this.#add(table, ctes, lookup);
    }
  }

  #add(table: TableNode, ctes: ReadonlySet<string>, lookup: LookupCandidate | undefined): void {
    if (table.table.schema === undefined && ctes.has(table.table.identifier.name)) return;
    this.reads.push({ table: tableName(table, this.#schema), lookup });
  }

  #fragment(node: RawNode, ctes: ReadonlySet<string>): void {
    for (const parameter of node.parameters) {
      if (TableNode.is(parameter)) this.#add(parameter, ctes, undefined);
    }
    if (!node.sqlFragments.some((fragment) => /\b(from|join)\b/i.test(fragment))) return;
    const tables = tablesInFragment(node.sqlFragments.join(' ? '));
    if (tables === 'unknown') this.unknown = true;
    else for (const table of tables) this.reads.push({ table, lookup: undefined });
  }
}

function candidate(query: AnyQueryNode, alias: string | undefined): LookupCandidate | undefined {
  const source = sourcesOf(query)[0]?.table;
  if (query.kind === 'InsertQueryNode' || source === undefined) return undefined;
  if (query.where === undefined) return undefined;
  return {
    forWrite: query.kind !== 'SelectQueryNode',
    conditions: readKeyConditions(query.where.where, alias ?? source.table.identifier.name),
  };
}
