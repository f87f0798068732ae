import { invalidParameter } from '../errors.js';
import type {
  Dataset,
  DatasetInput,
  LoggedModelInput,
  LoggedModelOutput,
  LogInputs,
  LogOutputs,
} from '../input.js';
import { isInt64, normalizeInt64 } from '../int64.js';
import {
  MAX_DATASET_DIGEST_LENGTH,
  MAX_DATASET_NAME_LENGTH,
  MAX_DATASET_PROFILE_LENGTH,
  MAX_DATASET_SCHEMA_LENGTH,
  MAX_DATASET_SOURCE_LENGTH,
  MAX_INPUT_TAG_KEY_LENGTH,
  MAX_INPUT_TAG_VALUE_LENGTH,
} from '../limits.js';
import { checkRunId } from './ids.js';
import { lastOfEachKey } from './tag.js';
import { checkLength, invalidValue } from './values.js';

export interface CheckedInputs {
  /** Each (name, digest) once, the first one given; its tags with each key once. */
  readonly datasets: readonly DatasetInput[];
  /** Each model once. */
  readonly models: readonly LoggedModelInput[];
}

/** @throws INVALID_PARAMETER_VALUE; nothing is ever cut here. */
export function checkLogInputs(
  runId: string,
  { datasets = [], models = [] }: LogInputs,
): CheckedInputs {
  checkRunId(runId);
  for (const { dataset, tags } of datasets) {
    checkDataset(dataset);
    for (const { key, value } of tags) {
      checkLength('key', MAX_INPUT_TAG_KEY_LENGTH, key);
      checkLength('value', MAX_INPUT_TAG_VALUE_LENGTH, value);
    }
  }
  return {
    datasets: firstOfEach(datasets, ({ dataset: { name, digest } }) =>
      JSON.stringify([name, digest]),
    ).map(({ dataset, tags }) => ({ dataset, tags: lastOfEachKey(tags) })),
    models: firstOfEach(models, ({ modelId }) => modelId),
  };
}

function checkDataset({ name, digest, source, schema, profile }: Dataset): void {
  checkLength('name', MAX_DATASET_NAME_LENGTH, name);
  checkLength('digest', MAX_DATASET_DIGEST_LENGTH, digest);
  checkLength('source', MAX_DATASET_SOURCE_LENGTH, source);
  checkLength('schema', MAX_DATASET_SCHEMA_LENGTH, schema ?? '');
  checkLength('profile', MAX_DATASET_PROFILE_LENGTH, profile ?? '');
}

export interface CheckedOutputs {
  /** Each model once. */
  readonly models: readonly LoggedModelOutput[];
}

/** A model given twice must have one step; MLflow answers even then with the database's error. */
export function checkLogOutputs({ models }: LogOutputs): CheckedOutputs {
  const steps = new Map<string, string>();
  for (const { modelId, step } of models) {
    if (!isInt64(step)) {
      throw invalidValue('step', step, 'Step must be a valid long (64-bit integer).');
    }
    const standing = steps.get(modelId) ?? String(step);
    if (standing !== String(step)) {
      throw invalidParameter(
        `Model '${modelId}' has been submitted with different steps: ${standing} and ` +
          `${String(step)}. A model can be a run's output only once.`,
      );
    }
    steps.set(modelId, standing);
  }
  return {
    models: firstOfEach(models, ({ modelId }) => modelId).map(({ modelId, step }) => ({
      modelId,
      step: normalizeInt64(step),
    })),
  };
}

function firstOfEach<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly Item[] {
  const first = new Map<string, Item>();
  for (const item of items) {
    const key = keyOf(item);
    if (!first.has(key)) first.set(key, item);
  }
  return [...first.values()];
}
