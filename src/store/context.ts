import type { Kysely } from 'kysely';

import type { DB } from '../../ddl/types.js';

/** What every repository is made from. */
export interface StoreContext {
  readonly db: Kysely<DB>;
  /** The workspace whose experiments are seen. Only `default` exists so far. */
  readonly workspace: string;
  /** Where a new experiment's artifacts go: `<artifactRoot>/<experiment id>`. */
  readonly artifactRoot: string;
  /** Cut long param and tag values instead of refusing them. */
  readonly truncateLongValues: boolean;
  /** ms since the epoch. */
  now(): number;
}
