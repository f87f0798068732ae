import { invalidParameter } from '../errors.js';
import type { Int64 } from '../int64.js';
import { MAX_TAG_VALUE_LENGTH, type ValueLimitOptions } from '../limits.js';
import { pythonList } from '../python-text.js';
import { randomRunName } from '../run-name.js';
import type { CreateRun, RunStatus, UpdateRunInfo } from '../run.js';
import { RUN_NAME_TAG } from '../tag-keys.js';
import type { Tag } from '../tag.js';
import { checkRunTag, checkTagKeysUnique } from './tag.js';
import { checkTime } from './time.js';
import { limitLength } from './values.js';

export interface CheckedRun {
  /** Never empty, and the value of the tag `mlflow.runName`. */
  readonly name: string;
  /** Each key once, the tag `mlflow.runName` among them. */
  readonly tags: readonly Tag[];
  readonly userId: string;
  readonly startTime: Int64;
}

/**
 * A new run: its name from the field, the tag or at random, in this order. Unlike MLflow's, its
 * tags are held to the limits that set-tag has.
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkCreateRun(run: CreateRun, options: ValueLimitOptions = {}): CheckedRun {
  const { tags = [], userId = '', startTime = 0 } = run;
  const given = run.runName ?? '';
  const tagged = tags.find(({ key }) => key === RUN_NAME_TAG)?.value ?? '';
  if (given !== '' && tagged !== '' && given !== tagged) {
    throw invalidParameter(
      "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different " +
        `values (run_name='${given}', mlflow.runName='${tagged}').`,
    );
  }
  const name = checkRunName(given || tagged || randomRunName(), options);
  checkTagKeysUnique(tags);
  const checkedTags = tags.map((tag, index) => checkRunTag(`tags[${index}]`, tag, options));
  return {
    name,
    tags: [
      ...checkedTags.filter(({ key }) => key !== RUN_NAME_TAG),
      { key: RUN_NAME_TAG, value: name },
    ],
    userId,
    startTime: checkTime('start_time', startTime),
  };
}

const RUN_STATUSES: readonly RunStatus[] = [
  'RUNNING',
  'SCHEDULED',
  'FINISHED',
  'FAILED',
  'KILLED',
];

/** An empty name, like an absent field, changes nothing. */
export function checkUpdateRunInfo(
  { status, endTime, runName }: UpdateRunInfo,
  options: ValueLimitOptions = {},
): UpdateRunInfo {
  if (status !== undefined && !RUN_STATUSES.includes(status)) {
    throw invalidParameter(
      `Could not get run status corresponding to string ${status}. Valid run status ` +
        `strings: ${pythonList(RUN_STATUSES)}`,
    );
  }
  return {
    ...(status === undefined ? {} : { status }),
    ...(endTime === undefined ? {} : { endTime: checkTime('end_time', endTime) }),
    ...(runName === undefined || runName === '' ? {} : { runName: checkRunName(runName, options) }),
  };
}

/** The name is a tag's value too. */
function checkRunName(name: string, { truncateLongValues = true }: ValueLimitOptions): string {
  return limitLength('run_name', MAX_TAG_VALUE_LENGTH, name, truncateLongValues);
}
