import {
  type CommonTableExpression,
  Kysely,
  type KyselyConfig,
  type KyselyPlugin,
  type QueryCreator,
  type QueryCreatorWithCommonTableExpression,
  type SchemaModule,
} from 'kysely';

import type { CrateDialectConfig } from './config.js';
import { CrateDialect } from './dialect.js';

type NoTransactions =
  'CrateDB has no transactions: write each row by one atomic statement, the last one makes the result visible';
type NoMerge = 'CrateDB has no MERGE: use INSERT … SELECT … ON CONFLICT DO UPDATE';
type NoReplace = 'CrateDB has no REPLACE INTO: use insertInto with onConflict';
type NoRecursion = 'CrateDB has no recursive CTEs: read one level per query, or store the path';
type NoChangeAfterWith = 'CrateDB has no WITH before UPDATE and DELETE: use key IN (SELECT …)';
type NoIndexes = 'CrateDB indexes every column: a fulltext index is declared with the table';
type NoTypes = 'CrateDB has no CREATE TYPE: use text with a CHECK on its values';
type NoMaterializedViews = 'CrateDB has no materialized views: fill a table by INSERT … SELECT';

/**
 * A method that can't be called: the type checker's message holds `Reason`, as the type that `this`
 * would have to be.
 */
type Unsupported<Reason extends string> = (this: Reason, ...args: never[]) => never;

/** As Kysely's, and what follows it knows what can't follow. */
type With<DB> = (<Name extends string, Expression extends CommonTableExpression<DB, Name>>(
  name: Name,
  expression: Expression,
) => QueryCreatorWithCommonTableExpression<DB, Name, Expression> extends QueryCreator<infer WithCte>
  ? CrateQueryCreator<WithCte>
  : never) &
  QueryCreator<DB>['with'];

/** What comes after `with(…)`: a SELECT, or an INSERT of one. */
export interface CrateQueryCreator<DB> extends QueryCreator<DB> {
  with: With<DB>;
  withRecursive: Unsupported<NoRecursion>;
  mergeInto: Unsupported<NoMerge>;
  replaceInto: Unsupported<NoReplace>;
  updateTable: Unsupported<NoChangeAfterWith>;
  deleteFrom: Unsupported<NoChangeAfterWith>;
  withPlugin(plugin: KyselyPlugin): CrateQueryCreator<DB>;
  withoutPlugins(): CrateQueryCreator<DB>;
  withSchema(schema: string): CrateQueryCreator<DB>;
}

/** Kysely's schema builder, without what CrateDB doesn't have at all. */
export interface CrateSchemaModule extends SchemaModule {
  createIndex: Unsupported<NoIndexes>;
  dropIndex: Unsupported<NoIndexes>;
  createType: Unsupported<NoTypes>;
  alterType: Unsupported<NoTypes>;
  dropType: Unsupported<NoTypes>;
  refreshMaterializedView: Unsupported<NoMaterializedViews>;
  withPlugin(plugin: KyselyPlugin): CrateSchemaModule;
  withoutPlugins(): CrateSchemaModule;
  withSchema(schema: string): CrateSchemaModule;
}

/**
 * `Kysely<DB>`, and what CrateDB doesn't have at all is a type error: transactions, MERGE, REPLACE,
 * recursive CTEs, UPDATE and DELETE after WITH, CREATE INDEX, CREATE TYPE, materialized views. It can
 * be given wherever a `Kysely<DB>` of these tables is expected; to a function that infers the tables
 * (`<DB>(db: Kysely<DB>)`), give {@link asKysely}. What stands further down a chain of calls, such as
 * `forUpdate()`, is refused when the query is compiled ({@link NotSupportedError}).
 */
export interface CrateKysely<DB> extends Kysely<DB> {
  readonly schema: CrateSchemaModule;
  transaction: Unsupported<NoTransactions>;
  startTransaction: Unsupported<NoTransactions>;
  with: With<DB>;
  withRecursive: Unsupported<NoRecursion>;
  mergeInto: Unsupported<NoMerge>;
  replaceInto: Unsupported<NoReplace>;
  withPlugin(plugin: KyselyPlugin): CrateKysely<DB>;
  withoutPlugins(): CrateKysely<DB>;
  withSchema(schema: string): CrateKysely<DB>;
}

/**
 * A Kysely on CrateDB, typed by what CrateDB can do.
 *
 * ```ts
 * const db = crateKysely<DB>({ url: 'crate://crate@localhost/?schema=mlflow' });
 * ```
 *
 * The same as `new Kysely<DB>({ dialect: new CrateDialect(config), … })`, but for the type.
 *
 * @param config of the dialect, and of Kysely
 * @throws TypeError where the URL is not one
 * @see https://cratedb.com/docs/crate/reference/en/latest/appendices/compatibility.html
 */
export function crateKysely<DB>(
  config: CrateDialectConfig & Omit<KyselyConfig, 'dialect'>,
): CrateKysely<DB> {
  const { plugins, log, ...dialect } = config;
  const kysely: unknown = new Kysely<DB>({
    dialect: new CrateDialect(dialect),
    ...(plugins !== undefined && { plugins }),
    ...(log !== undefined && { log }),
  });
  return kysely as CrateKysely<DB>;
}

/**
 * The same object as a plain `Kysely<DB>`: for functions that infer the tables from it, which
 * TypeScript can do from Kysely's own class alone, and for what is to take it as that.
 */
export function asKysely<DB>(db: CrateKysely<DB>): Kysely<DB> {
  return db;
}
