import type {
  DatasetInput,
  DatasetSummary,
  LoggedModelInput,
  LoggedModelOutput,
} from '../domain/input.js';

import { keyAndValue, textOrEmpty } from './common.js';
import { integer, keyValue, object, optionalText, repeated, text } from './encode.js';
import { int64, list, message, nonEmpty, required, string, withDefault } from './fields.js';

// Over REST an absent text and an empty one look alike, so none of these is required.
const dataset = message({
  name: textOrEmpty,
  digest: textOrEmpty,
  source_type: textOrEmpty,
  source: textOrEmpty,
  schema: nonEmpty,
  profile: nonEmpty,
});

export const logInputs = message({
  run_id: required(string),
  datasets: list(
    message({
      tags: list(keyAndValue),
      dataset: withDefault(dataset, dataset.decode({})),
    }),
  ),
  models: list(message({ model_id: textOrEmpty })),
});

const outputModels = list(message({ model_id: textOrEmpty, step: withDefault(int64, 0) }));

export const logOutputs = message({
  run_id: required(string),
  models: required(outputModels),
});

export const searchDatasets = message({ experiment_ids: list(string) });

export const logModel = message({ run_id: required(string), model_json: required(string) });

export function datasetInputObject({ dataset: input, tags }: DatasetInput): string {
  return object(
    ['tags', repeated(tags, keyValue)],
    [
      'dataset',
      object(
        ['name', text(input.name)],
        ['digest', text(input.digest)],
        ['source_type', text(input.sourceType)],
        ['source', text(input.source)],
        ['schema', optionalText(input.schema)],
        ['profile', optionalText(input.profile)],
      ),
    ],
  );
}

export function modelInputObject({ modelId }: LoggedModelInput): string {
  return object(['model_id', text(modelId)]);
}

export function modelOutputObject({ modelId, step }: LoggedModelOutput): string {
  return object(['model_id', text(modelId)], ['step', integer(step)]);
}

export function encodeDatasetSummaries(summaries: readonly DatasetSummary[]): string {
  return object([
    'dataset_summaries',
    repeated(summaries, (summary) =>
      object(
        ['experiment_id', text(summary.experimentId)],
        ['name', text(summary.name)],
        ['digest', text(summary.digest)],
        ['context', optionalText(summary.context)],
      ),
    ),
  ]);
}
