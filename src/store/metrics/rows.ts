import type { Int64 } from '../../domain/int64.js';
import type { Metric } from '../../domain/metric.js';

export interface MetricRow {
  readonly key: string;
  readonly value: number;
  readonly timestamp: Int64;
  readonly step: Int64;
  readonly is_nan: boolean;
}

/** A NaN is stored as 0 with `is_nan`, as MLflow stores it. */
export function toMetric(row: MetricRow): Metric {
  return {
    key: row.key,
    value: row.is_nan ? Number.NaN : row.value,
    timestamp: row.timestamp,
    step: row.step,
  };
}

export function storedValue(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
