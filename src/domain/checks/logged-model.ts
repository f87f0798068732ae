import { invalidParameter } from '../errors.js';
import {
  MAX_LOGGED_MODEL_KEY_LENGTH,
  MAX_LOGGED_MODEL_LOCATION_LENGTH,
  MAX_LOGGED_MODEL_NAME_LENGTH,
  MAX_LOGGED_MODEL_TYPE_LENGTH,
  MAX_PARAM_VALUE_LENGTH,
  MAX_SOURCE_RUN_ID_LENGTH,
  type ValueLimitOptions,
} from '../limits.js';
import type { CreateLoggedModel, LoggedModelDataset, LoggedModelStatus } from '../logged-model.js';
import type { Param } from '../param.js';
import { pythonString } from '../python-text.js';
import { randomRunName } from '../run-name.js';
import type { Tag } from '../tag.js';
import { checkParamKeysUnique } from './param.js';
import { checkTagKeysUnique, lastOfEachKey } from './tag.js';
import { checkLength, limitLength, within } from './values.js';

export interface CheckedLoggedModel {
  /** Never empty. */
  readonly name: string;
  readonly modelType: string;
  readonly sourceRunId: string;
  /** Each key once. */
  readonly tags: readonly Tag[];
  /** Each key once, values cut where that is allowed. */
  readonly params: readonly Param[];
}

/**
 * A new model. MLflow leaves lengths and repeated keys to the database, whose error then shows SQL.
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkCreateLoggedModel(
  { name, modelType = '', sourceRunId = '', tags = [], params = [] }: CreateLoggedModel,
  options: ValueLimitOptions = {},
): CheckedLoggedModel {
  if (name !== undefined) checkLoggedModelName(name);
  checkLength('model_type', MAX_LOGGED_MODEL_TYPE_LENGTH, modelType);
  checkLength('source_run_id', MAX_SOURCE_RUN_ID_LENGTH, sourceRunId);
  const checkedTags = tags.map(checkLoggedModelTag);
  checkTagKeysUnique(checkedTags);
  return {
    name: name ?? randomRunName(),
    modelType,
    sourceRunId,
    tags: checkedTags,
    params: checkLoggedModelParams(params, options),
  };
}

const FORBIDDEN_IN_NAMES = ['/', ':', '.', '%', '"', "'"];

function checkLoggedModelName(name: string): void {
  if (name === '' || FORBIDDEN_IN_NAMES.some((character) => name.includes(character))) {
    throw invalidParameter(
      `Invalid model name (${pythonString(name)}) provided. Model name must be a non-empty string ` +
        'and cannot contain the following characters: ' +
        `(${FORBIDDEN_IN_NAMES.map(pythonString).join(', ')})`,
    );
  }
  checkLength('name', MAX_LOGGED_MODEL_NAME_LENGTH, name);
}

/** Each key once; values are held to a run param's limit, and cut where that is allowed. */
export function checkLoggedModelParams(
  params: readonly Param[],
  { truncateLongValues = true }: ValueLimitOptions = {},
): readonly Param[] {
  const checked = params.map(({ key, value }, index) => {
    const path = `params[${index}]`;
    checkLength(within(path, 'key'), MAX_LOGGED_MODEL_KEY_LENGTH, key);
    return {
      key,
      value: limitLength(
        within(path, 'value'),
        MAX_PARAM_VALUE_LENGTH,
        value,
        truncateLongValues,
      ),
    };
  });
  checkParamKeysUnique(checked);
  return checked;
}

/** Each key once, the last one given. Values have no limit. */
export function checkLoggedModelTags(tags: readonly Tag[]): readonly Tag[] {
  return lastOfEachKey(tags.map(checkLoggedModelTag));
}

function checkLoggedModelTag({ key, value }: Tag, index: number): Tag {
  checkLength(within(`tags[${index}]`, 'key'), MAX_LOGGED_MODEL_KEY_LENGTH, key);
  return { key, value };
}

/** Where a model's files go must fit its column. */
export function checkLoggedModelLocation(location: string): string {
  checkLength('artifact_location', MAX_LOGGED_MODEL_LOCATION_LENGTH, location);
  return location;
}

/** @throws INVALID_PARAMETER_VALUE where one has no name. */
export function checkLoggedModelDatasets(
  datasets: readonly LoggedModelDataset[] | undefined,
): readonly LoggedModelDataset[] {
  return (datasets ?? []).map(({ datasetName, datasetDigest }) => {
    if (datasetName === '') {
      throw invalidParameter('`dataset_name` in the `datasets` clause must be specified.');
    }
    return { datasetName, datasetDigest: datasetDigest === '' ? undefined : datasetDigest };
  });
}

/** By the number that is stored. */
const STATUSES: readonly LoggedModelStatus[] = ['UNSPECIFIED', 'PENDING', 'READY', 'FAILED'];

/** The number that MLflow stores; it is also what filters compare. */
export function loggedModelStatusNumber(status: LoggedModelStatus): number {
  const number = STATUSES.indexOf(status);
  if (number < 0) throw invalidParameter(`Unknown model status: ${status}`);
  return number;
}

export function loggedModelStatusOf(number: number): LoggedModelStatus {
  return STATUSES[number] ?? 'UNSPECIFIED';
}
