import { invalidParameter } from '../errors.js';

/** MLflow's deprecated stages of a version. */
export type ModelStage = 'None' | 'Staging' | 'Production' | 'Archived';

export const MODEL_STAGES: readonly ModelStage[] = ['None', 'Staging', 'Production', 'Archived'];

/** The stage of a version that was deleted: its row stays, unseen, so that its number does too. */
export const DELETED_STAGE = 'Deleted_Internal';

/**
 * The stage, in any case.
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkStage(stage: string): ModelStage {
  const found = MODEL_STAGES.find((each) => each.toLowerCase() === stage.toLowerCase());
  if (found !== undefined) return found;
  throw invalidParameter(
    `Invalid Model Version stage: ${stage}. Value must be one of ${MODEL_STAGES.join(', ')}.`,
  );
}

/** @throws INVALID_PARAMETER_VALUE where versions in that stage can't be archived (MLflow: 500). */
export function checkArchivesExisting(stage: string): void {
  const canonical = checkStage(stage);
  if (canonical === 'Staging' || canonical === 'Production') return;
  throw invalidParameter(
    'Model version transition cannot archive existing model versions because ' +
      `'${stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
  );
}
