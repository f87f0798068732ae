import type {
  Assessment,
  AssessmentError,
  AssessmentSourceType,
  AssessmentValue,
  NewAssessment,
} from '../domain/assessment.js';
import { isJsonText } from '../domain/json-text.js';

import { textOrEmpty } from './common.js';
import { object, optionalText, text } from './encode.js';
import type { Decoder } from './fields.js';
import {
  enumeration,
  message,
  nonEmpty,
  optional,
  required,
  string,
  withDefault,
} from './fields.js';
import { parseJson } from './json.js';
import { brokenRule, FieldProblem, invalid } from './problems.js';
import { structJson } from './struct-json.js';
import { anyValue, textMap, textMapJson, timestamp, timestampJson } from './well-known-types.js';

const sourceType: Decoder<AssessmentSourceType> = enumeration({
  SOURCE_TYPE_UNSPECIFIED: 0,
  HUMAN: 1,
  LLM_JUDGE: 2,
  CODE: 3,
});

const error = message({ error_code: textOrEmpty, error_message: nonEmpty, stack_trace: nonEmpty });

const JSON_FORMAT = 'JSON_FORMAT';

const serialized = message({ serialization_format: textOrEmpty, value: textOrEmpty });

/** What is no plain value comes as JSON in a text. */
const serializedValue: Decoder<string> = {
  decode: (raw) => {
    const { serialization_format: format, value } = serialized.decode(raw);
    if (format !== JSON_FORMAT || !isJsonText(value)) throw invalid(raw);
    return value;
  },
};

const wireAssessment = message({
  assessment_id: nonEmpty,
  assessment_name: required(string),
  span_id: nonEmpty,
  source: optional(
    message({
      source_type: withDefault(sourceType, 'SOURCE_TYPE_UNSPECIFIED'),
      source_id: nonEmpty,
    }),
  ),
  create_time: optional(timestamp),
  last_update_time: optional(timestamp),
  feedback: optional(message({ value: anyValue, error: optional(error) })),
  expectation: optional(message({ value: anyValue, serialized_value: optional(serializedValue) })),
  issue: optional(message({ issue_name: required(string) })),
  rationale: nonEmpty,
  metadata: textMap,
  overrides: nonEmpty,
});

type WireAssessment = ReturnType<typeof wireAssessment.decode>;

/** An assessment that comes with its trace, whose id it need not name. */
export const newAssessment: Decoder<NewAssessment> & { readonly shape: unknown } = {
  shape: wireAssessment.shape,
  decode: (raw) => {
    const wire = wireAssessment.decode(raw);
    return {
      assessmentId: wire.assessment_id,
      name: wire.assessment_name,
      value: valueOf(wire),
      sourceType: wire.source?.source_type ?? 'SOURCE_TYPE_UNSPECIFIED',
      sourceId: wire.source?.source_id,
      createTime: wire.create_time,
      lastUpdateTime: wire.last_update_time,
      spanId: wire.span_id,
      rationale: wire.rationale,
      metadata: wire.metadata,
      overrides: wire.overrides,
    };
  },
};

function valueOf({ feedback, expectation, issue }: WireAssessment): AssessmentValue {
  const values: AssessmentValue[] = [];
  if (feedback !== undefined) {
    values.push({
      kind: 'feedback',
      valueJson: structJson(feedback.value),
      ...(feedback.error === undefined ? {} : { error: errorOf(feedback.error) }),
    });
  }
  if (expectation !== undefined) {
    const { value, serialized_value: json } = expectation;
    values.push({ kind: 'expectation', valueJson: json ?? structJson(value) });
  }
  if (issue !== undefined) values.push({ kind: 'issue', issueName: issue.issue_name });
  const [value] = values;
  if (value === undefined || values.length > 1) {
    throw new FieldProblem((path) =>
      brokenRule(`Parameter '${path}' must have one of feedback, expectation and issue.`),
    );
  }
  return value;
}

function errorOf(wire: ReturnType<typeof error.decode>): AssessmentError {
  return {
    errorCode: wire.error_code,
    errorMessage: wire.error_message,
    stackTrace: wire.stack_trace,
  };
}

export function assessmentObject(assessment: Assessment): string {
  const { value, createTime, lastUpdateTime } = assessment;
  return object(
    ['assessment_id', text(assessment.assessmentId)],
    ['assessment_name', text(assessment.name)],
    ['trace_id', text(assessment.traceId)],
    ['span_id', optionalText(assessment.spanId)],
    [
      'source',
      object(
        ['source_type', text(assessment.sourceType)],
        ['source_id', optionalText(assessment.sourceId)],
      ),
    ],
    ['create_time', timestampJson(createTime)],
    ['last_update_time', timestampJson(lastUpdateTime)],
    [value.kind, valueObject(value)],
    ['rationale', optionalText(assessment.rationale)],
    ['metadata', textMapJson(assessment.metadata)],
    ['overrides', optionalText(assessment.overrides)],
    ['valid', String(assessment.valid)],
  );
}

function valueObject(value: AssessmentValue): string {
  switch (value.kind) {
    case 'issue':
      return object(['issue_name', text(value.issueName)]);
    case 'feedback':
      return object(
        ['value', plainValue(value.valueJson)],
        ['error', value.error === undefined ? undefined : errorObject(value.error)],
      );
    case 'expectation':
      if (!/^\s*[{[]/.test(value.valueJson)) return object(['value', plainValue(value.valueJson)]);
      return object([
        'serialized_value',
        object(
          ['serialization_format', text(JSON_FORMAT)],
          ['value', text(value.valueJson)],
        ),
      ]);
  }
}

function plainValue(json: string): string {
  return structJson(parseJson(json));
}

function errorObject({ errorCode, errorMessage, stackTrace }: AssessmentError): string {
  return object(
    ['error_code', text(errorCode)],
    ['error_message', optionalText(errorMessage)],
    ['stack_trace', optionalText(stackTrace)],
  );
}
