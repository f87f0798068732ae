/** Webhooks: MLflow has a webhook's events in rows of their own, this store in the webhook's row too. */
import type { Kysely } from 'kysely';

import type { DB } from '../../ddl/index.js';
import { isOneOf } from '../store/sql/is-one-of.js';
import type { Row } from './mapping.js';

export const WEBHOOKS = 'webhooks';

/**
 * Rows that take the place of standing ones, so that the source's `webhook_events`, which are written
 * after them, are all that counts. Those that stand are removed first: an import that dies in between
 * still finds the webhook to differ, and begins again.
 */
export async function withEventsOfSource(db: Kysely<DB>, rows: readonly Row[]): Promise<Row[]> {
  const ids = rows.map((row) => row['webhook_id']);
  await db.deleteFrom('webhook_events').where(isOneOf('webhook_id', 'text', ids)).execute();
  return rows.map((row) => ({ ...row, events: null }));
}
