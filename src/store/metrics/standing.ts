import type { Metric } from '../../domain/metric.js';
import type { StoreContext } from '../context.js';
import { isOneOf } from '../sql/is-one-of.js';
import { type MetricRow, storedValue } from './rows.js';

/**
 * The points that do not stand yet: what is left to insert of a batch that is sent again.
 *
 * An insert looks each of its rows up in every segment of the table's index, so a batch of which
 * every row stands costs more the longer the history is. Here the first point, by primary key,
 * tells whether the batch was sent before; only then one search asks for all of them. A point that is
 * wrongly taken for missing does no harm, since the insert passes over what stands.
 */
export async function missingPoints<Point extends Metric>(
  context: StoreContext,
  runId: string,
  points: readonly Point[],
): Promise<readonly Point[]> {
  const [first] = points;
  if (first === undefined || !(await stands(context, runId, first))) return points;
  if (points.length === 1) return [];

  const rows = await context.db
    .selectFrom('metrics')
    .select(['key', 'timestamp', 'step', 'value', 'is_nan'])
    .where('run_uuid', '=', runId)
    .where(isOneOf('key', 'text', distinct(points.map(({ key }) => key))))
    .where(isOneOf('timestamp', 'bigint', distinct(points.map(({ timestamp }) => timestamp))))
    .where(isOneOf('step', 'bigint', distinct(points.map(({ step }) => step))))
    .execute();
  const standing = new Set(rows.map(identity));
  return points.filter((point) => !standing.has(identity(toRow(point))));
}

async function stands(context: StoreContext, runId: string, point: Metric): Promise<boolean> {
  const { key, timestamp, step, value, is_nan } = toRow(point);
  const row = await context.db
    .selectFrom('metrics')
    .select('key')
    .where('run_uuid', '=', runId)
    .where('key', '=', key)
    .where('timestamp', '=', timestamp)
    .where('step', '=', step)
    .where('value', '=', value)
    .where('is_nan', '=', is_nan)
    .executeTakeFirst();
  return row !== undefined;
}

function distinct<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)];
}

function toRow({ key, timestamp, step, value }: Metric): MetricRow {
  return { key, timestamp, step, value: storedValue(value), is_nan: Number.isNaN(value) };
}

function identity({ key, timestamp, step, value, is_nan }: MetricRow): string {
  return `${String(timestamp)} ${String(step)} ${String(value)} ${String(is_nan)} ${key}`;
}
