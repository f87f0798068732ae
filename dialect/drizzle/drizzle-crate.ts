import {
  createTableRelationsHelpers,
  DefaultLogger,
  type DrizzleConfig,
  entityKind,
  type ExtractTablesWithRelations,
  extractTablesRelationalConfig,
  type Logger,
  type RelationalSchemaConfig,
} from 'drizzle-orm';
import { PgDatabase, type PgTable } from 'drizzle-orm/pg-core';
import { Kysely } from 'kysely';

import { refused } from '../compiler/refusals.js';
import type { CrateDialectConfig } from '../config.js';
import { CrateDialect } from '../dialect.js';
import { TransactionsNotSupportedError } from '../errors/index.js';
import { CratePgDialect } from './crate-pg-dialect.js';
import { CrateInsertBuilder } from './insert-builder.js';
import { DISTINCT_ON, MATERIALIZED_VIEWS } from './refusals.js';
import { KyselyRunner } from './runner.js';
import { type CrateQueryResultHKT, CrateSession } from './session.js';

/** Drizzle on a Kysely instance that is there already, over its connections. */
export interface KyselyConfig {
  /** With a {@link CrateDialect}; `withRefresh` and `withRetry` hold for drizzle as well. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of any tables
  readonly kysely: Kysely<any>;
}

/**
 * `schema`: tables for `db.query`; `casing`: of column names that are given by their keys alone;
 * `logger`: `true` prints every statement with its parameters. Drizzle's `cache` isn't there: it
 * would give rows that are not the newest.
 */
export type DrizzleCrateOptions<TSchema extends Record<string, unknown>> = Pick<
  DrizzleConfig<TSchema>,
  'schema' | 'casing' | 'logger'
>;

/** Drizzle's `PgDatabase`, as far as CrateDB goes. */
export class CrateDrizzle<
  TSchema extends Record<string, unknown> = Record<string, never>,
> extends PgDatabase<CrateQueryResultHKT, TSchema> {
  static override readonly [entityKind]: string = 'CrateDrizzle';
  /** The connections; `await db.$client.destroy()` ends them. */
  readonly $client: Kysely<unknown>;
  readonly #dialect: CratePgDialect;
  readonly #session: CrateSession;

  constructor(
    client: Kysely<unknown>,
    dialect: CratePgDialect,
    session: CrateSession,
    schema: RelationalSchemaConfig<ExtractTablesWithRelations<TSchema>> | undefined,
  ) {
    super(dialect, session, schema);
    this.$client = client;
    this.#dialect = dialect;
    this.#session = session;
  }

  override insert<TTable extends PgTable>(table: TTable): CrateInsertBuilder<TTable> {
    return new CrateInsertBuilder(table, this.#session, this.#dialect);
  }

  /**
   * @deprecated CrateDB has no transactions.
   * @throws TransactionsNotSupportedError before anything is sent
   */
  override transaction(): Promise<never> {
    return Promise.reject(new TransactionsNotSupportedError());
  }

  /**
   * @deprecated CrateDB has no DISTINCT ON.
   * @throws NotSupportedError always
   */
  override selectDistinctOn(): never {
    throw refused(DISTINCT_ON);
  }

  /**
   * @deprecated CrateDB has no materialized views.
   * @throws NotSupportedError always
   */
  override refreshMaterializedView(): never {
    throw refused(MATERIALIZED_VIEWS);
  }
}

/**
 * drizzle-orm's query builder on CrateDB, by the same rules as the Kysely dialect: searches see what
 * was written before them, tables without a schema belong to the configured one, rows that CrateDB
 * drops in silence raise `RowsDroppedError`, every error is a `CrateError` without values, and what
 * CrateDB can't do is refused before it is sent.
 *
 * ```ts
 * const db = drizzleCrate({ url: 'crate://crate@localhost/?schema=app' });
 * await db.insert(runs).values({ id: 'r1', status: 'RUNNING' });
 * const running = await db.select().from(runs).where(eq(runs.status, 'RUNNING'));
 * await db.$client.destroy();
 * ```
 *
 * @param config where CrateDB is, as for {@link CrateDialect}, or the Kysely instance to share
 * @throws TypeError where the URL is not one, or the Kysely instance isn't on CrateDB
 * @see https://orm.drizzle.team/docs/overview
 * @see https://cratedb.com/docs/crate/reference/en/latest/sql/index.html
 */
export function drizzleCrate<TSchema extends Record<string, unknown> = Record<string, never>>(
  config: CrateDialectConfig | KyselyConfig,
  options: DrizzleCrateOptions<TSchema> = {},
): CrateDrizzle<TSchema> {
  const kysely: Kysely<unknown> =
    'kysely' in config ? config.kysely : new Kysely({ dialect: new CrateDialect(config) });
  const runner = new KyselyRunner(kysely);
  const { casing, schema } = options;
  const dialect = new CratePgDialect(runner.schema, casing === undefined ? {} : { casing });
  const session = new CrateSession(runner, dialect, toLogger(options.logger));
  return new CrateDrizzle(kysely, dialect, session, schema && relationsOf(schema));
}

function toLogger(logger: boolean | Logger | undefined): Logger | undefined {
  if (logger === true) return new DefaultLogger();
  return logger === false ? undefined : logger;
}

function relationsOf<TSchema extends Record<string, unknown>>(
  fullSchema: TSchema,
): RelationalSchemaConfig<ExtractTablesWithRelations<TSchema>> {
  const { tables, tableNamesMap } = extractTablesRelationalConfig<
    ExtractTablesWithRelations<TSchema>
  >(fullSchema, createTableRelationsHelpers);
  return { fullSchema, schema: tables, tableNamesMap };
}
