import { invalidParameter } from '../errors.js';
import { type Int64, int64FromText, isInt64 } from '../int64.js';
import { MAX_ASSOCIATED_ID_LENGTH } from '../limits.js';
import { invalidValue, missingValue } from './values.js';

/**
 * An experiment's id as a number.
 * @throws INVALID_PARAMETER_VALUE when it isn't a decimal 64-bit integer.
 */
export function checkExperimentId(experimentId: string): Int64 {
  if (experimentId === '') throw missingValue('experiment_id');
  const id = /^-?\d+$/.test(experimentId) ? int64FromText(experimentId) : undefined;
  if (id === undefined || !isInt64(id)) {
    throw invalidParameter(
      `Invalid experiment ID '${experimentId}'. Experiment ID must be a valid integer.`,
    );
  }
  return id;
}

/** The form of a run's id, which log-batch and log-inputs look at before they look for the run. */
export function checkRunId(runId: string): void {
  if (!/^[a-zA-Z0-9][\p{L}\p{N}_-]{0,255}$/u.test(runId)) throw invalidValue('run_id', runId);
}

/**
 * The id of one end of an association, for example of a trace that is linked to a run.
 * @param path where the id stood in the request.
 */
export function checkAssociatedId(path: string, id: string): void {
  // As a column of CrateDB counts: see checkColumn.
  if (id.length <= MAX_ASSOCIATED_ID_LENGTH) return;
  const limit = String(MAX_ASSOCIATED_ID_LENGTH);
  throw invalidValue(path, id, `MLflow's table of associations holds ids of ${limit} characters.`);
}
