import { invalidParameter } from '../errors.js';
import { type Int64, isInt64, normalizeInt64 } from '../int64.js';
import { MAX_DATASET_DIGEST_LENGTH, MAX_DATASET_NAME_LENGTH, MAX_KEY_LENGTH } from '../limits.js';
import type { LogMetric } from '../metric.js';
import { pythonFloat } from '../python-text.js';
import { checkKey } from './key.js';
import { checkLength, invalidValue, within } from './values.js';

/** One point, checked as log-metric does, and as it is to be stored; see {@link storedMetric}. */
export function checkLogMetric(metric: LogMetric): LogMetric {
  checkMetric('', metric);
  return storedMetric(metric);
}

/** @param path of the metric in the request: empty, or `metrics[0]`. */
export function checkMetric(path: string, metric: LogMetric): void {
  const { key, timestamp, step } = metric;
  checkKey(within(path, 'name'), key);
  const value = checkedValue(path, metric);
  const about = `metric '${key}' (value=${pythonFloat(value)}).`;
  if (!isInt64(timestamp) || timestamp < 0) {
    throw invalidValue(
      within(path, 'timestamp'),
      timestamp,
      `${about} Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  if (!isInt64(step)) {
    throw invalidValue(
      within(path, 'step'),
      step,
      `${about} Step must be a valid long (64-bit integer).`,
    );
  }
  checkLength('Metric name', MAX_KEY_LENGTH, key);
  checkLength(within(path, 'dataset_name'), MAX_DATASET_NAME_LENGTH, metric.datasetName ?? '');
  checkLength(within(path, 'dataset_digest'), MAX_DATASET_DIGEST_LENGTH, metric.datasetDigest ?? '');
  if (isAbsent(metric.datasetName) !== isAbsent(metric.datasetDigest)) {
    throw invalidParameter(
      'Both dataset_name and dataset_digest must be provided if one is provided',
    );
  }
}

/** Callers without types may pass anything. */
function checkedValue(path: string, metric: { value: unknown; timestamp: Int64 }): number {
  const { value, timestamp } = metric;
  if (typeof value === 'number') return value;
  throw invalidValue(
    within(path, 'value'),
    value,
    `(timestamp=${String(timestamp)}). ` +
      'Please specify value as a valid double (64-bit floating point)',
  );
}

/**
 * As MLflow stores it: infinities become ±`Number.MAX_VALUE`, since not every database has them;
 * -0 is 0, so that the two are one point; empty fields are absent ones.
 */
export function storedMetric(metric: LogMetric): LogMetric {
  const { key, value, modelId, datasetName, datasetDigest } = metric;
  return {
    key,
    value: Number.isNaN(value)
      ? value
      : Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE) + 0,
    timestamp: normalizeInt64(metric.timestamp),
    step: normalizeInt64(metric.step),
    ...(isAbsent(modelId) ? {} : { modelId }),
    ...(isAbsent(datasetName) ? {} : { datasetName }),
    ...(isAbsent(datasetDigest) ? {} : { datasetDigest }),
  };
}

function isAbsent(text: string | undefined): text is '' | undefined {
  return text === undefined || text === '';
}
