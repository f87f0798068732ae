import type { BigintMode, PgClient, PgQuery } from '../../config.js';
import type { Session, StatementRequest, StatementResult } from '../transport.js';
import { sendCancelRequest } from './cancel-request.js';
import { streamRows } from './stream-rows.js';
import { createTypes, encodeParameters } from './types.js';

/** One client of the pool, for as long as it lives. */
export class PgSession implements Session {
  readonly prepared = new Set<string>();
  readonly #client: PgClient;
  readonly #types: NonNullable<PgQuery['types']>;

  constructor(client: PgClient, bigint: BigintMode) {
    this.#client = client;
    this.#types = createTypes(client, bigint);
  }

  execute(request: StatementRequest): Promise<StatementResult> {
    return this.#client.query(this.#toQuery(request));
  }

  stream(request: StatementRequest, size: number): AsyncIterableIterator<unknown[]> {
    // Unnamed: whoever stops early closes the statement.
    const query = this.#toQuery({ ...request, name: undefined });
    return streamRows(this.#client, query, size, () => this.cancel());
  }

  cancel(): Promise<void> {
    return sendCancelRequest(this.#client);
  }

  release(broken: boolean): void {
    this.#client.release(broken);
  }

  #toQuery({ sql, values, name, rows }: StatementRequest): PgQuery {
    return {
      text: sql,
      types: this.#types,
      ...(values.length > 0 && { values: encodeParameters(values) }),
      ...(name !== undefined && { name }),
      ...(rows === 'arrays' && { rowMode: 'array' as const }),
    };
  }
}
