import { invalidParameter } from '../errors.js';
import {
  MAX_ENTITIES_PER_BATCH,
  MAX_METRICS_PER_BATCH,
  MAX_PARAMS_PER_BATCH,
  MAX_TAGS_PER_BATCH,
  type ValueLimitOptions,
} from '../limits.js';
import type { LogMetric } from '../metric.js';
import type { Param } from '../param.js';
import type { LogBatch } from '../run.js';
import type { Tag } from '../tag.js';
import { checkRunId } from './ids.js';
import { checkMetric, storedMetric } from './metric.js';
import { checkParam, checkParamKeysUnique } from './param.js';
import { checkRunTag, lastOfEachKey } from './tag.js';

export interface CheckedBatch {
  /** As they are to be stored, none twice. */
  readonly metrics: readonly LogMetric[];
  /** Each key once, values cut where that is allowed. */
  readonly params: readonly Param[];
  /** Each key once, the last one given; values cut where that is allowed. */
  readonly tags: readonly Tag[];
}

/**
 * All of a batch that needs no database, in MLflow's order: the run id's form, every metric, param
 * and tag, their counts, params that are there twice.
 * @throws INVALID_PARAMETER_VALUE for the first that fails.
 */
export function checkLogBatch(
  runId: string,
  { metrics = [], params = [], tags = [] }: LogBatch,
  options: ValueLimitOptions = {},
): CheckedBatch {
  checkRunId(runId);
  metrics.forEach((metric, index) => checkMetric(`metrics[${index}]`, metric));
  const checkedParams = params.map((param, i) => checkParam(`params[${i}]`, param, options));
  const checkedTags = tags.map((tag, i) => checkRunTag(`tags[${i}]`, tag, options));
  checkCount('metrics', MAX_METRICS_PER_BATCH, metrics.length);
  checkCount('params', MAX_PARAMS_PER_BATCH, params.length);
  checkCount('tags', MAX_TAGS_PER_BATCH, tags.length);
  checkCount(
    'metrics, params, and tags',
    MAX_ENTITIES_PER_BATCH,
    metrics.length + params.length + tags.length,
  );
  checkParamKeysUnique(params);
  return {
    metrics: distinctMetrics(metrics.map(storedMetric)),
    params: checkedParams,
    tags: lastOfEachKey(checkedTags),
  };
}

function checkCount(what: string, limit: number, count: number): void {
  if (count <= limit) return;
  throw invalidParameter(
    `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. ` +
      `Please split up ${what} across multiple requests and try again.`,
  );
}

/** A NaN equals a NaN here; MLflow sees two points there, and the database then refuses both. */
function distinctMetrics(metrics: readonly LogMetric[]): readonly LogMetric[] {
  if (metrics.length < 2) return metrics;
  const distinct = new Map<string, LogMetric>();
  for (const metric of metrics) {
    const identity = identityOf(metric);
    if (!distinct.has(identity)) distinct.set(identity, metric);
  }
  return [...distinct.values()];
}

/** Numbers have no blanks, and a key no line breaks: so the text can be taken apart in one way. */
function identityOf(metric: LogMetric): string {
  const { key, value, timestamp, step, modelId, datasetName, datasetDigest } = metric;
  const point = `${value} ${String(timestamp)} ${String(step)} ${key}`;
  if (modelId === undefined && datasetName === undefined) return point;
  return `${point}\n${JSON.stringify([modelId, datasetName, datasetDigest])}`;
}
