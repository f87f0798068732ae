/**
 * log-batch: a constant number of statements, however many rows.
 *
 * First what can refuse, side by side, by primary key: the run, the params that stand, the models
 * that the metrics name and their points; and which points stand already, where the batch was sent
 * before. Nothing is written until all have agreed. Then metrics, latest values, params and tags side by side, each
 * idempotent: after a crash, the same call again completes it.
 */
import { checkLogBatch, paramsChanged } from '../../domain/index.js';
import type { LogBatch } from '../../domain/run.js';
import type { StoreContext } from '../context.js';
import {
  checkModelPoints,
  checkModelsExist,
  modelPointsOf,
  writeModelPoints,
} from '../metrics/models.js';
import { missingPoints } from '../metrics/standing.js';
import { writeMetrics } from '../metrics/write.js';
import { findParamConflicts, writeParams } from '../params/write.js';
import { setTags } from '../tags/write.js';
import { readActiveRunRow } from './rows.js';

export async function logBatch(
  context: StoreContext,
  runId: string,
  batch: LogBatch,
): Promise<void> {
  const { metrics, params, tags } = checkLogBatch(runId, batch, context);
  const modelPoints = modelPointsOf(metrics);
  const [run, conflicts, missing] = await Promise.all([
    readActiveRunRow(context, runId),
    findParamConflicts(context, runId, params),
    missingPoints(context, runId, metrics),
    checkModelsExist(context, modelPoints),
    checkModelPoints(context, runId, modelPoints),
  ]);
  if (conflicts.length > 0) throw paramsChanged(runId, conflicts);

  const [lostRaces] = await Promise.all([
    writeParams(context, runId, params),
    writeMetrics(context, runId, metrics, missing),
    writeModelPoints(context, runId, run.experiment_id ?? 0, modelPoints),
    setTags(context, runId, tags),
  ]);
  if (lostRaces.length > 0) throw paramsChanged(runId, lostRaces);
}
