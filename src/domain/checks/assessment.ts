import { ASSESSMENT_SOURCE_TYPES, type NewAssessment } from '../assessment.js';
import { isJsonText } from '../json-text.js';
import {
  MAX_ASSESSMENT_ID_LENGTH,
  MAX_ASSESSMENT_NAME_LENGTH,
  MAX_ASSESSMENT_SOURCE_ID_LENGTH,
  MAX_SOURCE_RUN_ID_LENGTH,
  MAX_SPAN_ID_LENGTH,
} from '../limits.js';
import { ASSESSMENT_RUN_KEY } from '../tag-keys.js';
import { checkTime } from './time.js';
import { checkColumn, checkLength, invalidValue, missingValue } from './values.js';

/**
 * Assessments that come with their trace, as they are: MLflow leaves their lengths to the database.
 * @throws INVALID_PARAMETER_VALUE
 */
export function checkAssessments(
  assessments: readonly NewAssessment[],
): readonly NewAssessment[] {
  assessments.forEach((assessment, index) => checkAssessment(`assessments[${index}]`, assessment));
  return assessments;
}

function checkAssessment(path: string, assessment: NewAssessment): void {
  const { name, value, sourceType, createTime, lastUpdateTime, metadata = [] } = assessment;
  if (name === '') throw missingValue(`${path}.assessment_name`);
  if (value.kind !== 'issue' && !isJsonText(value.valueJson)) {
    throw invalidValue(`${path}.${value.kind}.value`, value.valueJson, 'It must be JSON.');
  }
  const run = metadata.find(({ key }) => key === ASSESSMENT_RUN_KEY)?.value;
  checkLength(`${path}.assessment_name`, MAX_ASSESSMENT_NAME_LENGTH, name);
  const sourceId = assessment.sourceId ?? '';
  checkLength(`${path}.source.source_id`, MAX_ASSESSMENT_SOURCE_ID_LENGTH, sourceId);
  const ids: readonly (readonly [string, number, string | undefined])[] = [
    ['assessment_id', MAX_ASSESSMENT_ID_LENGTH, assessment.assessmentId],
    ['span_id', MAX_SPAN_ID_LENGTH, assessment.spanId],
    ['overrides', MAX_ASSESSMENT_ID_LENGTH, assessment.overrides],
    [`metadata.${ASSESSMENT_RUN_KEY}`, MAX_SOURCE_RUN_ID_LENGTH, run],
  ];
  for (const [field, limit, text] of ids) {
    if (text !== undefined) checkColumn(`${path}.${field}`, limit, text);
  }
  if (!ASSESSMENT_SOURCE_TYPES.includes(sourceType)) {
    const known = ASSESSMENT_SOURCE_TYPES.join(', ');
    throw invalidValue(`${path}.source.source_type`, sourceType, `It must be one of ${known}.`);
  }
  if (createTime !== undefined) checkTime(`${path}.create_time`, createTime);
  if (lastUpdateTime !== undefined) checkTime(`${path}.last_update_time`, lastUpdateTime);
}
