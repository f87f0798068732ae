import { CrateConnectionError } from '../errors/index.js';

/** Refreshes the tables (quoted, qualified names), on the connection of the one who waits. */
export type RunRefresh = (tables: readonly string[]) => Promise<void>;

interface Waiter {
  readonly tables: readonly string[];
  readonly run: RunRefresh;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Batch {
  readonly tables: Set<string>;
  readonly waiters: Waiter[];
}

/**
 * Lets those who wait for a refresh together share one REFRESH statement.
 *
 * A refresh that was already running when somebody arrived may have missed what he must see. So an
 * arrival joins a refresh that has not begun: that of the same turn of the event loop (`soon`), or,
 * where a table is being refreshed just now, the one that begins after it (`later`). Refreshes of
 * different tables don't wait for each other.
 *
 * The statement is sent on the connection of one of the waiters: taking another from the pool could
 * block forever, when all of them are held by readers who wait for this refresh.
 */
export class RefreshCoalescer {
  readonly #running = new Set<Batch>();
  #soon: Batch | undefined;
  #later: Batch | undefined;

  /** Resolves once a refresh of the tables, begun after this call, is done. */
  refresh(tables: readonly string[], run: RunRefresh): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#join(tables).waiters.push({ tables, run, resolve, reject });
    });
  }

  #join(tables: readonly string[]): Batch {
    const mustWait =
      tables.some((table) => this.#later?.tables.has(table)) ||
      [...this.#running].some((batch) => tables.some((table) => batch.tables.has(table)));
    const batch = mustWait
      ? (this.#later ??= { tables: new Set(), waiters: [] })
      : (this.#soon ??= this.#schedule());
    for (const table of tables) batch.tables.add(table);
    return batch;
  }

  #schedule(): Batch {
    const batch: Batch = { tables: new Set(), waiters: [] };
    // Not a microtask: the connections of parallel queries arrive in several of them.
    setImmediate(() => {
      this.#soon = undefined;
      this.#start(batch);
    });
    return batch;
  }

  #start(batch: Batch): void {
    this.#running.add(batch);
    void this.#execute(batch).finally(() => {
      this.#running.delete(batch);
      this.#startLater();
    });
  }

  #startLater(): void {
    const later = this.#later;
    if (later === undefined) return;
    for (const batch of this.#running) {
      for (const table of later.tables) if (batch.tables.has(table)) return;
    }
    this.#later = undefined;
    this.#start(later);
  }

  /** Never rejects: each waiter is answered for himself. */
  async #execute(batch: Batch): Promise<void> {
    let waiters: readonly Waiter[] = batch.waiters;
    for (;;) {
      const runner = waiters[0];
      if (runner === undefined) return;
      const tables = [...new Set(waiters.flatMap((waiter) => waiter.tables))].sort();
      try {
        await runner.run(tables);
        for (const waiter of waiters) waiter.resolve();
        return;
      } catch (error) {
        waiters = waiters.slice(1);
        if (error instanceof CrateConnectionError) {
          // His connection broke, not theirs.
          runner.reject(error);
        } else if (waiters.length === 0) {
          runner.reject(error);
        } else {
          // One table of many is at fault: each waiter learns only what concerns his own.
          await Promise.all([runner, ...waiters].map((waiter) => answerAlone(waiter)));
          return;
        }
      }
    }
  }
}

async function answerAlone(waiter: Waiter): Promise<void> {
  try {
    await waiter.run(waiter.tables);
    waiter.resolve();
  } catch (error) {
    waiter.reject(error);
  }
}
