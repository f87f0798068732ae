/**
 * The last value of each metric. Of two, the newer one is right, whatever is wanted of other rows: points
 * are only ever added, so an older one would be wrong beside them.
 */
import type { Kysely } from 'kysely';

import type { DB } from '../../ddl/index.js';
import { unnest } from '../../dialect/index.js';
import { newestWins } from '../store/metrics/write.js';
import type { Row } from './mapping.js';
import { isNewer, type Point } from './sources/metric-points.js';
import { textOf } from './text.js';

export const LATEST_METRICS = 'latest_metrics';

/** Whether the row must take the place of the one that stands. */
export function isNewerMetric(row: Row, standing: Row): boolean {
  return isNewer(pointOf(row), pointOf(standing));
}

function pointOf(row: Row): Point {
  return {
    value: Number(row['value']),
    timestamp: textOf(row['timestamp']),
    step: textOf(row['step']),
  };
}

/** By the store's own upsert: a value that a server wrote meanwhile gives way only to a newer one. */
export async function writeLatestMetrics(db: Kysely<DB>, rows: readonly Row[]): Promise<void> {
  const of = (column: string) => rows.map((row) => row[column]);
  const columns = ['run_uuid', 'key', 'timestamp', 'step', 'value', 'is_nan'] as const;
  await db
    .insertInto(LATEST_METRICS)
    .columns([...columns])
    .expression(
      db
        .selectFrom(
          unnest('point', {
            run_uuid: { type: 'text', values: of('run_uuid') },
            key: { type: 'text', values: of('key') },
            timestamp: { type: 'bigint', values: of('timestamp') },
            step: { type: 'bigint', values: of('step') },
            value: { type: 'double precision', values: of('value') },
            is_nan: { type: 'boolean', values: of('is_nan') },
          }),
        )
        .select([...columns]),
    )
    .onConflict((conflict) => conflict.columns(['run_uuid', 'key']).doUpdateSet(newestWins))
    .execute();
}
