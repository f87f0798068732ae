import { type CrateError, fromHttpFailure, HttpAnswerError } from '../../errors/index.js';
import { sleep } from '../../sleep.js';
import type { CrateHost } from '../../url.js';
import type { ParseInteger } from '../../values/bigint.js';
import type { RowOutcome, Session, StatementRequest, StatementResult } from '../transport.js';
import { killMarked, newMarker, notCancellable, withMarker } from './cancel.js';
import { encodeArguments } from './encode-arguments.js';
import type { Endpoint } from './endpoint.js';
import { readResult } from './result.js';
import type { HttpAnswer } from './http-client.js';
import { streamRows } from './stream-rows.js';

export interface HttpSessionOptions {
  readonly endpoint: Endpoint;
  readonly host: CrateHost;
  readonly integer: ParseInteger;
  /** Undefined: as long as it takes. */
  readonly statementTimeoutMs: number | undefined;
  readonly release: () => void;
}

/** How long the server may take to answer a statement that was killed. */
const KILLED_WAIT_MS = 2_000;

interface Running {
  /** By which the statement is found on the server. */
  readonly marker: string | undefined;
}

/** One request after the other, to one host. Nothing is kept between them. */
export class HttpSession implements Session {
  readonly prepared = undefined;
  readonly #options: HttpSessionOptions;
  #running: Running | undefined;
  #released = false;

  constructor(options: HttpSessionOptions) {
    this.#options = options;
  }

  async execute(request: StatementRequest): Promise<StatementResult> {
    const text = await this.#send(request, request.cancellable === true, (answer) => answer.text());
    return readResult(text, request.rows, this.#options.integer);
  }

  /**
   * The rows as they arrive, and no faster than they are read. But the server makes up the whole
   * answer in its memory before it sends the first of them: read what is very large over the
   * PostgreSQL wire.
   */
  async *stream(request: StatementRequest, size: number): AsyncIterableIterator<unknown[]> {
    const answer = await this.#send(request, true, (begun) => Promise.resolve(begun));
    yield* streamRows(answer, size, this.#options.integer);
  }

  /**
   * One request with `bulk_args`. A value that can't be cast to its parameter's type, or a null in a
   * primary key, makes the server refuse all of them before any is written.
   *
   * @see https://cratedb.com/docs/crate/reference/en/latest/interfaces/http.html#bulk-operations
   */
  async executeMany(
    sql: string,
    rows: readonly (readonly unknown[])[],
  ): Promise<readonly RowOutcome[]> {
    const args = rows.map((values) => encodeArguments(values, sql));
    const body = `{"stmt":${JSON.stringify(sql)},"bulk_args":[${args.join(',')}]}`;
    const { endpoint, host } = this.#options;
    const answer = await endpoint.post(host, body);
    const { results } = JSON.parse(await answer.text()) as { results: readonly BulkResult[] };
    return results.map(
      ({ rowcount, error }, row): number | CrateError =>
        rowcount >= 0 ? rowcount : fromHttpFailure(error ?? {}, sql, rows[row]),
    );
  }

  async cancel(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    if (running.marker === undefined) throw notCancellable();
    const { endpoint, host } = this.#options;
    await killMarked(endpoint, host, running.marker, () => this.#running === running);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#options.release();
  }

  async #send<T>(
    { sql, values }: StatementRequest,
    cancellable: boolean,
    read: (answer: HttpAnswer) => Promise<T>,
  ): Promise<T> {
    const { endpoint, host, statementTimeoutMs } = this.#options;
    const marker = cancellable || statementTimeoutMs !== undefined ? newMarker() : undefined;
    const stmt = JSON.stringify(marker === undefined ? sql : withMarker(sql, marker));
    const args = values.length === 0 ? '' : `,"args":${encodeArguments(values, sql)}`;
    const body = `{"stmt":${stmt}${args}}`;
    const running = { marker };
    this.#running = running;
    try {
      const send = async (signal?: AbortSignal) => read(await endpoint.post(host, body, signal));
      return await (statementTimeoutMs === undefined
        ? send()
        : this.#limited(statementTimeoutMs, send));
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
  }

  /** As `statement_timeout` does over the PostgreSQL wire, which is a setting of a session. */
  async #limited<T>(ms: number, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const state = { late: false };
    const timer = setTimeout(() => {
      state.late = true;
      const told = this.cancel().catch(() => undefined);
      void told.then(() => sleep(KILLED_WAIT_MS, abort.signal)).then(
        () => abort.abort(),
        () => undefined,
      );
    }, ms);
    try {
      return await send(abort.signal);
    } catch (error) {
      if (!state.late) throw error;
      const message = `JobKilledException[Job killed. statement_timeout (${String(ms)}ms)]`;
      throw new HttpAnswerError(500, JSON.stringify({ error: { message } }));
    } finally {
      clearTimeout(timer);
      if (state.late) abort.abort();
    }
  }
}

interface BulkResult {
  /** -2: it failed. */
  readonly rowcount: number;
  readonly error?: { readonly code?: number; readonly message?: string };
}
