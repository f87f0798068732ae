import { setTimeout as sleep } from 'node:timers/promises';

import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import { InsertQueryNode } from 'kysely';

import type { Catalog } from './catalog.js';
import type {
  BigintMode,
  PgClient,
  PgQuery,
  PgResult,
  StatementEvent,
  StatementKind,
} from './config.js';
import {
  CrateConnectionError,
  CrateError,
  fromPgError,
  NotSupportedError,
  redactLiterals,
  RelationUnknownError,
  TableNotReadyError,
  TransactionsNotSupportedError,
} from './errors/index.js';
import { checkDropped } from './inserts/check-dropped.js';
import { rawSentRows, type SentRows, sentRows } from './inserts/sent-rows.js';
import { hasTextLiterals } from './query-compiler.js';
import type { RefreshCoalescer } from './refresh/coalescer.js';
import { type RefreshPolicy, refreshPolicyOf } from './refresh/policy.js';
import { tablesToRefresh } from './refresh/tables-to-refresh.js';
import type { Statement, Statements } from './statements.js';
import { quoteTable, type TableName } from './table-name.js';
import { createTypes, encodeParameters } from './values.js';

/** What the connections of one dialect share. */
export interface SharedState {
  readonly schema: string;
  readonly policy: RefreshPolicy;
  readonly bigint: BigintMode;
  readonly statements: Statements;
  readonly catalog: Catalog;
  readonly refreshes: RefreshCoalescer;
  readonly onStatement: ((event: StatementEvent) => void) | undefined;
}

/** One connection of the pool, for as long as the client lives. */
export class CrateConnection implements DatabaseConnection {
  readonly client: PgClient;
  readonly #shared: SharedState;
  readonly #types: NonNullable<PgQuery['types']>;
  /** Names of the statements that were prepared on this connection. */
  readonly #prepared = new Set<string>();
  /** The client is of no more use. */
  broken = false;

  constructor(client: PgClient, shared: SharedState) {
    this.client = client;
    this.#shared = shared;
    this.#types = createTypes(client, shared.bigint);
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.#shared.statements.get(query);
    const { kind } = statement.analysis;
    if (kind === 'transaction')
      throw new TransactionsNotSupportedError('BEGIN, COMMIT and ROLLBACK');

    if (statement.analysis.returnsUpdated !== undefined) await this.#refuseInterchanged(statement);

    const policy = refreshPolicyOf(query.queryId) ?? this.#shared.policy;
    if (policy === 'before-read') {
      const { reads } = statement.analysis;
      if (reads === 'unknown' || reads.length > 0) await this.#refreshBefore(statement);
    }
    const result = await this.#run(query, statement, kind);
    const written = kind === 'insert' || kind === 'update' || kind === 'delete';
    if (written && policy === 'after-write') await this.#refreshAfter(statement);
    if (kind === 'insert') await this.#checkInsert(query, statement, result.rowCount ?? 0);
    return {
      rows: result.rows as R[],
      ...(written && { numAffectedRows: BigInt(result.rowCount ?? 0) }),
    };
  }

  // eslint-disable-next-line @typescript-eslint/require-await, require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new NotSupportedError(
      'stream() is not available on CrateDB. Read in pages: ORDER BY the key, WHERE key > the last one, LIMIT n.',
    );
  }

  /** Before anything is sent: what would come back is wrong, and nothing would say so. */
  async #refuseInterchanged({ analysis, sql }: Statement): Promise<void> {
    const { catalog } = this.#shared;
    const { returnsUpdated, writes } = analysis;
    const table = writes === 'unknown' ? undefined : writes[0];
    if (table === undefined || returnsUpdated === undefined) return;
    const relation =
      catalog.peek(table) ?? (await catalog.find(table, (text, values) => this.#ask(text, values)));
    if (relation?.interchangedBy === undefined) return;
    const { keys, interchangedBy } = relation;
    if (returnsUpdated !== 'all' && !returnsUpdated.some((column) => keys.includes(column))) return;
    throw new NotSupportedError(
      `RETURNING of key columns from ${quoteTable(table)}: of an updated row, CrateDB interchanges ` +
        `them where the table is CLUSTERED BY a key column ("${interchangedBy}") that is not the ` +
        'first one declared. Return other columns, or declare that column first.',
      { sql },
    );
  }

  async #refreshBefore(statement: Statement): Promise<void> {
    const { catalog, schema, refreshes } = this.#shared;
    let tables =
      statement.refresh?.version === catalog.version ? statement.refresh.tables : undefined;
    if (tables === undefined) {
      const searched = await tablesToRefresh(
        statement.analysis.reads,
        schema,
        catalog,
        (sql, values) => this.#ask(sql, values),
      );
      ({ tables } = searched);
      statement.refresh = searched.final ? { version: catalog.version, tables } : undefined;
    }
    if (tables.length > 0) await refreshes.refresh(tables, (names) => this.#refresh(names));
  }

  async #refreshAfter(statement: Statement): Promise<void> {
    const { catalog, schema, refreshes } = this.#shared;
    const ask = (sql: string, values: readonly string[]) => this.#ask(sql, values);
    const { writes } = statement.analysis;
    const tables: string[] = [];
    for (const table of writes === 'unknown' ? await catalog.all(schema, ask) : writes) {
      const owner = table.schema ?? (await catalog.sessionSchema(ask));
      tables.push(quoteTable({ schema: owner, name: table.name }));
    }
    await refreshes.refresh(tables, (names) => this.#refresh(names));
  }

  /** A table that isn't there is passed over: the statement that reads it says so better. */
  async #refresh(tables: readonly string[]): Promise<void> {
    try {
      const sql = `REFRESH TABLE ${tables.join(', ')}`;
      await whenReady(() => this.#send(sql, [], 'refresh'));
    } catch (error) {
      if (!(error instanceof RelationUnknownError)) throw error;
      this.#shared.catalog.forget();
      if (tables.length === 1) return;
      for (const table of tables) await this.#refresh([table]);
    }
  }

  async #run(query: CompiledQuery, statement: Statement, kind: StatementKind): Promise<PgResult> {
    const { statements, catalog } = this.#shared;
    const { sql } = query;
    const values = query.parameters.length === 0 ? [] : encodeParameters(query.parameters);
    const known = this.#prepared.size;
    const name = statements.nameFor(statement, this.#prepared);
    const reused = name !== undefined && this.#prepared.size === known;
    const send = (as: string | undefined) =>
      this.#send(sql, values, kind, as, hasTextLiterals(query));
    try {
      return await (kind === 'select' ? whenReady(() => send(name)) : send(name));
    } catch (error) {
      if (error instanceof RelationUnknownError) catalog.forget();
      if (!reused || !isStale(error, kind)) throw error;
      // Prepared for a table that was dropped and made again. Nothing was executed.
      statement.generation += 1;
      return await send(statements.nameFor(statement, this.#prepared));
    } finally {
      if (kind === 'ddl') {
        catalog.forget();
        statements.renew();
      }
    }
  }

  async #checkInsert(query: CompiledQuery, statement: Statement, written: number): Promise<void> {
    const { rawInsert } = statement.analysis;
    let sent: SentRows | undefined;
    if (InsertQueryNode.is(query.query)) sent = sentRows(query.query);
    else if (rawInsert !== undefined) sent = rawSentRows(rawInsert, query.parameters);
    if (sent === undefined || written >= sent.count) return;

    const { catalog } = this.#shared;
    const ask = (sql: string, values: readonly string[]) => this.#ask(sql, values);
    const { writes } = statement.analysis;
    const target: TableName | undefined = writes === 'unknown' ? undefined : writes[0];
    const relation = target === undefined ? undefined : await catalog.find(target, ask);
    await checkDropped({
      sent,
      written,
      table: target === undefined ? 'the table' : quoteTable(target),
      primaryKey: relation?.keys ?? [],
      sql: hasTextLiterals(query) ? redactLiterals(query.sql) : query.sql,
      run: async (sql, values) => {
        const kind = values.length === 0 ? 'refresh' : 'select';
        return (await this.#send(sql, values, kind)).rows as Record<string, unknown>[];
      },
    });
  }

  async #ask(sql: string, values: readonly string[]): Promise<unknown[]> {
    return (await this.#send(sql, [...values], 'catalog')).rows;
  }

  /** The one place where something is sent. */
  async #send(
    sql: string,
    values: unknown[],
    kind: StatementKind,
    name?: string,
    literals = false,
  ): Promise<PgResult> {
    this.#shared.onStatement?.({ sql, kind });
    try {
      return await this.client.query({
        text: sql,
        types: this.#types,
        ...(values.length > 0 && { values }),
        ...(name !== undefined && { name }),
      });
    } catch (error) {
      const mapped = fromPgError(error, literals ? redactLiterals(sql) : sql, values);
      if (mapped instanceof CrateConnectionError) this.broken = true;
      throw mapped;
    }
  }
}

const READY_POLL_MS = 50;
const READY_WAIT_MS = 10_000;

/** CREATE TABLE may return before the table can be read by key; inserts wait by themselves. */
async function whenReady<T>(read: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += READY_POLL_MS) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof TableNotReadyError) || waited >= READY_WAIT_MS) throw error;
      await sleep(READY_POLL_MS);
    }
  }
}

/**
 * An INSERT on the old table says 42P01 and names its oid; a SELECT reads the new table with the
 * old column types, and fails inside where those differ.
 */
function isStale(error: unknown, kind: StatementKind): boolean {
  if (error instanceof RelationUnknownError) return true;
  return (
    kind === 'select' &&
    error instanceof CrateError &&
    error.sqlstate === 'XX000' &&
    /docvalues type|cannot be cast to class/.test(error.message)
  );
}
