import type { AskCatalog } from './catalog.js';
import { CrateConnectionError, CrateError, redactLiterals } from './errors/index.js';
import { Retry } from './faults/retry.js';
import { Watch } from './refresh/watch.js';
import type { SharedState } from './shared-state.js';
import type { StatementKind } from './statement-event.js';
import type { Session, StatementRequest, StatementResult } from './transport/transport.js';

export interface SendOptions {
  /** The text holds literals that are values. */
  readonly literals?: boolean;
  /** It may be sent again though it may have been executed. */
  readonly again?: boolean;
  readonly watch?: Watch | undefined;
}

/** Holds a session, and another one when it breaks; sends statements, and maps their errors. */
export class Sender {
  readonly #shared: SharedState;
  #session: Session | undefined;
  /** The session is of no more use. */
  #broken = false;

  constructor(shared: SharedState) {
    this.#shared = shared;
  }

  /** Takes a session, with as many tries as the configuration allows. */
  async open(signal?: AbortSignal): Promise<void> {
    let retry: Retry | undefined;
    for (;;) {
      try {
        await this.#acquire(signal);
        return;
      } catch (error) {
        retry ??= this.#newRetry(signal);
        if (!(await retry.again(error))) throw error;
      }
    }
  }

  release(): void {
    this.#session?.release(this.#broken);
    this.#session = undefined;
  }

  async cancel(): Promise<void> {
    await this.#session?.cancel();
  }

  /** The one place where a statement is sent, and sent again where that does no harm. */
  async send(
    request: StatementRequest,
    kind: StatementKind,
    options: SendOptions,
  ): Promise<StatementResult> {
    let retry: Retry | undefined;
    for (;;) {
      if (options.watch !== undefined) await this.announce(options.watch);
      try {
        if (this.#broken) await this.#acquire();
        this.#shared.onStatement?.({ sql: request.sql, kind });
        const result = await this.current().execute(request);
        this.#shared.reached = true;
        options.watch?.answered();
        return result;
      } catch (error) {
        const mapped = this.toError(error, request, options.literals);
        if (!(mapped instanceof CrateConnectionError)) throw mapped;
        if (mapped.outcomeUnknown && options.again !== true) throw mapped;
        retry ??= this.#newRetry();
        if (!(await retry.again(mapped))) throw mapped;
      }
    }
  }

  /** Gives back the session that broke, if any, and takes another. */
  async #acquire(signal?: AbortSignal): Promise<void> {
    this.release();
    try {
      this.#session = await this.#shared.transport.acquire({ signal });
      this.#broken = false;
    } catch (error) {
      throw this.#shared.transport.toError(error);
    }
  }

  current(): Session {
    if (this.#session === undefined) throw new CrateError('The connection was given back.');
    return this.#session;
  }

  toError(error: unknown, { sql, values }: StatementRequest, literals = false): Error {
    const text = literals ? redactLiterals(sql) : sql;
    const mapped = this.#shared.transport.toError(error, text, values);
    if (mapped instanceof CrateConnectionError) this.#broken = true;
    return mapped;
  }

  /** A question of the dialect's own, whose answer doesn't change by being asked again. */
  readonly ask: AskCatalog = async (sql, values) =>
    (await this.send({ sql, values }, 'catalog', { again: true })).rows;

  /** Whoever observes is told from here on; undefined where nobody does. */
  watch(sql: string, kind: StatementKind): Watch | undefined {
    const { observer } = this.#shared;
    return observer === undefined ? undefined : new Watch(observer, { sql, kind });
  }

  async announce(watch: Watch): Promise<void> {
    const { schema, catalog } = this.#shared;
    await watch.sending(schema, catalog, this.ask);
  }

  #newRetry(signal?: AbortSignal): Retry {
    const { transport, retry, reached } = this.#shared;
    return new Retry(retry, transport.hosts - 1, reached, signal);
  }
}
