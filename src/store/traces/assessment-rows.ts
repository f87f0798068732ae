import { createHash } from 'node:crypto';

import {
  type Assessment,
  ASSESSMENT_SOURCE_TYPES,
  type AssessmentError,
  type AssessmentValue,
  type NewAssessment,
} from '../../domain/assessment.js';
import { ASSESSMENT_RUN_KEY, isJsonText } from '../../domain/index.js';
import type { Int64 } from '../../domain/int64.js';
import type { Tag } from '../../domain/tag.js';

/** As MLflow's SQL store keeps them: values, errors and metadata are JSON in a text. */
export interface AssessmentRow {
  readonly assessment_id: string;
  readonly trace_id: string;
  readonly name: string;
  readonly assessment_type: string;
  readonly value: string;
  readonly error: string | null;
  readonly created_timestamp: Int64;
  readonly last_updated_timestamp: Int64;
  readonly source_type: string;
  readonly source_id: string | null;
  readonly run_id: string | null;
  readonly span_id: string | null;
  readonly rationale: string | null;
  readonly overrides: string | null;
  readonly valid: boolean;
  readonly assessment_metadata: string | null;
}

export const ASSESSMENT_COLUMNS = [
  'assessment_id',
  'trace_id',
  'name',
  'assessment_type',
  'value',
  'error',
  'created_timestamp',
  'last_updated_timestamp',
  'source_type',
  'source_id',
  'run_id',
  'span_id',
  'rationale',
  'overrides',
  'valid',
  'assessment_metadata',
] as const satisfies readonly (keyof AssessmentRow)[];

/** @param place of the assessment in its request */
export function toAssessmentRow(
  traceId: string,
  assessment: NewAssessment,
  place: number,
  now: Int64,
): AssessmentRow {
  const { name, value, metadata = [] } = assessment;
  return {
    assessment_id: assessment.assessmentId ?? idOf(traceId, place, assessment),
    trace_id: traceId,
    name,
    assessment_type: value.kind,
    value:
      value.kind === 'issue' ? JSON.stringify({ issue_name: value.issueName }) : value.valueJson,
    error: value.kind === 'feedback' && value.error !== undefined ? errorJson(value.error) : null,
    created_timestamp: assessment.createTime ?? now,
    last_updated_timestamp: assessment.lastUpdateTime ?? now,
    source_type: assessment.sourceType,
    source_id: assessment.sourceId ?? null,
    run_id: metadata.find(({ key }) => key === ASSESSMENT_RUN_KEY)?.value ?? null,
    span_id: assessment.spanId ?? null,
    rationale: assessment.rationale ?? null,
    overrides: assessment.overrides ?? null,
    valid: true,
    assessment_metadata: metadata.length === 0 ? null : metadataJson(metadata),
  };
}

/** The same for the same request again: what was sent twice must not be there twice. */
function idOf(traceId: string, place: number, { name, value }: NewAssessment): string {
  const hash = createHash('sha256').update(JSON.stringify([traceId, place, name, value.kind]));
  return `a-${hash.digest('hex').slice(0, 32)}`;
}

function errorJson({ errorCode, errorMessage, stackTrace }: AssessmentError): string {
  return JSON.stringify({
    error_code: errorCode,
    error_message: errorMessage ?? null,
    stack_trace: stackTrace ?? null,
  });
}

function metadataJson(metadata: readonly Tag[]): string {
  return `{${metadata
    .map(({ key, value }) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(', ')}}`;
}

export function toAssessment(row: AssessmentRow): Assessment {
  return {
    assessmentId: row.assessment_id,
    traceId: row.trace_id,
    name: row.name,
    value: valueOf(row),
    sourceType:
      ASSESSMENT_SOURCE_TYPES.find((type) => type === row.source_type) ?? 'SOURCE_TYPE_UNSPECIFIED',
    ...(row.source_id === null ? {} : { sourceId: row.source_id }),
    createTime: row.created_timestamp,
    lastUpdateTime: row.last_updated_timestamp,
    ...(row.span_id === null ? {} : { spanId: row.span_id }),
    ...(row.rationale === null ? {} : { rationale: row.rationale }),
    metadata: Object.entries(membersOf(row.assessment_metadata)).map(([key, value]) => ({
      key,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    })),
    ...(row.overrides === null ? {} : { overrides: row.overrides }),
    valid: row.valid,
  };
}

function valueOf(row: AssessmentRow): AssessmentValue {
  if (row.assessment_type === 'issue') {
    return { kind: 'issue', issueName: textOf(membersOf(row.value)['issue_name']) ?? '' };
  }
  // Other programs write this table too: what is no JSON counts as the text that it is.
  const valueJson = isJsonText(row.value) ? row.value : JSON.stringify(row.value);
  if (row.assessment_type === 'expectation') return { kind: 'expectation', valueJson };
  if (row.error === null) return { kind: 'feedback', valueJson };
  const error = membersOf(row.error);
  return {
    kind: 'feedback',
    valueJson,
    error: {
      errorCode: textOf(error['error_code']) ?? '',
      errorMessage: textOf(error['error_message']),
      stackTrace: textOf(error['stack_trace']),
    },
  };
}

function membersOf(json: string | null): Readonly<Record<string, unknown>> {
  if (json === null) return {};
  try {
    const value: unknown = JSON.parse(json);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
