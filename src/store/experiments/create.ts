import { resolve } from 'node:path';

import {
  artifactLocationOf,
  checkCreateExperiment,
  experimentNameTaken,
  splitUri,
} from '../../domain/index.js';
import type { CreateExperiment } from '../../domain/experiment.js';
import type { Int64 } from '../../domain/int64.js';
import type { StoreContext } from '../context.js';
import { nextValue } from '../sql/sequence.js';
import { bears, claimName, newToken, readClaim, takeOverClaim } from './names.js';
import { readExperimentRow } from './rows.js';
import { writeExperimentTags } from './tags.js';

/**
 * Sequence, claim, tags, row: the row comes last, so that a crash before it leaves nothing to be
 * seen. The claim of a creator that died is taken over by the next one of that name.
 */
export async function createExperiment(
  context: StoreContext,
  request: CreateExperiment,
): Promise<string> {
  const experiment = checkCreateExperiment(request);
  const { name } = experiment;
  // Only the early, friendly answer, which spares an id; the claim decides.
  const standing = await readClaim(context, name);
  if (standing !== undefined && bears(await readExperimentRow(context, standing.experiment_id), name)) {
    throw experimentNameTaken(name);
  }
  for (;;) {
    const experimentId = await nextValue(context, 'experiments');
    const mine = { experiment_id: experimentId, token: newToken() };
    const claim = await claimName(context, name, mine);
    if (
      claim.experiment_id !== experimentId &&
      !(await takeOverClaim(context, name, claim, mine))
    ) {
      continue;
    }
    await writeExperimentTags(context, experimentId, experiment.tags);
    const location =
      experiment.artifactLocation === undefined
        ? artifactLocationOf(context.artifactRoot, String(experimentId))
        : absoluteLocation(experiment.artifactLocation);
    if (await insertExperimentRow(context, experimentId, name, location)) {
      return String(experimentId);
    }
    // The id is taken: this creation was given up on by another, or a foreign program used the id.
  }
}

/** A relative path is made absolute: the next start may be in another folder. */
function absoluteLocation(location: string): string {
  return splitUri(location).scheme === '' ? resolve(location) : location;
}

/** Answers false where a row of that id stands already. */
export async function insertExperimentRow(
  context: StoreContext,
  experimentId: Int64,
  name: string,
  artifactLocation: string,
): Promise<boolean> {
  const now = context.now();
  const inserted = await context.db
    .insertInto('experiments')
    .values({
      experiment_id: experimentId,
      name,
      artifact_location: artifactLocation,
      lifecycle_stage: 'active',
      creation_time: now,
      last_update_time: now,
      workspace: context.workspace,
    })
    .onConflict((conflict) => conflict.column('experiment_id').doNothing())
    .returning('experiment_id')
    .execute();
  return inserted.length === 1;
}

/** Experiment 0, `Default`, which every MLflow server has from the start. */
export async function ensureDefaultExperiment(context: StoreContext): Promise<void> {
  const defaultId = 0;
  if ((await readExperimentRow(context, defaultId)) !== undefined) return;
  const name = 'Default';
  const claim = await claimName(context, name, { experiment_id: defaultId, token: newToken() });
  if (claim.experiment_id !== defaultId) return;
  await insertExperimentRow(
    context,
    defaultId,
    name,
    artifactLocationOf(context.artifactRoot, String(defaultId)),
  );
}
