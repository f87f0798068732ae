import { entityKind, fillPlaceholders, type Logger, type Query, type SQL } from 'drizzle-orm';
import {
  PgPreparedQuery,
  type PgQueryResultHKT,
  PgSession,
  type PreparedQueryConfig,
  type SelectedFieldsOrdered,
} from 'drizzle-orm/pg-core';

import { TransactionsNotSupportedError } from '../errors/index.js';
import type { CratePgDialect } from './crate-pg-dialect.js';
import { toInsertNode } from './insert-rows.js';
import { type NotNullable, toObject } from './rows.js';
import type { KyselyRunner } from './runner.js';

/** What a statement without a selection gives: `db.execute(…)`, and writes without `returning()`. */
export interface CrateQueryResult<Row> {
  /** By the names of their columns, in the values of the Kysely dialect. */
  readonly rows: Row[];
  /** Rows that were written, or that came back. */
  readonly rowCount: number;
}

export interface CrateQueryResultHKT extends PgQueryResultHKT {
  readonly type: CrateQueryResult<this['row']>;
}

type MapRows<Result> = (rows: unknown[][]) => Result;

export class CrateSession extends PgSession<CrateQueryResultHKT> {
  static override readonly [entityKind]: string = 'CrateSession';
  readonly #runner: KyselyRunner;
  readonly #crateDialect: CratePgDialect;
  readonly #logger: Logger | undefined;

  constructor(runner: KyselyRunner, dialect: CratePgDialect, logger: Logger | undefined) {
    super(dialect);
    this.#runner = runner;
    this.#crateDialect = dialect;
    this.#logger = logger;
  }

  override prepareQuery<T extends PreparedQueryConfig = PreparedQueryConfig>(
    query: Query,
    fields: SelectedFieldsOrdered | undefined,
    _name: string | undefined,
    _isResponseInArrayMode: boolean,
    mapRows?: MapRows<T['execute']>,
  ): PgPreparedQuery<T> {
    return new CratePreparedQuery<T>(query, {
      runner: this.#runner,
      dialect: this.#crateDialect,
      logger: this.#logger,
      fields,
      mapRows,
    });
  }

  override async count(query: SQL): Promise<number> {
    const { rows } = await this.execute<CrateQueryResult<{ count: unknown }>>(query);
    return Number(rows[0]?.count);
  }

  override transaction(): Promise<never> {
    return Promise.reject(new TransactionsNotSupportedError());
  }
}

interface Execution<Result> {
  readonly runner: KyselyRunner;
  readonly dialect: CratePgDialect;
  readonly logger: Logger | undefined;
  readonly fields: SelectedFieldsOrdered | undefined;
  readonly mapRows: MapRows<Result> | undefined;
}

class CratePreparedQuery<T extends PreparedQueryConfig> extends PgPreparedQuery<T> {
  static override readonly [entityKind]: string = 'CratePreparedQuery';
  readonly #execution: Execution<T['execute']>;
  /** Set by drizzle's SELECT where there are joins. */
  joinsNotNullableMap: NotNullable | undefined;

  constructor(query: Query, execution: Execution<T['execute']>) {
    super(query, undefined, undefined);
    this.#execution = execution;
  }

  override async execute(placeholders: Record<string, unknown> = {}): Promise<T['execute']> {
    const { fields, mapRows } = this.#execution;
    if (fields === undefined && mapRows === undefined) {
      const { rows, numAffectedRows } = await this.#run<unknown>(placeholders, 'objects');
      const result: CrateQueryResult<unknown> = {
        rows,
        rowCount: Number(numAffectedRows ?? rows.length),
      };
      return result;
    }
    const { rows } = await this.#run<unknown[]>(placeholders, 'arrays');
    if (mapRows !== undefined) return mapRows(rows);
    return rows.map((row) => toObject(fields ?? [], row, this.joinsNotNullableMap));
  }

  /** Part of drizzle's interface: {@link PgSession.all}. */
  async all(placeholders: Record<string, unknown> = {}): Promise<T['all']> {
    return (await this.#run<unknown>(placeholders, 'objects')).rows;
  }

  #run<Row>(placeholders: Record<string, unknown>, rows: 'objects' | 'arrays') {
    const { runner, dialect, logger } = this.#execution;
    const { sql, params } = this.query;
    const parameters = fillPlaceholders(params, placeholders);
    logger?.logQuery(sql, parameters);
    const inserted = dialect.rowsOf(this.query);
    const node = inserted && toInsertNode(inserted, placeholders);
    return runner.run<Row>(sql, parameters, rows, node);
  }
}
