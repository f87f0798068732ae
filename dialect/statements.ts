import { createHash } from 'node:crypto';

import type { CompiledQuery } from 'kysely';

import { analyze } from './analysis/analyze.js';
import type { StatementAnalysis } from './analysis/analysis.js';
import { hasTextLiterals } from './query-compiler.js';

/** What is kept of a statement's text between its executions. */
export interface Statement {
  readonly sql: string;
  readonly analysis: StatementAnalysis;
  /** With literals in it, it is prepared only when it comes a second time. */
  readonly literal: boolean;
  executions: number;
  /** Raised when the prepared statement is stale; part of its name. */
  generation: number;
  /** Tables to refresh before it, as worked out for one state of the catalog. */
  refresh: { readonly version: number; readonly tables: readonly string[] } | undefined;
  hash: string | undefined;
}

/** Texts kept at most. The oldest goes first. */
const MAX_STATEMENTS = 2000;
/** Longer texts are long for the literals in them, and don't come twice. */
const MAX_TEXT_LENGTH = 16_384;
/** Prepared statements per connection at most; each holds memory on the server. */
const MAX_PREPARED = 500;

/** Analysis and names of statements, by their text. */
export class Statements {
  readonly #known = new Map<string, Statement>();
  #generation = 0;

  get(query: CompiledQuery): Statement {
    const known = this.#known.get(query.sql);
    if (known !== undefined) return known;

    const statement: Statement = {
      sql: query.sql,
      analysis: analyze(query.query, query.sql),
      literal: hasTextLiterals(query),
      executions: 0,
      generation: 0,
      refresh: undefined,
      hash: undefined,
    };
    if (query.sql.length <= MAX_TEXT_LENGTH) {
      if (this.#known.size >= MAX_STATEMENTS) {
        const [oldest] = this.#known.keys();
        if (oldest !== undefined) this.#known.delete(oldest);
      }
      this.#known.set(query.sql, statement);
    }
    return statement;
  }

  /**
   * The name under which to prepare it, the same in every process: `c` + hash + generations, 50
   * bytes. Undefined where it is better sent unprepared.
   *
   * @param prepared names in use on the connection; the new one is added
   */
  nameFor(statement: Statement, prepared: Set<string>): string | undefined {
    statement.executions += 1;
    const { kind } = statement.analysis;
    // A prepared REFRESH of a dropped table succeeds and does nothing.
    if (kind === 'refresh' || kind === 'ddl' || kind === 'other') return undefined;
    if (statement.sql.length > MAX_TEXT_LENGTH) return undefined;
    if (statement.literal && statement.executions < 2) return undefined;

    statement.hash ??= createHash('sha1').update(statement.sql).digest('hex');
    const name = `c${statement.hash}_${this.#generation}_${statement.generation}`;
    if (prepared.has(name)) return name;
    if (prepared.size >= MAX_PREPARED) return undefined;
    prepared.add(name);
    return name;
  }

  /**
   * After DDL every statement is prepared anew: what was prepared before keeps the columns and types
   * of its time, and CrateDB doesn't say so.
   */
  renew(): void {
    this.#generation += 1;
  }
}
