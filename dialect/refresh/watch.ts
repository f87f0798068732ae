import { analyzeSql } from '../analysis/analyze.js';
import type { AskCatalog, Catalog } from '../catalog.js';
import type { StatementEvent } from '../statement-event.js';
import { quoteTable, type TableName } from '../table-name.js';
import type { ObservedStatement, StatementObserver } from './observer.js';
import { tablesToRefresh } from './tables-to-refresh.js';

/** One statement under the eyes of an observer, from its arrival until its caller is answered. */
export class Watch {
  readonly #observer: StatementObserver;
  readonly #event: StatementEvent;
  readonly #arrived: number;
  #sent = 0;
  #answered = 0;
  #statement: ObservedStatement | undefined;

  constructor(observer: StatementObserver, event: StatementEvent) {
    this.#observer = observer;
    this.#event = event;
    this.#arrived = observer.now();
  }

  /** Before each try to send it. */
  async sending(schema: string, catalog: Catalog, ask: AskCatalog): Promise<void> {
    this.#statement ??= await describe(this.#event, schema, catalog, ask);
    this.#sent = this.#observer.now();
    this.#observer.sending(this.#statement, this.#arrived);
  }

  /** The server has carried it out. */
  answered(): void {
    this.#answered = this.#observer.now();
  }

  /** The caller is about to be told. */
  done(): void {
    if (this.#statement === undefined) return;
    this.#observer.done(this.#statement, { sent: this.#sent, answered: this.#answered });
  }
}

async function describe(
  event: StatementEvent,
  schema: string,
  catalog: Catalog,
  ask: AskCatalog,
): Promise<ObservedStatement> {
  const { reads, writes, refreshes, moves } = analyzeSql(event.sql);
  const name = async (table: TableName) => quoteTable(await catalog.qualify(table, ask));
  const names = (tables: readonly TableName[]) => Promise.all(tables.map(name));
  return {
    ...event,
    searches: (await tablesToRefresh(reads, schema, catalog, ask)).tables,
    writes: await names(writes === 'unknown' ? await catalog.all(schema, ask) : writes),
    refreshes: await names(refreshes),
    moves: await Promise.all(
      moves.map(async ({ from, to }) => ({
        from: await name(from),
        to: to === undefined ? undefined : await name(to),
      })),
    ),
  };
}
