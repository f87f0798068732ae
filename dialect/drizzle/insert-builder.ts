import type { SQL } from 'drizzle-orm';
import {
  type PgDialect,
  type PgInsertBase,
  PgInsertBuilder,
  type PgInsertSelectQueryBuilder,
  type PgSession,
  type PgTable,
  QueryBuilder,
} from 'drizzle-orm/pg-core';

import type { CrateQueryResultHKT } from './session.js';

type Source<TTable extends PgTable> = PgInsertSelectQueryBuilder<TTable> | SQL;

/** Drizzle gives the callback of `insert().select()` a builder for plain PostgreSQL. */
export class CrateInsertBuilder<TTable extends PgTable> extends PgInsertBuilder<
  TTable,
  CrateQueryResultHKT
> {
  readonly #dialect: PgDialect;

  constructor(table: TTable, session: PgSession, dialect: PgDialect) {
    super(table, session, dialect);
    this.#dialect = dialect;
  }

  override select(
    source: Source<TTable> | ((builder: QueryBuilder) => Source<TTable>),
  ): PgInsertBase<TTable, CrateQueryResultHKT> {
    const built = typeof source === 'function' ? source(new QueryBuilder(this.#dialect)) : source;
    // Either of its overloads.
    return super.select(built as SQL);
  }
}
