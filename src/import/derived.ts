/**
 * The rows that MLflow doesn't have and ours need: claims of experiments' names, the sequence of their
 * ids, who bears a registered model's name, and the count of changes of webhooks. All of it may be
 * done again.
 */
import { type Kysely, sql } from 'kysely';

import type { DB } from '../../ddl/index.js';
import { MlflowError } from '../domain/index.js';
import type { StoreContext } from '../store/context.js';
import { claimName, newToken, takeOverClaim } from '../store/experiments/names.js';
import { adoptModels } from '../store/registry/adopt.js';
import { createListeners } from '../store/webhooks/listeners.js';
import { DEFAULT_ID } from './collisions.js';
import type { SourceRow } from './contract.js';
import { ImportCollisionError } from './errors.js';
import { textOf } from './text.js';

/**
 * Takes the experiments' ids, so that no server gives them away. Comes before the look for
 * collisions: then no experiment that another makes meanwhile can get one of them unnoticed.
 *
 * The ids that a file store makes are random numbers of 18 digits. The sequence does not jump there,
 * as it won't reach them in any lifetime; were an id taken after all, the next one is tried.
 */
export async function reserveExperimentIds(
  db: Kysely<DB>,
  experiments: readonly SourceRow[],
): Promise<void> {
  const counted = experiments.map(idOf).filter((id) => typeof id === 'number' && id < RANDOM_IDS);
  const highest = Math.max(0, ...counted.map(Number));
  if (highest === 0) return;
  await db
    .insertInto('sequences')
    .values({ name: 'experiments', value: highest })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({
        value: sql<number>`greatest(${sql.ref('sequences.value')}, ${sql.ref('excluded.value')})`,
      }),
    )
    .execute();
}

/** From here on, an id is a file store's. */
const RANDOM_IDS = 1e15;

/**
 * Claims the experiments' names by the store's own rules: a claim that another experiment holds is
 * taken over only if that one doesn't bear the name.
 *
 * @returns the experiments whose name the target's `Default` bears, which must give way first
 * @throws ImportCollisionError where an experiment has come to bear the name since it was looked for
 */
export async function claimExperimentNames(
  db: Kysely<DB>,
  experiments: readonly SourceRow[],
): Promise<readonly SourceRow[]> {
  const waiting: SourceRow[] = [];
  for (const row of experiments) {
    const context = contextOf(db, workspaceOf(row));
    const name = String(row['name']);
    const claim = { experiment_id: idOf(row), token: newToken() };
    for (;;) {
      const standing = await claimName(context, name, claim);
      if (standing.experiment_id === claim.experiment_id) break;
      try {
        if (await takeOverClaim(context, name, standing, claim)) break;
      } catch (error) {
        if (!(error instanceof MlflowError)) throw error;
        if (standing.experiment_id !== DEFAULT_ID) {
          throw new ImportCollisionError([
            `the experiment "${name}" has the id ${String(claim.experiment_id)} in the source and ` +
              `${String(standing.experiment_id)} there`,
          ]);
        }
        waiting.push(row);
        break;
      }
    }
  }
  return waiting;
}

/** After the registry's rows: until then no model is seen. Answers how many are new. */
export async function showRegisteredModels(
  db: Kysely<DB>,
  models: readonly SourceRow[],
): Promise<number> {
  let shown = 0;
  for (const workspace of new Set(models.map(workspaceOf))) {
    shown += await adoptModels(contextOf(db, workspace));
  }
  return shown;
}

/** After the webhooks' rows and events: servers then read anew who listens to what. */
export async function announceWebhooks(
  db: Kysely<DB>,
  webhooks: readonly SourceRow[],
): Promise<void> {
  for (const workspace of new Set(webhooks.map(workspaceOf))) {
    await createListeners(contextOf(db, workspace)).changed();
  }
}

function contextOf(db: Kysely<DB>, workspace: string): StoreContext {
  return {
    db,
    workspace,
    artifactRoot: 'mlflow-artifacts:/',
    truncateLongValues: false,
    now: () => Date.now(),
  };
}

function workspaceOf(row: SourceRow): string {
  return textOf(row['workspace'], 'default');
}

function idOf(row: SourceRow): number | bigint {
  const id = BigInt(row['experiment_id'] as string | number | bigint);
  return Number.isSafeInteger(Number(id)) ? Number(id) : id;
}
