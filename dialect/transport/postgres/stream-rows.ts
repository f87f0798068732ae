import type { PgClient, PgQuery, PgSocket } from '../../config.js';
import { NotSupportedError } from '../../errors/index.js';
import { loadPg } from './load-pg.js';

/**
 * The rows of a query as they come, in portions of `size`, by stopping to read from the socket while
 * enough of them wait: the server stops sending then, and keeps its place.
 *
 * Not by a portal with a row limit, as `pg-cursor` has it: CrateDB (6.4) forgets how many rows it has
 * sent each time the socket is full, so that with portions of 1,000 it sends all the rest at once.
 *
 * @param cancel ends the query on the server, for whoever leaves early
 * @see https://cratedb.com/docs/crate/reference/en/latest/interfaces/postgres.html
 */
export async function* streamRows(
  client: PgClient,
  config: PgQuery,
  size: number,
  cancel: () => Promise<void>,
): AsyncIterableIterator<unknown[]> {
  const socket = client.connection?.stream;
  if (socket === undefined) {
    throw new NotSupportedError(
      "stream() needs clients of pg itself, whose socket can be paused; this pool's have none.",
    );
  }
  const { Query } = await loadPg();
  const arriving = new ArrivingRows(new Query(config), socket, size);
  (client as unknown as { query(query: unknown): void }).query(arriving.query);
  try {
    for (;;) {
      const rows = await arriving.next();
      if (rows === undefined) return;
      yield rows;
    }
  } finally {
    if (!arriving.ended) {
      await cancel();
      await arriving.drain();
    }
    // The last rows may have paused it.
    socket.resume();
  }
}

/** What is needed of `pg.Query`. */
interface RowEmitter {
  on(event: 'row', listener: (row: unknown) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}

class ArrivingRows {
  readonly query: RowEmitter;
  readonly #socket: PgSocket;
  readonly #size: number;
  readonly #rows: unknown[] = [];
  #failure: Error | undefined;
  #wake: () => void = () => undefined;
  ended = false;

  constructor(query: RowEmitter, socket: PgSocket, size: number) {
    this.query = query;
    this.#socket = socket;
    this.#size = size;
    query.on('row', (row) => {
      this.#rows.push(row);
      if (this.#rows.length < size) return;
      socket.pause();
      this.#wake();
    });
    query.on('error', (error) => {
      this.#failure = error;
      this.#end();
    });
    query.on('end', () => {
      this.#end();
    });
  }

  #end(): void {
    this.ended = true;
    this.#wake();
  }

  /** The next portion; undefined after the last. */
  async next(): Promise<unknown[] | undefined> {
    if (this.#rows.length < this.#size && !this.ended) await this.#more();
    if (this.#failure !== undefined) throw this.#failure;
    return this.#rows.length === 0 ? undefined : this.#rows.splice(0, this.#size);
  }

  /** Resolves when enough rows are there, or the query has ended. */
  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#socket.resume();
    });
  }

  /** Reads to the end, and keeps nothing. */
  async drain(): Promise<void> {
    while (!this.ended) {
      this.#rows.length = 0;
      await this.#more();
    }
  }
}
