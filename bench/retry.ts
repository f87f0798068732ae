import { openStore, type Store } from 'mlflow-cratedb';
import { sql } from 'kysely';

import { points } from './cases.ts';
import { median } from './measure.ts';

export interface RetryResult {
  /** Points of history to ms for sending a batch of 1,000 metrics again. */
  readonly short: { readonly points: number; readonly ms: number };
  readonly long: { readonly points: number; readonly ms: number };
}

const SHORT = 10_000;
const LONG = 1_000_000;
const CHUNK = 100_000;
const WARM_UP = 8;
const ROUNDS = 40;

export interface RetryDatabase {
  readonly uri: string;
  readonly schema: string;
}

/**
 * The same batch sent again and again to a run with a short history and to one with a long history.
 * They are in databases of their own: in one, both would look up keys in the same long index.
 */
export async function measureRetry(
  shortDatabase: RetryDatabase,
  longDatabase: RetryDatabase,
): Promise<RetryResult> {
  const short = await withHistory(shortDatabase, SHORT);
  const long = await withHistory(longDatabase, LONG);
  const times: { short: number[]; long: number[] } = { short: [], long: [] };
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const order = round % 2 === 0 ? (['short', 'long'] as const) : (['long', 'short'] as const);
    for (const name of order) {
      const { store, runId } = name === 'short' ? short : long;
      const start = performance.now();
      await store.logBatch(runId, { metrics: points(10, 100, 0) });
      if (round >= WARM_UP) times[name].push(performance.now() - start);
    }
  }
  await short.store.close();
  await long.store.close();
  return {
    short: { points: SHORT, ms: median(times.short) },
    long: { points: LONG, ms: median(times.long) },
  };
}

async function withHistory(
  { uri, schema }: RetryDatabase,
  count: number,
): Promise<{ store: Store; runId: string }> {
  const store = await openStore(uri);
  const experimentId = await store.createExperiment({ name: `retry ${crypto.randomUUID()}` });
  const { info } = await store.createRun({ experimentId });
  await store.logBatch(info.runId, { metrics: points(10, 100, 0) });
  // Ten keys, as the batch has them, and the batch's own thousand points among them.
  for (let first = 1_000; first < count; first += CHUNK) {
    const last = Math.min(first + CHUNK, count) - 1;
    await sql`
      INSERT INTO ${sql.id(schema, 'metrics')} (run_uuid, key, timestamp, step, value, is_nan)
      (SELECT CAST(${info.runId} AS text), 'metric_' || CAST(n % 10 AS text), 1700000000000 + n,
        n, CAST(n AS double precision), FALSE
       FROM generate_series(CAST(${first} AS bigint), CAST(${last} AS bigint)) AS numbers (n))
    `.execute(store.db);
  }
  return { store, runId: info.runId };
}
