import { invalidParameter, MODEL_VERSIONS_TAG, noSuchLoggedModel } from '../../domain/index.js';
import { asciiJson } from '../../domain/python-text.js';
import type { StoreContext } from '../context.js';
import { compareAndSet } from '../sql/compare-and-set.js';
import { type LoggedModelRow, readLoggedModelRow } from './rows.js';

interface ModelVersionName {
  readonly name: string;
  /** A number; the stock client notes the same version once more, as text. */
  readonly version: number | string;
}

/**
 * Adds a registered version to the JSON list in the model's tag. Two that are added at once both
 * stay, and one that is added again changes nothing; MLflow then drops the others.
 */
export async function setModelVersionsTags(
  context: StoreContext,
  modelId: string,
  added: ModelVersionName,
): Promise<void> {
  const model = await readLoggedModelRow(context, modelId);
  if (model.lifecycle_stage !== 'active') throw noSuchLoggedModel(modelId);
  await compareAndSet({
    read: () => readTag(context, modelId),
    change: (seen) => {
      const versions = seen === undefined ? [] : parseVersions(seen);
      const isThere = versions.some(
        ({ name, version }) => name === added.name && version === added.version,
      );
      return isThere && seen !== undefined ? seen : encodeVersions([...versions, added]);
    },
    replace: (seen, value) => replaceTag(context, model, seen, value),
  });
}

async function readTag(context: StoreContext, modelId: string): Promise<string | undefined> {
  const row = await context.db
    .selectFrom('logged_model_tags')
    .select('tag_value')
    .where('model_id', '=', modelId)
    .where('tag_key', '=', MODEL_VERSIONS_TAG)
    .executeTakeFirst();
  return row?.tag_value;
}

async function replaceTag(
  context: StoreContext,
  model: LoggedModelRow,
  seen: string | undefined,
  value: string,
): Promise<string> {
  const row = await context.db
    .insertInto('logged_model_tags')
    .values({
      model_id: model.model_id,
      experiment_id: model.experiment_id,
      tag_key: MODEL_VERSIONS_TAG,
      tag_value: value,
    })
    .onConflict((conflict) =>
      conflict.columns(['model_id', 'tag_key']).doUpdateSet((eb) => ({
        tag_value: eb
          .case()
          .when('logged_model_tags.tag_value', '=', seen ?? '')
          .then(eb.ref('excluded.tag_value'))
          .else(eb.ref('logged_model_tags.tag_value'))
          .end(),
      })),
    )
    .returning('tag_value')
    .executeTakeFirstOrThrow();
  return row.tag_value;
}

function parseVersions(value: string): readonly ModelVersionName[] {
  try {
    const versions: unknown = JSON.parse(value);
    if (Array.isArray(versions) && versions.every(isVersion)) return versions;
  } catch {
    // Falls through: a client wrote something else into the tag.
  }
  throw invalidParameter(
    `Tag '${MODEL_VERSIONS_TAG}' of the logged model does not hold a JSON list of versions.`,
  );
}

function isVersion(value: unknown): value is ModelVersionName {
  return typeof value === 'object' && value !== null && 'name' in value && 'version' in value;
}

/** With blanks, as MLflow writes it. */
function encodeVersions(versions: readonly ModelVersionName[]): string {
  const entries = versions.map(({ name, version }) => {
    const shown = typeof version === 'string' ? asciiJson(version) : String(version);
    return `{"name": ${asciiJson(name)}, "version": ${shown}}`;
  });
  return `[${entries.join(', ')}]`;
}
