import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely';
import { InsertQueryNode } from 'kysely';

import {
  CrateError,
  NotSupportedError,
  redactLiterals,
  RelationUnknownError,
  TransactionsNotSupportedError,
} from './errors/index.js';
import { whenReady } from './faults/when-ready.js';
import { isRetried } from './faults/with-retry.js';
import { checkDropped } from './inserts/check-dropped.js';
import { rawSentRows, type SentRows, sentRows } from './inserts/sent-rows.js';
import { isUnchecked } from './inserts/unchecked.js';
import type { HeldLock } from './migration/held-lock.js';
import { hasTextLiterals } from './query-compiler.js';
import { type RefreshPolicy, refreshPolicyOf } from './refresh/policy.js';
import { tablesToRefresh } from './refresh/tables-to-refresh.js';
import { Sender, type SendOptions } from './sender.js';
import type { SharedState } from './shared-state.js';
import type { StatementKind } from './statement-event.js';
import type { Statement } from './statements.js';
import { quoteTable, type TableName } from './table-name.js';
import { areRowsArrays } from './transport/array-rows.js';
import type { AcquireOptions, StatementRequest, StatementResult } from './transport/transport.js';

/** One use of a session, from the moment it is taken from the transport until it is given back. */
export class CrateConnection implements DatabaseConnection {
  readonly #shared: SharedState;
  readonly #sender: Sender;
  /** While migrations run here: nothing is sent unless it is held. */
  migrationLock: HeldLock | undefined;

  constructor(shared: SharedState) {
    this.#shared = shared;
    this.#sender = new Sender(shared);
  }

  /** Takes a session, with as many tries as the configuration allows. */
  open(signal?: AbortSignal): Promise<void> {
    return this.#sender.open(signal);
  }

  release(): void {
    this.#sender.release();
  }

  async executeQuery<R>(query: CompiledQuery, options?: AcquireOptions): Promise<QueryResult<R>> {
    const statement = this.#shared.statements.get(query);
    const kind = kindOf(statement);
    const policy = this.#policyFor(query);
    const signal = options?.signal;
    const watch = this.#sender.watch(query.sql, kind);
    // The most common statements have nothing to wait for: each await costs.
    const before = this.#before(statement, policy);
    if (before !== undefined) await before;
    const cancellable = signal !== undefined;
    const running = () => this.#run(query, statement, kind, { watch, cancellable });
    const result = await (signal === undefined ? running() : this.#cancellable(signal, running));
    // COPY FROM and CREATE TABLE … AS write as well.
    const { writes } = statement.analysis;
    if (writes.length > 0 && policy === 'after-write') await this.#refreshAfter(statement);
    if (kind === 'insert' && !isUnchecked(query.queryId))
      await this.#checkInsert(query, statement, result.rowCount ?? 0);
    watch?.done();
    const written = kind === 'insert' || kind === 'update' || kind === 'delete';
    return {
      rows: result.rows as R[],
      ...(written && { numAffectedRows: BigInt(result.rowCount ?? 0) }),
    };
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
    options?: AcquireOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    if (!Number.isSafeInteger(chunkSize) || chunkSize < 1) {
      throw new RangeError('stream: chunkSize must be a whole number of rows, 1 or more');
    }
    const statement = this.#shared.statements.get(query);
    const kind = kindOf(statement);
    if (kind !== 'select') {
      throw new NotSupportedError(
        'CrateDB has no stream of what a write returns. Stream a SELECT, or use execute().',
        {
          sql: query.sql,
          feature: 'stream of what a write returns',
          alternative: 'Stream a SELECT, or use execute().',
        },
      );
    }
    const watch = this.#sender.watch(query.sql, kind);
    await this.#before(statement, this.#policyFor(query));
    options?.signal?.throwIfAborted();
    if (watch !== undefined) await this.#sender.announce(watch);
    const request = { sql: query.sql, values: query.parameters };
    const session = this.#sender.current();
    try {
      this.#shared.onStatement?.({ sql: query.sql, kind });
      for await (const rows of session.stream(request, chunkSize)) yield { rows: rows as R[] };
    } catch (error) {
      throw this.#sender.toError(error, request, hasTextLiterals(query));
    }
  }

  /** Another use of another session, opened and released by the caller. */
  another(): CrateConnection {
    return new CrateConnection(this.#shared);
  }

  /** What unqualified tables belong to. */
  get schema(): string {
    return this.#shared.schema;
  }

  /** Part of Kysely's interface: for `inflightQueryAbortStrategy: 'cancel query'`. */
  async cancelQuery(): Promise<void> {
    await this.#sender.cancel();
  }

  #policyFor(query: CompiledQuery): RefreshPolicy {
    return refreshPolicyOf(query.queryId) ?? this.#shared.policy;
  }

  /** Known already to need no refresh. */
  #isLookup({ refresh }: Statement): boolean {
    return refresh?.version === this.#shared.catalog.version && refresh.tables.length === 0;
  }

  /** What comes before the statement itself; undefined where nothing does. */
  #before(statement: Statement, policy: RefreshPolicy): Promise<void> | undefined {
    const { reads, returnsUpdated } = statement.analysis;
    const lock = this.migrationLock;
    if (lock !== undefined) return this.#beforeMigrating(lock, statement);
    const refreshes = policy === 'before-read' && reads.length > 0 && !this.#isLookup(statement);
    if (returnsUpdated === undefined) {
      return refreshes ? this.#refreshBefore(statement) : undefined;
    }
    const allowed = this.#refuseInterchanged(statement);
    return refreshes ? allowed.then(() => this.#refreshBefore(statement)) : allowed;
  }

  /**
   * Nothing is sent once the migration lock is lost. And whatever the policy, reads are fresh: which
   * migrations were executed, Kysely finds by a search.
   */
  async #beforeMigrating(lock: HeldLock, statement: Statement): Promise<void> {
    await lock.check();
    const { reads, returnsUpdated } = statement.analysis;
    if (returnsUpdated !== undefined) await this.#refuseInterchanged(statement);
    if (reads.length > 0 && !this.#isLookup(statement)) await this.#refreshBefore(statement);
  }

  /** With a signal, an abort ends the statement on the server as well. */
  async #cancellable<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    // Whoever aborts has his answer; that the server couldn't be told changes nothing about it.
    const cancel = () => void this.cancelQuery().catch(() => undefined);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await run();
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Before anything is sent: what would come back is wrong, and nothing would say so. */
  async #refuseInterchanged({ analysis, sql }: Statement): Promise<void> {
    const { catalog } = this.#shared;
    const { returnsUpdated, writes } = analysis;
    const written = writes === 'unknown' ? undefined : writes[0];
    if (written === undefined || returnsUpdated === undefined) return;
    const { ask } = this.#sender;
    const table = await catalog.qualify(written, ask);
    const relation = catalog.peek(table) ?? (await catalog.find(table, ask));
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
        this.#sender.ask,
      );
      ({ tables } = searched);
      statement.refresh = searched.final ? { version: searched.version, tables } : undefined;
    }
    if (tables.length > 0) await refreshes.refresh(tables, (names) => this.#refresh(names));
  }

  async #refreshAfter(statement: Statement): Promise<void> {
    const { catalog, schema, refreshes } = this.#shared;
    const { ask } = this.#sender;
    const { writes } = statement.analysis;
    const tables: string[] = [];
    for (const table of writes === 'unknown' ? await catalog.all(schema, ask) : writes) {
      tables.push(quoteTable(await catalog.qualify(table, ask)));
    }
    await refreshes.refresh(tables, (names) => this.#refresh(names));
  }

  /** A table that isn't there is passed over: the statement that reads it says so better. */
  async #refresh(tables: readonly string[]): Promise<void> {
    try {
      const sql = `REFRESH TABLE ${tables.join(', ')}`;
      const watch = this.#sender.watch(sql, 'refresh');
      await whenReady(() => this.#sender.send({ sql, values: [] }, 'refresh', { again: true, watch }));
      watch?.done();
    } catch (error) {
      if (!(error instanceof RelationUnknownError)) throw error;
      this.#shared.catalog.forget();
      if (tables.length === 1) return;
      for (const table of tables) await this.#refresh([table]);
    }
  }

  async #run(
    query: CompiledQuery,
    statement: Statement,
    kind: StatementKind,
    { watch, cancellable }: Pick<SendOptions, 'watch'> & Pick<StatementRequest, 'cancellable'>,
  ): Promise<StatementResult> {
    const { statements, catalog } = this.#shared;
    const { sql, parameters: values } = query;
    const rows = areRowsArrays(query.queryId) ? 'arrays' : 'objects';
    const { prepared } = this.#sender.current();
    const known = prepared?.size;
    const name = prepared && statements.nameFor(statement, prepared);
    const reused = name !== undefined && prepared?.size === known;
    const send = (as: string | undefined) =>
      this.#sender.send({ sql, values, name: as, rows, cancellable }, kind, {
        literals: hasTextLiterals(query),
        again: kind === 'select' || isRetried(query.queryId),
        watch,
      });
    try {
      return await (kind === 'select' ? whenReady(() => send(name)) : send(name));
    } catch (error) {
      if (error instanceof RelationUnknownError) catalog.forget();
      if (!reused || prepared === undefined || !isStale(error, kind)) throw error;
      // Prepared for a table that was dropped and made again. Nothing was executed.
      statement.generation += 1;
      return await send(statements.nameFor(statement, prepared));
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
    const { ask } = this.#sender;
    const { writes } = statement.analysis;
    const target: TableName | undefined = writes === 'unknown' ? undefined : writes[0];
    const relation =
      target === undefined
        ? undefined
        : await catalog.find(await catalog.qualify(target, ask), ask);
    await checkDropped({
      sent,
      written,
      table: target === undefined ? 'the table' : quoteTable(target),
      primaryKey: relation?.keys ?? [],
      sql: hasTextLiterals(query) ? redactLiterals(query.sql) : query.sql,
      run: async (sql, values) => {
        const kind = values.length === 0 ? 'refresh' : 'select';
        const watch = this.#sender.watch(sql, kind);
        const { rows } = await this.#sender.send({ sql, values }, kind, { again: true, watch });
        watch?.done();
        return rows as Record<string, unknown>[];
      },
    });
  }

}

function kindOf({ analysis: { kind } }: Statement): StatementKind {
  if (kind !== 'transaction') return kind;
  throw new TransactionsNotSupportedError('BEGIN, COMMIT and ROLLBACK');
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
