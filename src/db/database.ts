import type { Kysely } from 'kysely';

import type { DB } from '../../ddl/types.js';

/** Where MLflow's tables are, unless a URI says otherwise. */
export const DEFAULT_SCHEMA = 'mlflow';

/** A provisioned database: all that the rest of the package sees of one. */
export interface Database {
  readonly engine: 'cratedb' | 'postgres';
  readonly db: Kysely<DB>;
  /** What it is and where, for a log line; without a password. */
  readonly description: string;
  close(): Promise<void>;
}
