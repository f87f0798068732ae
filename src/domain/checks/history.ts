import { invalidParameter } from '../errors.js';
import type { Int64 } from '../int64.js';
import { MAX_RUNS_IN_HISTORY } from '../limits.js';
import type { StepInterval } from '../sample-steps.js';

/** The runs of a bulk read: at least one, at most 100. Answers each once, in the order asked for. */
export function checkHistoryRunIds(runIds: readonly string[]): readonly string[] {
  const refuse = (rule: string) => invalidParameter(`GetMetricHistoryBulk request ${rule}`);
  if (runIds.length === 0) throw refuse('must specify at least one run_id.');
  if (runIds.length > MAX_RUNS_IN_HISTORY) {
    throw refuse(
      `cannot specify more than ${MAX_RUNS_IN_HISTORY} run_ids. Received ${runIds.length} run_ids.`,
    );
  }
  return [...new Set(runIds)];
}

/** The interval of steps, where one is asked for: both ends or neither. */
export function checkStepInterval(
  startStep: Int64 | undefined,
  endStep: Int64 | undefined,
): StepInterval | undefined {
  if ((startStep === undefined) !== (endStep === undefined)) {
    throw invalidParameter(
      'If either start step or end step are specified, both must be specified.',
    );
  }
  if (startStep === undefined || endStep === undefined) return undefined;
  return { startStep, endStep };
}
