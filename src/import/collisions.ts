/**
 * Ids and names are kept, so a target that uses one of them for another thing is refused before
 * anything is written. What an import before this one brought is the same thing: it was created at
 * the same millisecond. The one exception is the experiment `Default` that every server makes: where
 * nobody used it yet, the source's takes its place.
 */
import type { SourceRow } from './contract.js';
import { ImportCollisionError } from './errors.js';
import type { ImportTarget } from './target.js';
import { textOf } from './text.js';

/** The experiment `Default`, which every server makes. */
export const DEFAULT_ID = 0;

/**
 * A file store may have two experiments of one name; MLflow's SQL store and this one can't.
 *
 * @throws ImportCollisionError
 */
export function refuseDoubleNames(experiments: readonly SourceRow[]): void {
  const ids = new Map<string, string>();
  const doubles: string[] = [];
  for (const experiment of experiments) {
    const id = String(experiment['experiment_id']);
    const first = ids.get(nameKey(experiment));
    if (first === undefined) ids.set(nameKey(experiment), id);
    else {
      doubles.push(
        `the source's experiments ${first} and ${id} are both named "${String(experiment['name'])}"` +
          ' (rename one of them first)',
      );
    }
  }
  if (doubles.length > 0) throw new ImportCollisionError(doubles);
}

/**
 * @returns the source's experiment 0, where it takes the place of the target's untouched one
 * @throws ImportCollisionError
 */
export async function refuseCollisions(
  target: ImportTarget,
  experiments: readonly SourceRow[],
  models: readonly SourceRow[],
): Promise<{ readonly replacedDefault: SourceRow | undefined }> {
  const collisions: string[] = [];
  const standing = await target.db
    .selectFrom('experiments')
    .select(['experiment_id', 'name', 'workspace', 'creation_time'])
    .execute();
  const byId = new Map(standing.map((row) => [String(row.experiment_id), row]));
  const byName = new Map(standing.map((row) => [nameKey(row), row]));
  const hasDefault = experiments.some((row) => String(row['experiment_id']) === String(DEFAULT_ID));
  let replacedDefault: SourceRow | undefined;
  for (const experiment of experiments) {
    const id = String(experiment['experiment_id']);
    const name = String(experiment['name']);
    const sameId = byId.get(id);
    if (sameId !== undefined && !isSame(experiment, sameId)) {
      if (id === String(DEFAULT_ID) && (await isUntouchedDefault(target)))
        replacedDefault = experiment;
      else collisions.push(`experiment ${id} ("${name}") is another there, "${sameId.name}"`);
      continue;
    }
    const sameName = byName.get(nameKey(experiment));
    if (sameName !== undefined && String(sameName.experiment_id) !== id) {
      const givesWay = hasDefault && String(sameName.experiment_id) === String(DEFAULT_ID);
      if (givesWay && (await isUntouchedDefault(target))) continue;
      collisions.push(
        `the experiment "${name}" has the id ${id} in the source and ${String(sameName.experiment_id)} there`,
      );
    }
  }
  collisions.push(...(await modelCollisions(target, models)));
  if (collisions.length > 0) throw new ImportCollisionError(collisions);
  return { replacedDefault };
}

async function modelCollisions(
  target: ImportTarget,
  models: readonly SourceRow[],
): Promise<string[]> {
  if (models.length === 0) return [];
  const standing = await target.db
    .selectFrom('registered_models')
    .select(['name', 'workspace', 'creation_time'])
    .execute();
  const byName = new Map(standing.map((row) => [nameKey(row), row]));
  return models.flatMap((model) => {
    const there = byName.get(nameKey(model));
    return there === undefined || sameTime(model['creation_time'], there.creation_time)
      ? []
      : [`the registered model "${String(model['name'])}" is another there`];
  });
}

function nameKey(row: SourceRow | { readonly name: unknown; readonly workspace: unknown }): string {
  return JSON.stringify([textOf(row.workspace, 'default'), String(row.name)]);
}

function isSame(
  experiment: SourceRow,
  there: { readonly name: string; readonly creation_time: unknown },
): boolean {
  const created = experiment['creation_time'];
  // An old file store doesn't say when.
  const isTold = created !== null && created !== undefined;
  return sameTime(created, there.creation_time) && (isTold || experiment['name'] === there.name);
}

function sameTime(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

/** Whether nobody logged anything to experiment 0, and it is as a server made it. */
async function isUntouchedDefault({ db }: ImportTarget): Promise<boolean> {
  const row = await db
    .selectFrom('experiments')
    .select(['name', 'lifecycle_stage'])
    .where('experiment_id', '=', DEFAULT_ID)
    .executeTakeFirst();
  if (row?.name !== 'Default' || row.lifecycle_stage !== 'active') return false;
  for (const table of ['experiment_tags', 'runs', 'logged_models', 'trace_info'] as const) {
    const found = await db
      .selectFrom(table)
      .select('experiment_id')
      .where('experiment_id', '=', DEFAULT_ID)
      .limit(1)
      .execute();
    if (found.length > 0) return false;
  }
  return true;
}
