import type {
  DatabaseIntrospector,
  Dialect,
  DialectAdapter,
  Driver,
  Kysely,
  QueryCompiler,
} from 'kysely';

import { CrateAdapter } from './adapter.js';
import { type CrateDialectConfig, DEFAULT_SCHEMA } from './config.js';
import { CrateDriver } from './driver.js';
import { CrateIntrospector } from './introspection/introspector.js';
import { CrateQueryCompiler } from './query-compiler.js';
import { parseCrateUrl } from './url.js';

/**
 * Kysely on CrateDB, over the PostgreSQL wire protocol, or over HTTP where the URL says so.
 *
 * ```ts
 * const db = new Kysely<DB>({
 *   dialect: new CrateDialect({ url: 'crate://crate@localhost/?schema=mlflow' }),
 * });
 * ```
 *
 * Every table belongs to the configured schema unless it is qualified. A search sees what was
 * written before it ({@link RefreshPolicy}). A multi-row INSERT that lost rows raises
 * {@link RowsDroppedError}. Transactions and savepoints raise
 * {@link TransactionsNotSupportedError}. All errors are {@link CrateError}s and hold no values.
 *
 * @throws TypeError where the URL is not one, see {@link parseCrateUrl}
 */
export class CrateDialect implements Dialect {
  readonly #config: CrateDialectConfig & { readonly schema: string };

  constructor(config: CrateDialectConfig) {
    const fromUrl = 'url' in config ? parseCrateUrl(config.url).schema : undefined;
    this.#config = { ...config, schema: fromUrl ?? config.schema ?? DEFAULT_SCHEMA };
  }

  createDriver(): Driver {
    return new CrateDriver(this.#config);
  }

  createQueryCompiler(): QueryCompiler {
    return new CrateQueryCompiler(this.#config.schema);
  }

  createAdapter(): DialectAdapter {
    return new CrateAdapter(this.#config.migrationLeaseMs);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- Kysely's own signature
  createIntrospector(db: Kysely<any>): DatabaseIntrospector {
    return new CrateIntrospector(db);
  }
}
