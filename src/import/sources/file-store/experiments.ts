import { basename, join } from 'node:path';

import type { SourceRow } from '../../contract.js';
import { textOf } from '../../text.js';
import { folders, keyValues } from './folders.js';
import { type Meta, readMeta } from './yaml.js';

/** One experiment's folder. */
export interface ExperimentFolder {
  readonly path: string;
  readonly id: string;
  readonly meta: Meta;
  readonly isDeleted: boolean;
}

export const RESERVED = new Set(['tags', 'datasets', 'traces', 'models']);
const TRASH = '.trash';
const REGISTRY = 'models';

/** The active ones and those in the trash. */
export async function experimentFolders(root: string): Promise<ExperimentFolder[]> {
  const found: ExperimentFolder[] = [];
  for (const isDeleted of [false, true]) {
    const parent = isDeleted ? join(root, TRASH) : root;
    for (const name of await folders(parent)) {
      if (name === TRASH || (!isDeleted && name === REGISTRY)) continue;
      const path = join(parent, name);
      const meta = await readMeta(join(path, 'meta.yaml'));
      if (meta === undefined) continue;
      found.push({ path, id: textOf(meta['experiment_id'], name), meta, isDeleted });
    }
  }
  // A link of another name leads to one that is there already: MLflow doesn't go by it either.
  const isNamedById = ({ path, id }: ExperimentFolder) => basename(path) === id;
  const ids = new Set(found.filter(isNamedById).map(({ id }) => id));
  return found.filter((experiment) => isNamedById(experiment) || !ids.has(experiment.id));
}

export function experimentRow({ id, meta, isDeleted }: ExperimentFolder): SourceRow {
  return {
    experiment_id: id,
    name: meta['name'],
    artifact_location: meta['artifact_location'] ?? null,
    lifecycle_stage: isDeleted ? 'deleted' : (meta['lifecycle_stage'] ?? 'active'),
    creation_time: meta['creation_time'] ?? null,
    last_update_time: meta['last_update_time'] ?? null,
    workspace: meta['workspace'] ?? 'default',
  };
}

export async function* experimentTagRows({
  path,
  id,
}: ExperimentFolder): AsyncGenerator<SourceRow> {
  for await (const [key, value] of keyValues(join(path, 'tags'))) {
    yield { experiment_id: id, key, value };
  }
}
