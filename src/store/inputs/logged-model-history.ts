import { checkSetTag, invalidParameter, LOGGED_MODELS_TAG } from '../../domain/index.js';
import type { StoreContext } from '../context.js';
import { readActiveRunRow } from '../runs/rows.js';
import { compareAndSet } from '../sql/compare-and-set.js';

const MANDATORY_FIELDS = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'] as const;

/**
 * Appends a model's description to the JSON list in the run's tag. Two that append at once both
 * stay: the tag is written only if it still says what was read.
 */
export async function recordLoggedModel(
  context: StoreContext,
  runId: string,
  modelJson: string,
): Promise<void> {
  const description = parseDescription(modelJson);
  await readActiveRunRow(context, runId);
  await compareAndSet({
    read: () => readTag(context, runId),
    change: (seen) => {
      const history = seen === undefined ? [] : parseHistory(seen);
      const value = JSON.stringify([...history, description]);
      checkSetTag({ key: LOGGED_MODELS_TAG, value }, { truncateLongValues: false });
      return value;
    },
    replace: (seen, value) => replaceTag(context, runId, seen, value),
  });
}

async function readTag(context: StoreContext, runId: string): Promise<string | undefined> {
  const row = await context.db
    .selectFrom('tags')
    .select('value')
    .where('key', '=', LOGGED_MODELS_TAG)
    .where('run_uuid', '=', runId)
    .executeTakeFirst();
  return row?.value ?? undefined;
}

/** Compare-and-set by one upsert; answers the value that stands. */
async function replaceTag(
  context: StoreContext,
  runId: string,
  seen: string | undefined,
  value: string,
): Promise<string | null> {
  const row = await context.db
    .insertInto('tags')
    .values({ run_uuid: runId, key: LOGGED_MODELS_TAG, value })
    .onConflict((conflict) =>
      conflict.columns(['run_uuid', 'key']).doUpdateSet((eb) => ({
        value: eb
          .case()
          .when('tags.value', '=', seen ?? '')
          .then(eb.ref('excluded.value'))
          .else(eb.ref('tags.value'))
          .end(),
      })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  return row.value;
}

function parseHistory(value: string): readonly unknown[] {
  try {
    const history: unknown = JSON.parse(value);
    if (Array.isArray(history)) return history;
  } catch {
    // Falls through: a client wrote something else into the tag.
  }
  throw invalidParameter(`Tag '${LOGGED_MODELS_TAG}' of the run does not hold a JSON list.`);
}

/** The fields of a model's description that MLflow keeps in the tag. */
function parseDescription(modelJson: string): Readonly<Record<string, unknown>> {
  const malformed = () =>
    invalidParameter(`Malformed model info. \n ${modelJson} \n is not a valid JSON.`);
  let model: unknown;
  try {
    model = JSON.parse(modelJson);
  } catch {
    throw malformed();
  }
  if (typeof model !== 'object' || model === null || Array.isArray(model)) throw malformed();
  const fields = new Map<string, unknown>(Object.entries(model));
  const missing = MANDATORY_FIELDS.filter((field) => !fields.has(field));
  if (missing.length > 0) {
    throw invalidParameter(
      `Model json is missing mandatory fields: {${missing.map((field) => `'${field}'`).join(', ')}}`,
    );
  }
  return {
    run_id: fields.get('run_id'),
    artifact_path: fields.get('artifact_path'),
    utc_time_created: fields.get('utc_time_created'),
    model_uuid: fields.get('model_uuid') ?? null,
    flavors: withoutConfigs(fields.get('flavors')),
  };
}

/** MLflow leaves a flavor's `config` out, which may be long or secret. */
function withoutConfigs(flavors: unknown): unknown {
  if (typeof flavors !== 'object' || flavors === null || Array.isArray(flavors)) return flavors;
  return Object.fromEntries(
    Object.entries(flavors).map(([flavor, settings]: [string, unknown]) => {
      if (typeof settings !== 'object' || settings === null) return [flavor, settings];
      return [flavor, Object.fromEntries(Object.entries(settings).filter(([key]) => key !== 'config'))];
    }),
  );
}
